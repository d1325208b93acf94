package dev.stretto.transport.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A forward proxy: tunnels what asks for it, and passes the first request of a plain connection on.
 */
final class TestProxy implements AutoCloseable {

  final Queue<String> requestLines = new ConcurrentLinkedQueue<>();
  final Queue<String> hosts = new ConcurrentLinkedQueue<>();
  private final ServerSocket server;

  TestProxy() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      String line = head.lines().findFirst().orElseThrow();
      requestLines.add(line);
      head.lines()
          .filter(header -> header.startsWith("Host: "))
          .map(header -> header.substring("Host: ".length()))
          .forEach(hosts::add);
      String[] words = line.split(" ");
      boolean tunnel = words[0].equals("CONNECT");
      String authority = tunnel ? words[1] : words[1].split("/")[2];
      String[] address = authority.split(":");
      try (Socket destination = new Socket(address[0], Integer.parseInt(address[1]))) {
        if (tunnel) {
          client
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } else {
          destination.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        }
        Thread back = Thread.ofVirtual().start(() -> copy(destination, client));
        copy(client, destination);
        back.join();
      }
    } catch (IOException | InterruptedException _) {
      // The test sees what did not arrive.
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("closed");
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException _) {
      // One side has gone.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
