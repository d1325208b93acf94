package dev.stretto.database;

import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DelegatingTransactionDefinition;

/** Transactions at READ COMMITTED, whatever the application's own are at. */
public final class ReadCommittedTransactions extends JdbcTransactionManager {

  public ReadCommittedTransactions(DataSource connections) {
    super(connections);
  }

  @Override
  protected void doBegin(Object transaction, TransactionDefinition definition) {
    super.doBegin(
        transaction,
        new DelegatingTransactionDefinition(definition) {
          @Override
          public int getIsolationLevel() {
            return ISOLATION_READ_COMMITTED;
          }
        });
  }
}
