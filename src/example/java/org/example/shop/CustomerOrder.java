package org.example.shop;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/** An order. */
@Entity
public class CustomerOrder {

  @Id private long id;
  private @Nullable String customer;

  /** For JPA. */
  protected CustomerOrder() {}

  public CustomerOrder(long id, String customer) {
    this.id = id;
    this.customer = customer;
  }

  public long id() {
    return id;
  }

  public @Nullable String customer() {
    return customer;
  }
}
