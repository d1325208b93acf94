package dev.stretto.cli;

import org.springframework.context.ConfigurableApplicationContext;

/** Spring with the database open; {@link #get} makes a bean when it is first asked for. */
final class Application implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final DatabaseOpening database;

  Application(ConfigurableApplicationContext context, DatabaseOpening database) {
    this.context = context;
    this.database = database;
  }

  <T> T get(Class<T> type) {
    return context.getBean(type);
  }

  /** Closes the beans, and with them the pool, before the database, which waits for its guests. */
  @Override
  public void close() {
    context.close();
    database.close();
  }
}
