package dev.stretto.follow;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL's driver has received, by names: nothing is compiled against a driver. */
final class Notifications {

  private final Object connection;
  private final Method get;
  private final Method payload;

  /**
   * @throws SQLException where the connection is another driver's
   */
  Notifications(Connection listening) throws SQLException {
    try {
      Class<?> type = Class.forName("org.postgresql.PGConnection");
      this.connection = listening.unwrap(type);
      this.get = type.getMethod("getNotifications", int.class);
      this.payload = Class.forName("org.postgresql.PGNotification").getMethod("getParameter");
    } catch (ReflectiveOperationException e) {
      throw new SQLException("this driver of PostgreSQL's passes no notifications on", e);
    }
  }

  /**
   * Blocks until something was said, or the time is over.
   *
   * @return what was said with each
   */
  List<String> await(Duration atMost) throws SQLException {
    List<String> said = new ArrayList<>();
    if (call(get, connection, (int) atMost.toMillis()) instanceof Object[] all) {
      for (Object one : all) {
        said.add(String.valueOf(call(payload, one)));
      }
    }
    return said;
  }

  private static @Nullable Object call(Method method, Object target, Object... arguments)
      throws SQLException {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw new SQLException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException(e);
    }
  }
}
