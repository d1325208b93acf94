package dev.stretto.benchmark;

import java.util.Map;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.ChunkOrientedStepBuilder;
import org.springframework.batch.infrastructure.item.ItemProcessor;
import org.springframework.batch.infrastructure.item.ItemWriter;
import org.springframework.batch.infrastructure.item.database.JdbcBatchItemWriter;
import org.springframework.batch.infrastructure.item.database.JdbcPagingItemReader;
import org.springframework.batch.infrastructure.item.database.Order;
import org.springframework.batch.infrastructure.item.database.builder.JdbcBatchItemWriterBuilder;
import org.springframework.batch.infrastructure.item.database.builder.JdbcPagingItemReaderBuilder;
import org.springframework.batch.integration.async.AsyncItemProcessor;
import org.springframework.batch.integration.async.AsyncItemWriter;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.transaction.PlatformTransactionManager;

/** The same rows sent and marked with the parts that Spring Batch itself has. */
final class StockJob {

  private static final String MARK =
      """
      update outbox_message
         set status = 'DELIVERED', queue = 6, position = id, settled_at = current_timestamp
       where id = ?
      """;

  private final JobRepository repository;
  private final PlatformTransactionManager transactions;
  private final DataSource dataSource;
  private final int chunk;
  private final StockHttp http;

  StockJob(
      JobRepository repository,
      PlatformTransactionManager transactions,
      DataSource dataSource,
      int chunk,
      StockHttp http) {
    this.repository = repository;
    this.transactions = transactions;
    this.dataSource = dataSource;
    this.chunk = chunk;
    this.http = http;
  }

  /** A message, as far as it is sent. */
  record Row(long id, String messageId, String payload) {}

  /**
   * @param overlap the most calls under way; 1 sends on the step's thread
   * @param messages how many to send
   */
  Job job(int overlap, int messages) throws Exception {
    return new JobBuilder("stock", repository)
        .start(overlap == 1 ? waiting(messages) : overlapping(overlap, messages))
        .build();
  }

  private Step waiting(int messages) throws Exception {
    return new ChunkOrientedStepBuilder<Row, Row>("send", repository, chunk)
        .transactionManager(transactions)
        .reader(reader(messages))
        .processor(sending())
        .writer(marking())
        .build();
  }

  private Step overlapping(int overlap, int messages) throws Exception {
    SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor();
    threads.setVirtualThreads(true);
    threads.setConcurrencyLimit(overlap);
    AsyncItemProcessor<Row, Row> processor = new AsyncItemProcessor<>(sending());
    processor.setTaskExecutor(threads);
    return new ChunkOrientedStepBuilder<Row, Future<Row>>("send", repository, chunk)
        .transactionManager(transactions)
        .reader(reader(messages))
        .processor(processor)
        .writer(new AsyncItemWriter<>(marking()))
        .build();
  }

  private ItemProcessor<Row, Row> sending() {
    return row -> {
      http.send(row);
      return row;
    };
  }

  private JdbcPagingItemReader<Row> reader(int messages) throws Exception {
    return new JdbcPagingItemReaderBuilder<Row>()
        .name("outbox")
        .dataSource(dataSource)
        .selectClause("id, message_id, payload")
        .fromClause("outbox_message")
        .whereClause("channel = 'space' and status = 'PENDING'")
        .sortKeys(Map.of("id", Order.ASCENDING))
        .pageSize(chunk)
        .maxItemCount(messages)
        .rowMapper((row, number) -> new Row(row.getLong(1), row.getString(2), row.getString(3)))
        .build();
  }

  private ItemWriter<Row> marking() {
    JdbcBatchItemWriter<Row> marks =
        new JdbcBatchItemWriterBuilder<Row>()
            .dataSource(dataSource)
            .sql(MARK)
            .itemPreparedStatementSetter((row, statement) -> statement.setLong(1, row.id()))
            .build();
    marks.afterPropertiesSet();
    return marks;
  }
}
