package dev.stretto.batch;

import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DelegatingTransactionDefinition;

/** Transactions at READ COMMITTED, whatever the application's own are at. */
final class ReadCommittedTransactions extends JdbcTransactionManager {

  ReadCommittedTransactions(DataSource connections) {
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
