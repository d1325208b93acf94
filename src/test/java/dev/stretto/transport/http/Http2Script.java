package dev.stretto.transport.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A cleartext HTTP/2 server that sends what a test says, frame by frame. */
final class Http2Script implements AutoCloseable {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;

  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int STATUS_BY_INDEX = 8;
  private static final int PREFACE = 24;

  private final ServerSocket server;
  private final String url;
  private final Script script;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  /** The bodies that were accepted, in order of arrival. */
  final Queue<String> accepted = new ConcurrentLinkedQueue<>();

  /** How many connections there must be before any is answered; each counts as it begins. */
  volatile CountDownLatch connections = new CountDownLatch(0);

  /** What is done on each connection, by its number from 1. */
  @FunctionalInterface
  interface Script {
    void serve(Link link, int number) throws IOException;
  }

  record Request(int stream, String body) {}

  Http2Script(Script script) throws IOException {
    this.script = script;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    url = "http://127.0.0.1:" + server.getLocalPort() + "/hook";
    Thread.ofPlatform().daemon().start(this::accept);
  }

  String url() {
    return url;
  }

  private void accept() {
    try {
      for (int connection = 1; true; connection++) {
        Socket socket = server.accept();
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        int number = connection;
        Thread.ofPlatform().daemon().start(() -> serve(socket, number));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      Link link = new Link(socket);
      link.in.readNBytes(PREFACE);
      connections.countDown();
      connections.await();
      link.settings(new byte[0]).send();
      script.serve(link, number);
    } catch (IOException | InterruptedException _) {
      // The test sees what did not arrive.
    }
  }

  /** Makes no more connections. */
  void refuseMore() throws IOException {
    server.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** One connection. What is written goes out with {@link #send} in one piece. */
  final class Link {

    /** Bytes of a piece of a head. */
    static final int PIECE = 16_000;

    private final Socket socket;
    private final DataInputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<Integer, StringBuilder> bodies = new HashMap<>();
    private final Queue<Integer> begun = new ArrayDeque<>();
    private int settings;

    Link(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(socket.getInputStream());
    }

    /** The stream of the next request that has begun. */
    int begun() throws IOException {
      while (begun.isEmpty()) {
        read();
      }
      return begun.remove();
    }

    /** The next request that is complete. */
    Request next() throws IOException {
      Request complete = null;
      while (complete == null) {
        complete = read();
      }
      return complete;
    }

    /** Reads a frame; null where no request is complete with it. */
    private @Nullable Request read() throws IOException {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      if (type == SETTINGS && (flags & ACK) == 0) {
        frame(SETTINGS, ACK, 0, new byte[0]).send();
      } else if (type == SETTINGS) {
        settings--;
      } else if (type == PING && (flags & ACK) == 0) {
        frame(PING, ACK, 0, payload).send();
      } else if (type == HEADERS) {
        bodies.put(stream, new StringBuilder());
        begun.add(stream);
      } else if (type == DATA && bodies.containsKey(stream)) {
        bodies.get(stream).append(new String(payload, StandardCharsets.UTF_8));
      }
      boolean ends = (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0;
      StringBuilder body = ends ? bodies.remove(stream) : null;
      return body == null ? null : new Request(stream, body.toString());
    }

    /** The next request, which counts as accepted. */
    Request take() throws IOException {
      Request request = next();
      accepted.add(request.body());
      return request;
    }

    Link headers(int stream, int status, boolean end) {
      byte[] block = ("  " + status).getBytes(StandardCharsets.US_ASCII);
      block[0] = STATUS_BY_INDEX;
      block[1] = 3;
      return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block);
    }

    /** A piece of a head, which is not the last. */
    Link headPiece(int stream, boolean first) {
      return frame(first ? HEADERS : CONTINUATION, 0, stream, new byte[PIECE]);
    }

    Link data(int stream, String text) {
      return frame(DATA, END_STREAM, stream, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Allows so many streams at a time. */
    Link allow(int streams) {
      byte[] setting = new byte[6];
      System.arraycopy(ints(streams), 0, setting, 2, 4);
      setting[1] = MAX_CONCURRENT_STREAMS;
      return settings(setting);
    }

    private Link settings(byte[] payload) {
      settings++;
      return frame(SETTINGS, 0, 0, payload);
    }

    /** Returns when the client has said that it knows what was allowed. */
    void awaitAllowed() throws IOException {
      while (settings > 0) {
        read();
      }
    }

    Link reset(int stream, int error) {
      return frame(RST_STREAM, 0, stream, ints(error));
    }

    Link goAway(int lastStream, int error) {
      return frame(GOAWAY, 0, 0, ints(lastStream, error));
    }

    private Link frame(int type, int flags, int stream, byte[] payload) {
      byte[] head = ints(payload.length << 8 | type, flags << 24, stream);
      out.write(head, 0, 5);
      out.write(head, 8, 4);
      out.write(payload, 0, payload.length);
      return this;
    }

    void send() throws IOException {
      socket.getOutputStream().write(out.toByteArray());
      out.reset();
    }

    /** Ends the connection in good order, once what the client still sends was read. */
    void finish() throws IOException {
      socket.shutdownOutput();
      in.skip(Long.MAX_VALUE);
    }
  }

  private static byte[] ints(int... values) {
    byte[] bytes = new byte[values.length * 4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i / 4] >>> (24 - 8 * (i % 4)));
    }
    return bytes;
  }
}
