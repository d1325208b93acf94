package dev.stretto.database.schema;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections on which the bare names of Stretto's tables mean those in its schema; see {@link
 * Schema}. All that Stretto and Spring Batch say to the database goes through these.
 */
public final class SchemaDataSource extends DelegatingDataSource {

  private static final Set<String> PREPARING =
      Set.of("prepareStatement", "prepareCall", "nativeSQL");

  private final @Nullable String schema;
  private final @Nullable String prelude;
  private volatile @Nullable Schema found;

  /**
   * Connections whose transactions begin with nothing of their own.
   *
   * @param schema as in the configuration, or null where it says nothing
   */
  public SchemaDataSource(DataSource connections, @Nullable String schema) {
    this(connections, schema, null);
  }

  /**
   * Connections whose transactions may begin with a statement, as behind a pooler.
   *
   * @param schema as in the configuration, or null where it says nothing
   * @param prelude what each transaction begins with, or null for nothing
   */
  SchemaDataSource(DataSource connections, @Nullable String schema, @Nullable String prelude) {
    super(connections);
    this.schema = schema;
    this.prelude = prelude;
  }

  /** The same, in a schema that is known. */
  SchemaDataSource(Schema schema, DataSource connections, @Nullable String prelude) {
    this(connections, schema.name(), prelude);
    this.found = schema;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return inSchema(super.getConnection());
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return inSchema(super.getConnection(username, password));
  }

  private Connection inSchema(Connection connection) throws SQLException {
    boolean usable = false;
    try {
      Schema known = found;
      if (known == null) {
        known = Schema.of(schema, connection);
        found = known;
      }
      usable = true;
      return of(connection, known::qualify, prelude);
    } finally {
      if (!usable) {
        connection.close();
      }
    }
  }

  /** One such connection. */
  public static Connection of(Connection connection, Schema schema) {
    return of(connection, schema::qualify, null);
  }

  static Connection of(
      Connection connection, UnaryOperator<String> qualify, @Nullable String prelude) {
    return (Connection)
        Proxy.newProxyInstance(
            SchemaDataSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new Qualifying(connection, qualify, prelude));
  }

  private static final class Qualifying implements InvocationHandler {

    private final Connection connection;
    private final UnaryOperator<String> qualify;
    private final @Nullable String prelude;

    /** Whether the next statement is a transaction's first. */
    private boolean fresh;

    Qualifying(Connection connection, UnaryOperator<String> qualify, @Nullable String prelude) {
      this.connection = connection;
      this.qualify = qualify;
      this.prelude = prelude;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        case "createStatement" -> {
          begin();
          yield statement((Statement) call(connection, method, arguments));
        }
        case "setAutoCommit" -> {
          fresh = arguments != null && Boolean.FALSE.equals(arguments[0]);
          yield call(connection, method, arguments);
        }
        case "commit", "rollback" -> {
          fresh = true;
          yield call(connection, method, arguments);
        }
        default -> {
          if (PREPARING.contains(method.getName())) {
            begin();
            yield call(connection, method, qualified(arguments));
          }
          yield call(connection, method, arguments);
        }
      };
    }

    /** What a transaction sets for itself ends with it, whoever has the session next. */
    private void begin() throws SQLException {
      if (prelude != null && fresh && !connection.getAutoCommit()) {
        try (Statement first = connection.createStatement()) {
          first.execute(prelude);
        }
        fresh = false;
      }
    }

    private Statement statement(@Nullable Statement statement) {
      return (Statement)
          Proxy.newProxyInstance(
              SchemaDataSource.class.getClassLoader(),
              new Class<?>[] {Statement.class},
              (proxy, method, arguments) -> call(statement, method, qualified(arguments)));
    }

    /** A statement is the first argument, if there is any text. */
    private Object @Nullable [] qualified(Object @Nullable [] arguments) {
      if (arguments == null || arguments.length == 0 || !(arguments[0] instanceof String sql)) {
        return arguments;
      }
      Object[] changed = arguments.clone();
      changed[0] = qualify.apply(sql);
      return changed;
    }

    private static @Nullable Object call(
        @Nullable Object target, Method method, Object @Nullable [] arguments) throws Throwable {
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause() == null ? e : e.getCause();
      }
    }
  }
}
