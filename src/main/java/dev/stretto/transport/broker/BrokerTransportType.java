package dev.stretto.transport.broker;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Look;
import dev.stretto.transport.Probe;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kind of transport that needs a broker's client. What it is made of is loaded when a channel
 * first asks for it: by the ordinary class path where the client is there, else from the folder of
 * that transport in the distribution.
 */
public final class BrokerTransportType implements TransportType {

  /** The folder that the distribution is in. */
  private static final String HOME = "stretto.home";

  private final String name;
  private final String jar;
  private final String client;
  private final String implementation;
  private final ClassLoader classPath;
  private final @Nullable Path home;

  /** Guarded by this; null until a channel asks for it. */
  private @Nullable TransportType loaded;

  private BrokerTransportType(
      String name,
      String jar,
      String client,
      String implementation,
      ClassLoader classPath,
      @Nullable Path home) {
    this.name = name;
    this.jar = jar;
    this.client = client;
    this.implementation = implementation;
    this.classPath = classPath;
    this.home = home;
  }

  /** Sends messages as records of a topic of Kafka's. */
  public static BrokerTransportType kafka() {
    return kafka(BrokerTransportType.class.getClassLoader(), home());
  }

  /** Sends messages to an exchange of a broker that speaks AMQP 0-9-1. */
  public static BrokerTransportType amqp() {
    return amqp(BrokerTransportType.class.getClassLoader(), home());
  }

  private static @Nullable Path home() {
    String home = System.getProperty(HOME);
    return home == null ? null : Path.of(home);
  }

  /**
   * @param classPath loads Stretto, and the client where that is on the class path
   * @param home the distribution's folder; null where Stretto is part of another application
   */
  static BrokerTransportType kafka(ClassLoader classPath, @Nullable Path home) {
    return new BrokerTransportType(
        "kafka",
        "kafka-clients",
        "org.apache.kafka.clients.producer.KafkaProducer",
        "dev.stretto.transport.kafka.KafkaTransportType",
        classPath,
        home);
  }

  static BrokerTransportType amqp(ClassLoader classPath, @Nullable Path home) {
    return new BrokerTransportType(
        "amqp",
        "amqp-client",
        "com.rabbitmq.client.ConnectionFactory",
        "dev.stretto.transport.amqp.AmqpTransportType",
        classPath,
        home);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ArrivalOrder arrivalOrder(TransportSettings settings) {
    try {
      return within(() -> type().arrivalOrder(settings));
    } catch (InvalidSettingException e) {
      return ArrivalOrder.UNKNOWN;
    }
  }

  @Override
  public void check(TransportSettings settings, boolean byKey) {
    TransportType type = type();
    within(() -> {
      type.check(settings, byKey);
      return type;
    });
  }

  /**
   * @throws InvalidSettingException also where there is no client; the message names its jar
   */
  @Override
  public Transport open(String channel, TransportSettings settings, int window) {
    return within(() -> type().open(channel, settings, window));
  }

  @Override
  public void inspect(String channel, TransportSettings settings, int window) {
    TransportType type = type();
    within(() -> {
      type.inspect(channel, settings, window);
      return type;
    });
  }

  /** Its look runs as the client's own code does. */
  @Override
  public @Nullable Probe probe(String channel, TransportSettings settings) {
    TransportType type = type();
    Optional<Probe> made = within(() -> Optional.ofNullable(type.probe(channel, settings)));
    return made.<Probe>map(Within::new).orElse(null);
  }

  private final class Within implements Probe {

    private final Probe probe;

    Within(Probe probe) {
      this.probe = probe;
    }

    @Override
    public String where() {
      return probe.where();
    }

    @Override
    public Object key() {
      return probe.key();
    }

    @Override
    public Look look() {
      return within(probe::look);
    }
  }

  private synchronized TransportType type() {
    TransportType type = loaded;
    if (type == null) {
      type = load();
      loaded = type;
    }
    return type;
  }

  private TransportType load() {
    try {
      ClassLoader loader = isOnClassPath() ? classPath : fromFolder();
      Class.forName(client, false, loader);
      return Class.forName(implementation, true, loader)
          .asSubclass(TransportType.class)
          .getConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new InvalidSettingException(
          "transport", name + " needs the jar " + jar + ", which can't be used: " + e);
    }
  }

  private boolean isOnClassPath() {
    try {
      Class.forName(client, false, classPath);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private ClassLoader fromFolder() {
    if (home == null) {
      throw new InvalidSettingException(
          "transport",
          name + " needs the jar " + jar + ", which is not on the class path; put it there");
    }
    Path folder = home.resolve("transports").resolve(name);
    List<Path> jars = ClientLoader.jars(folder);
    if (jars.stream().noneMatch(path -> String.valueOf(path.getFileName()).startsWith(jar))) {
      throw new InvalidSettingException(
          "transport",
          name
              + " needs the jar "
              + jar
              + ", which is neither on the class path nor in "
              + folder
              + "; copy that folder from the distribution");
    }
    return new ClientLoader(
        implementation.substring(0, implementation.lastIndexOf('.') + 1), jars, classPath);
  }

  /** Clients look for classes that settings name by the thread's own loader. */
  private <T> T within(Supplier<T> work) {
    ClassLoader needed = type().getClass().getClassLoader();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(needed);
    try {
      return work.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
