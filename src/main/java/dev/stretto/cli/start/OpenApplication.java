package dev.stretto.cli.start;

import org.springframework.context.ConfigurableApplicationContext;

/** Spring with the database open; {@link #get} makes a bean when it is first asked for. */
public final class OpenApplication implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final DatabaseOpening database;

  OpenApplication(ConfigurableApplicationContext context, DatabaseOpening database) {
    this.context = context;
    this.database = database;
  }

  public <T> T get(Class<T> type) {
    return context.getBean(type);
  }

  /** From now on, {@link #close} does not wait long for the database's guests. */
  public void hurry() {
    database.hurry();
  }

  /** Closes the beans, and with them the pool, before the database, which waits for its guests. */
  @Override
  public void close() {
    ConnectionLoans loans = context.getBean(ConnectionLoans.class);
    loans.during(context::close);
    database.awaitGuests();
    loans.during(database::close);
  }
}
