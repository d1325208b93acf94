package dev.stretto.database.schema;

import dev.stretto.database.UnusableDatabaseException;
import dev.stretto.database.Vendor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the schema where there is none yet, or says who has to do what so that there is one. */
final class SchemaOwner {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaOwner.class);

  private static final String COLUMNS =
      "channel, message_id, ordering_key, content_type, headers, payload";

  private final Connection connection;
  private final Schema schema;
  private final SchemaHistory history;

  SchemaOwner(Connection connection, Schema schema, SchemaHistory history) {
    this.connection = connection;
    this.schema = schema;
    this.history = history;
  }

  /**
   * Makes sure that there is the schema, and that this user may make tables in it.
   *
   * @throws UnusableDatabaseException where it can't be, or an earlier version's tables are in
   *     another
   */
  void prepare() throws SQLException {
    boolean present = exists();
    if (schema.vendor() == Vendor.MARIADB) {
      if (!present) {
        create();
      }
      return;
    }
    if (!present || !history.isBegun(connection, schema)) {
      lookForEarlierTables();
    }
    if (!present) {
      create();
    } else if (!mayCreateTables()) {
      throw UnusableDatabaseException.database(
          "needs tables in schema "
              + schema.name()
              + " made or brought to this version, and user "
              + user()
              + " may not do that: run any command once, such as status, as the schema's owner;"
              + " for this user the owner then runs: "
              + runGrants(user()));
    }
  }

  private boolean exists() throws SQLException {
    String query =
        schema.vendor() == Vendor.POSTGRESQL
            ? "select count(*) from pg_catalog.pg_namespace where nspname = ?"
            : "select count(*) from information_schema.schemata where schema_name = ?";
    return count(query, schema.name()) > 0;
  }

  /** Asked before any migration, though not each of them makes a table. */
  private boolean mayCreateTables() throws SQLException {
    return schema.vendor() == Vendor.H2
        || count(
                "select count(*) from pg_catalog.pg_namespace where nspname = ?"
                    + " and has_schema_privilege(oid, 'CREATE')",
                schema.name())
            > 0;
  }

  private void create() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create schema if not exists " + schema.quoted());
    } catch (SQLException e) {
      // Two first commands may make it at once; the one that came second finds the other's.
      if (exists()) {
        return;
      }
      throw UnusableDatabaseException.database(
          "has no schema "
              + schema.name()
              + ", and user "
              + user()
              + " may not create it ("
              + e.getMessage()
              + "): who may runs: "
              + (schema.vendor() == Vendor.MARIADB ? makeDatabase() : makeSchema()));
    }
  }

  private String makeSchema() throws SQLException {
    return "create schema "
        + schema.quoted()
        + " authorization "
        + schema.quoted(user())
        + "; and, once Stretto has made its tables, for each producer: "
        + producerGrants();
  }

  /** A user is user@host there. */
  private String makeDatabase() throws SQLException {
    String user = user();
    int at = user.lastIndexOf('@');
    return "create database "
        + schema.quoted()
        + "; grant all on "
        + schema.quoted()
        + ".* to "
        + schema.quoted(user.substring(0, at))
        + "@"
        + schema.quoted(user.substring(at + 1))
        + ";";
  }

  /**
   * An earlier version had its tables wherever the session's search path began. They are not left
   * behind in silence, and not moved either, for producers insert there.
   */
  private void lookForEarlierTables() throws SQLException {
    Set<String> usual = new LinkedHashSet<>();
    usual.add(schema.vendor() == Vendor.H2 ? "PUBLIC" : "public");
    String current = connection.getSchema();
    if (current != null) {
      usual.add(current);
    }
    usual.remove(schema.name());
    for (String place : usual) {
      lookForEarlierTables(schema.other(place));
    }
  }

  private void lookForEarlierTables(Schema earlier) throws SQLException {
    String place = earlier.name();
    if (SchemaHistory.isOursAlone(connection, earlier)) {
      throw UnusableDatabaseException.setting(
          Schema.PROPERTY,
          "an earlier version of Stretto has its tables in schema "
              + place
              + " of this database: set "
              + Schema.PROPERTY
              + "="
              + place
              + " to go on with them there");
    }
    if (SchemaHistory.hasOurTables(connection, earlier)) {
      LOG.warn(
          "schema {} has tables outbox_message and channel_lease too, beside migrations that are"
              + " not Stretto's: they are left as they are, and nothing in them is sent",
          place);
    }
  }

  UnusableDatabaseException ofSomebodyElse() {
    return UnusableDatabaseException.database(
        schema.isOfUrl()
            ? "has tables that are not Stretto's: give it a database of its own"
            : "has tables in schema "
                + schema.name()
                + " that are not Stretto's: give it a schema of its own with "
                + Schema.PROPERTY);
  }

  /** What a user needs who dispatches, but neither makes nor changes tables. */
  private String runGrants(String user) {
    String name = schema.quoted();
    String grantee = " to " + schema.quoted(user) + "; ";
    return "grant usage on schema "
        + name
        + grantee
        + "grant select, insert, update, delete on all tables in schema "
        + name
        + grantee
        + "grant usage on all sequences in schema "
        + name
        + grantee.strip();
  }

  private String producerGrants() {
    return "grant usage on schema "
        + schema.quoted()
        + " to PRODUCER; grant insert ("
        + COLUMNS
        + ") on "
        + schema.quoted()
        + ".outbox_message to PRODUCER;";
  }

  private String user() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select current_user")) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private int count(String query, @Nullable String argument) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, argument);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }
}
