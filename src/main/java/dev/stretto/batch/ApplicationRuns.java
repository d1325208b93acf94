package dev.stretto.batch;

import dev.stretto.database.Durability;
import dev.stretto.database.ReadCommittedTransactions;
import dev.stretto.database.schema.ApplicationDatabase;
import dev.stretto.database.schema.LeaseConnections;
import dev.stretto.metrics.Telemetry;
import dev.stretto.run.ChannelRun;
import dev.stretto.settings.Channels;
import dev.stretto.transport.TransportType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The job in an application that launches it. What a run is made of are beans of a context of their
 * own, made for the first run, so that none of them meets the application's. Thread-safe.
 */
public final class ApplicationRuns implements AutoCloseable {

  /** Beyond the longest drain, for what is then still to be recorded. */
  private static final Duration RECORDING = Duration.ofSeconds(10);

  private final Parts parts;
  private final Supplier<JobOperator> operator;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();

  /** Guarded by the lock, like the rest. */
  private final Set<ChannelRun> running = new HashSet<>();

  private int executions;
  private boolean stopping;
  private @Nullable AnnotationConfigApplicationContext context;

  /**
   * Whose runs they are.
   *
   * @param environment the application's
   * @param tables the application's job repository
   * @param telemetry where measurements go, asked for with the first run
   */
  public record Parts(
      ConfigurableEnvironment environment,
      ApplicationDatabase database,
      Channels channels,
      List<TransportType> transports,
      RunConfiguration.JobTables tables,
      Supplier<Telemetry> telemetry) {}

  /**
   * @param operator the application's, asked for with the first run: it may need the job to be made
   */
  public ApplicationRuns(Parts parts, Supplier<JobOperator> operator) {
    this.parts = parts;
    this.operator = operator;
  }

  /** The job {@code dispatch}, for any launcher; see {@link DispatchJob}. */
  public Job job() {
    return new DispatchJob(
        this::execute,
        parts.tables().repository(),
        new RunConfiguration().clocks(),
        parts.telemetry());
  }

  private void execute(JobExecution execution, DispatchJob.StepRunner steps)
      throws JobInterruptedException {
    RunLauncher launcher = begin();
    Set<ChannelRun> own = new HashSet<>();
    try {
      launcher.execute(
          execution,
          steps,
          run -> {
            own.add(run);
            began(run);
          });
    } finally {
      end(own);
    }
  }

  private RunLauncher begin() {
    lock.lock();
    try {
      if (context == null) {
        context = context();
      }
      RunLauncher launcher = context.getBean(RunLauncher.class);
      executions++;
      return launcher;
    } finally {
      lock.unlock();
    }
  }

  private void began(ChannelRun run) {
    lock.lock();
    try {
      running.add(run);
      if (stopping) {
        run.stop("the application ends");
      }
    } finally {
      lock.unlock();
    }
  }

  private void end(Set<ChannelRun> own) {
    lock.lock();
    try {
      running.removeAll(own);
      executions--;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private AnnotationConfigApplicationContext context() {
    var made = new AnnotationConfigApplicationContext();
    made.setEnvironment(parts.environment());
    DataSource guest = parts.database().guest();
    var beans = made.getBeanFactory();
    beans.registerSingleton("connections", guest);
    beans.registerSingleton("jdbc", new JdbcTemplate(guest));
    beans.registerSingleton("transactions", new ReadCommittedTransactions(guest));
    beans.registerSingleton("durability", new Durability(guest));
    beans.registerSingleton("leaseConnections", new LeaseConnections(guest, true));
    beans.registerSingleton("jobTables", parts.tables());
    beans.registerSingleton("operator", operator.get());
    beans.registerSingleton("channels", parts.channels());
    beans.registerSingleton("telemetry", parts.telemetry().get());
    parts.transports().forEach(transport -> beans.registerSingleton(transport.name(), transport));
    made.register(RunConfiguration.class);
    made.refresh();
    return made;
  }

  /**
   * Has runs start nothing more, and waits until what is under way has ended and is recorded, for
   * the longest drain and some seconds at most; runs that begin later end at once.
   */
  public void stop() {
    long left = longestDrain().plus(RECORDING).toNanos();
    lock.lock();
    try {
      stopping = true;
      running.forEach(run -> run.stop("the application ends"));
      while (executions > 0 && left > 0) {
        left = ended.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Nobody waits for them any more. With the flag set, the next access to an H2 file closed it.
    } finally {
      lock.unlock();
    }
  }

  private Duration longestDrain() {
    return parts.channels().usable().stream()
        .map(channel -> channel.dispatch().drain())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /** Ends what runs share, after {@link #stop}. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (context != null) {
        context.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
