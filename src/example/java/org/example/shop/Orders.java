package org.example.shop;

import dev.stretto.boot.StrettoOutbox;
import jakarta.persistence.EntityManager;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes orders: the row and the message that tells of it, both or none. */
@Service
public class Orders {

  private final EntityManager entities;
  private final StrettoOutbox outbox;

  public Orders(EntityManager entities, StrettoOutbox outbox) {
    this.entities = entities;
    this.outbox = outbox;
  }

  /** Returns the message's id. */
  @Transactional
  public String place(long order, String customer) {
    entities.persist(new CustomerOrder(order, customer));
    return outbox.append("warehouse", customer, "{\"order\":" + order + "}");
  }
}
