package dev.stretto.transport.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Transport;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a broker's client comes from. */
class BrokerTransportTypeTest {

  private static final List<String> PACKAGES =
      List.of("org.apache.kafka.", "com.rabbitmq.", "io.netty.");

  /** The class path of this test, without the clients. */
  private final ClassLoader without = new Without(getClass().getClassLoader());

  private final MapSettings settings =
      MapSettings.of("kafka", "topic", "space", "bootstrap-servers", "127.0.0.1:9");

  @TempDir private Path home;
  private Path folder;

  @BeforeEach
  void nameFolder() {
    folder = home.resolve("transports/kafka");
  }

  private static final class Without extends ClassLoader {
    Without(ClassLoader all) {
      super(all);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (PACKAGES.stream().anyMatch(name::startsWith)) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }

  @Test
  void aClientOnTheClassPathIsUsedFromThere() {
    BrokerTransportType type = BrokerTransportType.kafka(getClass().getClassLoader(), home);

    try (Transport transport = type.open("space", settings, 8)) {
      assertThat(transport.getClass().getClassLoader()).isSameAs(getClass().getClassLoader());
    }
  }

  @Test
  void aClientInTheFolderIsUsedWithWhatIsConfiguredByTheNameOfAClassAndTheThreadIsLeftAsItWas()
      throws Exception {
    copy("kafka", "(kafka-clients|lz4-java)-.*");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    BrokerTransportType type = BrokerTransportType.kafka(without, home);
    settings
        .put("properties.security.protocol", "SASL_PLAINTEXT")
        .put("properties.sasl.mechanism", "PLAIN")
        .put(
            "properties.sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\""
                + " password=\"p\";");

    try (Transport transport = type.open("space", settings, 8)) {
      assertThat(transport.getClass().getClassLoader()).isInstanceOf(ClientLoader.class);
    }
    assertThat(type.arrivalOrder(settings)).isEqualTo(ArrivalOrder.UNKNOWN);
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void eachTransportHasAFolderOfItsOwn() throws Exception {
    copy("amqp", "(amqp-client|netty)-.*");
    MapSettings amqp = MapSettings.of("amqp", "url", "amqp://127.0.0.1:9");

    try (Transport transport = BrokerTransportType.amqp(without, home).open("space", amqp, 8)) {
      assertThat(transport.getClass().getClassLoader()).isInstanceOf(ClientLoader.class);
    }
    assertThatThrownBy(() -> BrokerTransportType.kafka(without, home).check(settings, false))
        .hasMessageStartingWith("transport: kafka needs the jar kafka-clients");
  }

  @Test
  void aClientThatIsNowhereIsNamedWithTheRemedy() {
    assertThatThrownBy(() -> BrokerTransportType.kafka(without, home).check(settings, false))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            "transport: kafka needs the jar kafka-clients, which is neither on the class path nor"
                + " in "
                + folder
                + "; copy that folder from the distribution");
    assertThatThrownBy(() -> BrokerTransportType.kafka(without, null).open("space", settings, 8))
        .hasMessage(
            "transport: kafka needs the jar kafka-clients, which is not on the class path; put it"
                + " there");
    assertThat(BrokerTransportType.kafka(without, null).arrivalOrder(settings))
        .isEqualTo(ArrivalOrder.UNKNOWN);
  }

  @Test
  void aJarThatIsNoClientIsNamed() throws Exception {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("kafka-clients-broken.jar"), "no jar");

    assertThatThrownBy(() -> BrokerTransportType.kafka(without, home).open("space", settings, 8))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(
            "transport: kafka needs the jar kafka-clients, which can't be used");
  }

  private void copy(String transport, String names) throws Exception {
    Path target = Files.createDirectories(home.resolve("transports").resolve(transport));
    List<Path> jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(jar -> jar.getFileName().toString().matches(names))
            .toList();
    assertThat(jars).isNotEmpty();
    for (Path jar : jars) {
      Files.copy(jar, target.resolve(jar.getFileName()));
    }
  }
}
