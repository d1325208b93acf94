package dev.stretto.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.stretto.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A broker of Kafka's that is its own controller, in a JVM of its own: it can be killed, and
 * started again at the same port with what it had.
 */
public final class KafkaBroker implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static @Nullable KafkaBroker shared;

  private final Path folder;
  private final int port;
  private @Nullable Process jvm;

  private KafkaBroker(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /** The one for all tests of this JVM, which ends with it. */
  public static synchronized KafkaBroker shared() throws Exception {
    KafkaBroker running = shared;
    if (running == null) {
      Path folder = Files.createTempDirectory("stretto-kafka");
      running = start(folder);
      TestServers.endWithJvm(running, folder);
      shared = running;
    }
    return running;
  }

  /**
   * Starts a broker; returns once it answers.
   *
   * @param settings further lines of its configuration, such as {@code message.max.bytes=2000}
   */
  public static KafkaBroker start(Path folder, String... settings) throws Exception {
    try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = first.getLocalPort();
      int controller = second.getLocalPort();
      Files.writeString(
          folder.resolve("server.properties"),
          """
          process.roles=broker,controller
          node.id=1
          controller.quorum.voters=1@127.0.0.1:%2$d
          controller.listener.names=CONTROLLER
          listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
          advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
          listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
          log.dirs=%3$s
          auto.create.topics.enable=false
          offsets.topic.replication.factor=1
          num.network.threads=1
          num.io.threads=2
          """
                  .formatted(port, controller, folder.resolve("logs"))
              + String.join("\n", settings)
              + "\n");
      KafkaBroker broker = new KafkaBroker(folder, port);
      first.close();
      second.close();
      broker.startAgain();
      return broker;
    }
  }

  /** Starts it again with what it had; returns once it answers. */
  public void startAgain() {
    jvm = launch();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          if (!Objects.requireNonNull(jvm).isAlive()) {
            throw new IllegalStateException(Files.readString(folder.resolve("broker.log")));
          }
          return answers();
        });
  }

  private Process launch() {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx384m",
                "-cp",
                System.getProperty("java.class.path"),
                KafkaBrokerMain.class.getName(),
                folder.resolve("server.properties").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("broker.log").toFile());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() throws InterruptedException {
    try (Admin admin = admin()) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException e) {
      return false;
    }
  }

  /** Its address, as settings name it. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /**
   * Makes a topic; returns once its partitions answer. A producer whose first batch came sooner
   * than its partition was seen to wait for it until the batch's time was over.
   *
   * @param longest how many bytes a batch of records may have
   */
  public void createTopic(String name, int partitions, int longest) throws Exception {
    NewTopic topic = new NewTopic(name, partitions, (short) 1);
    try (Admin admin = admin()) {
      admin
          .createTopics(
              List.of(topic.configs(Map.of("max.message.bytes", Integer.toString(longest)))))
          .all()
          .get();
    }
    // At first the broker may not know yet that it has it.
    Awaitility.await()
        .ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
        .until(() -> count(name) == 0);
  }

  public void createTopic(String name, int partitions) throws Exception {
    createTopic(name, partitions, 1_000_000);
  }

  /** How many records a topic has. */
  public long count(String topic) throws Exception {
    try (Admin admin = admin()) {
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      admin
          .describeTopics(List.of(topic))
          .allTopicNames()
          .get()
          .values()
          .iterator()
          .next()
          .partitions()
          .forEach(
              one -> ends.put(new TopicPartition(topic, one.partition()), OffsetSpec.latest()));
      return admin.listOffsets(ends).all().get().values().stream()
          .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
          .sum();
    }
  }

  /** All records of a topic, by partition, in the order in which they arrived there. */
  public Map<Integer, List<ConsumerRecord<String, String>>> records(String topic) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", address(), "auto.offset.reset", "earliest");
    StringDeserializer text = new StringDeserializer();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, text, text)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(one -> new TopicPartition(topic, one.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<Integer, List<ConsumerRecord<String, String>>> records = new TreeMap<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, String> one : consumer.poll(Duration.ofMillis(100))) {
          records.computeIfAbsent(one.partition(), number -> new ArrayList<>()).add(one);
        }
      }
      return records;
    }
  }

  /** The value of a record's header; one without it fails. */
  public static String header(ConsumerRecord<String, String> one, String name) {
    return new String(Objects.requireNonNull(one.headers().lastHeader(name), name).value(), UTF_8);
  }

  /** The ids of the producers that have written to a topic's first partition. */
  public Set<Long> producers(String topic) throws Exception {
    TopicPartition first = new TopicPartition(topic, 0);
    try (Admin admin = admin()) {
      return admin
          .describeProducers(List.of(first))
          .partitionResult(first)
          .get()
          .activeProducers()
          .stream()
          .map(ProducerState::producerId)
          .collect(Collectors.toSet());
    }
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            "bootstrap.servers", address(),
            "request.timeout.ms", 2000,
            "default.api.timeout.ms", 5000));
  }

  /** As kill -9; returns once it is gone. */
  public void kill() {
    Process running = jvm;
    if (running != null) {
      running.destroyForcibly();
      try {
        running.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Has it do nothing, or go on, by {@code STOP} or {@code CONT}. */
  public void signal(String name) throws Exception {
    long pid = Objects.requireNonNull(jvm).pid();
    int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill ended with " + code);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
