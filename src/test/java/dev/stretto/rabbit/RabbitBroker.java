package dev.stretto.rabbit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.stretto.TestServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The system's RabbitMQ on a free port, with folders and a port mapper of its own: it can be
 * killed, and started again with what it had.
 */
public final class RabbitBroker implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static @Nullable RabbitBroker shared;

  private final Path folder;
  private final String programs = System.getProperty("stretto.rabbitmq");
  private final Map<String, String> environment;
  private final int port;
  private final Process mapper;
  private @Nullable Process server;

  private RabbitBroker(Path folder, int mapperPort, int port, int clusterPort) throws IOException {
    this.folder = folder;
    this.port = port;
    String base = folder.toString();
    this.environment =
        Map.ofEntries(
            Map.entry("HOME", base),
            Map.entry("ERL_EPMD_PORT", Integer.toString(mapperPort)),
            Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
            Map.entry("RABBITMQ_NODENAME", "stretto@localhost"),
            Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
            Map.entry("RABBITMQ_NODE_PORT", Integer.toString(port)),
            Map.entry("RABBITMQ_DIST_PORT", Integer.toString(clusterPort)),
            Map.entry("RABBITMQ_MNESIA_BASE", base + "/mnesia"),
            Map.entry("RABBITMQ_LOG_BASE", base + "/log"),
            Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", base + "/plugins"),
            Map.entry("RABBITMQ_CONF_ENV_FILE", base + "/none"),
            Map.entry("RABBITMQ_CONFIG_FILE", base + "/rabbitmq"));
    Files.writeString(folder.resolve("plugins"), "[].");
    this.mapper = start("mapper.log", "epmd", "-port", Integer.toString(mapperPort));
  }

  /** The one for all tests of this JVM, which ends with it. */
  public static synchronized RabbitBroker shared() throws Exception {
    RabbitBroker running = shared;
    if (running == null) {
      Path folder = Files.createTempDirectory("stretto-rabbitmq");
      running = start(folder);
      TestServers.endWithJvm(running, folder);
      shared = running;
    }
    return running;
  }

  /** Starts a broker; returns once it answers. */
  public static RabbitBroker start(Path folder) throws Exception {
    List<Integer> ports = new ArrayList<>();
    try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket third = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (ServerSocket one : List.of(first, second, third)) {
        ports.add(one.getLocalPort());
      }
    }
    RabbitBroker broker = new RabbitBroker(folder, ports.get(0), ports.get(1), ports.get(2));
    try {
      broker.startAgain();
    } catch (RuntimeException | Error e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  /** Starts it again with what it had; returns once it answers. */
  public void startAgain() {
    Process running = start("server.log", programs + "/rabbitmq-server");
    server = running;
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          if (!running.isAlive()) {
            throw new IllegalStateException(Files.readString(folder.resolve("server.log")));
          }
          return answers();
        });
  }

  private boolean answers() {
    try (Connection _ = connect()) {
      return true;
    } catch (IOException | TimeoutException e) {
      return false;
    }
  }

  private Process start(String log, String... command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(log).toFile()));
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a command of rabbitmqctl's. */
  public void control(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(programs + "/rabbitmqctl"));
    command.addAll(List.of(arguments));
    int code = start("control.log", command.toArray(String[]::new)).waitFor();
    if (code != 0) {
      throw new IllegalStateException(Files.readString(folder.resolve("control.log")));
    }
  }

  /** Its address, as settings name it. */
  public String url() {
    return "amqp://guest:guest@127.0.0.1:" + port + "/%2F";
  }

  public int port() {
    return port;
  }

  private Connection connect() throws IOException, TimeoutException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(port);
    return factory.newConnection();
  }

  /** Makes a queue that keeps what it has. */
  public void createQueue(String name) throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(name, true, false, false, Map.of());
    }
  }

  /** Makes an exchange that hands everything with the routing key to the queue. */
  public void createExchange(String name, String routingKey, String queue) throws Exception {
    createQueue(queue);
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.exchangeDeclare(name, "direct", true);
      channel.queueBind(queue, name, routingKey);
    }
  }

  public void deleteExchange(String name) throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.exchangeDelete(name);
    }
  }

  /** How many messages a queue has. */
  public long count(String queue) throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      return channel.messageCount(queue);
    }
  }

  /** Takes all messages out of a queue, in the order in which they arrived there. */
  public List<GetResponse> messages(String queue) throws Exception {
    List<GetResponse> messages = new ArrayList<>();
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      for (GetResponse one = channel.basicGet(queue, true);
          one != null;
          one = channel.basicGet(queue, true)) {
        messages.add(one);
      }
    }
    return messages;
  }

  /** The value of a message's header; one without it fails. */
  public static String header(GetResponse message, String name) {
    return Objects.requireNonNull(message.getProps().getHeaders().get(name), name).toString();
  }

  public static String body(GetResponse message) {
    return new String(message.getBody(), UTF_8);
  }

  /** Has it do nothing, or go on, by {@code STOP} or {@code CONT}. */
  public void signal(String name) throws Exception {
    for (ProcessHandle one : all().toList()) {
      int code = new ProcessBuilder("kill", "-" + name, Long.toString(one.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill ended with " + code);
      }
    }
  }

  private Stream<ProcessHandle> all() {
    Process running = Objects.requireNonNull(server);
    return Stream.concat(Stream.of(running.toHandle()), running.descendants());
  }

  /** As kill -9; returns once it is gone. */
  public void kill() {
    if (server != null) {
      List<ProcessHandle> all = all().toList();
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(one -> one.onExit().join());
    }
  }

  @Override
  public void close() {
    kill();
    mapper.destroyForcibly();
    mapper.onExit().join();
  }
}
