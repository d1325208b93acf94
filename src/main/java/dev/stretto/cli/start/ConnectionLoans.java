package dev.stretto.cli.start;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Knows how long each connection has been out of the pool. A run takes one for each of its steps
 * and holds none across a call, so that a loan that does not end is a step that hangs. Ages are
 * counted in looks, not by a clock: a process that was stopped for a while has not been working.
 */
public final class ConnectionLoans implements BeanPostProcessor {

  private final Map<Object, AtomicInteger> loans = new ConcurrentHashMap<>();

  /** Has the pool note its loans here. */
  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    HikariDataSource pool = bean instanceof DataSource connections ? pool(connections) : null;
    return pool == null ? bean : new Noting((DataSource) bean, pool);
  }

  /** Whoever else may have wrapped it. */
  private static @Nullable HikariDataSource pool(DataSource connections) {
    try {
      return connections.isWrapperFor(HikariDataSource.class)
          ? connections.unwrap(HikariDataSource.class)
          : null;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Looks at all that are out; how many looks the oldest of them has been out for. */
  public int look() {
    return loans.values().stream().mapToInt(AtomicInteger::incrementAndGet).max().orElse(0);
  }

  /** Counts what is done as a loan: it has the database answer too. */
  void during(Runnable step) {
    Object loan = begin();
    try {
      step.run();
    } finally {
      end(loan);
    }
  }

  private Object begin() {
    Object loan = new Object();
    loans.put(loan, new AtomicInteger());
    return loan;
  }

  /** Whether it had not ended. */
  private boolean end(Object loan) {
    return loans.remove(loan) != null;
  }

  private final class Noting extends DelegatingDataSource {

    private final ConnectionTurns turns;

    Noting(DataSource connections, HikariDataSource pool) {
      super(connections);
      turns = new ConnectionTurns(pool.getMaximumPoolSize(), pool.getConnectionTimeout());
    }

    @Override
    public Connection getConnection() throws SQLException {
      boolean turn = turns.await();
      // To get one may take for ever too: the pool asks the database whether it still works.
      Object loan = begin();
      Connection connection = null;
      try {
        connection = super.getConnection();
        return noting(connection, loan, turn);
      } finally {
        if (connection == null) {
          end(loan);
          if (turn) {
            turns.gotNone();
          }
        }
      }
    }

    private Connection noting(Connection connection, Object loan, boolean turn) {
      return (Connection)
          Proxy.newProxyInstance(
              ConnectionLoans.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                try {
                  return method.invoke(connection, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                } finally {
                  if (method.getName().equals("close") && end(loan) && turn) {
                    turns.cameBack();
                  }
                }
              });
    }
  }
}
