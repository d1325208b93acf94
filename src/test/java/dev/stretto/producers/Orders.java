package dev.stretto.producers;

import java.math.BigDecimal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** The documents' example in Java; what follows stands there word for word. */
public class Orders {

  private final JdbcClient jdbc;

  public Orders(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Transactional
  public void place(long order, String customer, BigDecimal total) {
    jdbc.sql("insert into orders (id, customer, total) values (?, ?, ?)")
        .params(order, customer, total)
        .update();
    jdbc.sql(
            """
            insert into stretto.outbox_message (channel, message_id, ordering_key, payload)
            values ('space', ?, ?, ?)
            """)
        .params("order-" + order, customer, "{\"order\":" + order + "}")
        .update();
  }
}
