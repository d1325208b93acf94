package dev.stretto.boot;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.receiver.Receiver;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.example.shop.ShopApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The example in {@code src/example}, running. */
final class Shop {

  /** As the document asks for. */
  private static final String SAME_INSTANTS =
      "?connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true&preserveInstants=true";

  private Shop() {}

  /**
   * A database of the shop's own, without a schema of Stretto's; on MariaDB, where that is another
   * database of the server, the one of the test before is dropped.
   */
  static FreshDatabase database(Database vendor, Path folder) throws SQLException {
    FreshDatabase database = vendor.fresh(folder);
    return switch (vendor) {
      case H2 -> database;
      // the tests' user has the name of the schema, where bare names would be looked for first
      case POSTGRESQL -> with(database, "?currentSchema=public");
      case MARIADB -> onMariaDb(database);
    };
  }

  private static FreshDatabase onMariaDb(FreshDatabase database) throws SQLException {
    try (Connection connection = database.connectPlainly();
        Statement statement = connection.createStatement()) {
      statement.execute("drop database if exists stretto");
    }
    return with(database, SAME_INSTANTS);
  }

  private static FreshDatabase with(FreshDatabase database, String settings) {
    return new FreshDatabase(
        database.vendor(), database.url() + settings, database.user(), database.password());
  }

  /** Starts it. */
  static ConfigurableApplicationContext open(
      FreshDatabase database, Receiver receiver, String... arguments) {
    List<String> all = new ArrayList<>(database.options());
    all.add("--spring.config.location=file:src/example/config/");
    all.add("--spring.main.banner-mode=off");
    all.add("--shop.dispatch-every=1d");
    all.add("--stretto.channels.warehouse.http.url=http://127.0.0.1:" + receiver.port() + "/");
    for (String argument : arguments) {
      all.removeIf(other -> other.startsWith(argument.replaceFirst("=.*", "=")));
      all.add(argument);
    }
    return new SpringApplicationBuilder(ShopApplication.class)
        .web(WebApplicationType.NONE)
        .run(all.toArray(String[]::new));
  }

  static long count(ConfigurableApplicationContext shop, String rows) {
    return Objects.requireNonNull(
        shop.getBean(JdbcClient.class)
            .sql("select count(*) from " + rows)
            .query(Long.class)
            .single());
  }
}
