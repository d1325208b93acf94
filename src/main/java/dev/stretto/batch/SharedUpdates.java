package dev.stretto.batch;

import dev.stretto.database.SharedCommits;
import java.util.Objects;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.batch.core.Entity;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A job repository whose updates are committed together where several runs have one at the same
 * time: a commit costs several times what it commits, and each run has some at its begin and end
 * and two a second in between. That of a run which is alone is its own, as ever. What adds a row is
 * not shared, for what that adds in memory could not be taken back with it.
 *
 * <p>An interrupt during an update has the step asked to stop, as one at any other time does.
 */
final class SharedUpdates implements MethodInterceptor {

  private final JobRepository repository;
  private final SharedCommits commits;

  private SharedUpdates(JobRepository repository, SharedCommits commits) {
    this.repository = repository;
    this.commits = commits;
  }

  static JobRepository of(RunConfiguration.JobTables tables) {
    SharedCommits commits = new SharedCommits(new TransactionTemplate(tables.transactions()));
    ProxyFactory sharing = new ProxyFactory(tables.repository());
    sharing.addAdvice(new SharedUpdates(tables.repository(), commits));
    return (JobRepository) sharing.getProxy(JobRepository.class.getClassLoader());
  }

  @Override
  public @Nullable Object invoke(MethodInvocation call) throws Throwable {
    @Nullable Object[] arguments = call.getArguments();
    Object execution = arguments.length == 1 ? arguments[0] : null;
    Runnable update = update(call.getMethod().getName(), execution);
    if (update == null) {
      return call.proceed();
    }
    if (execution instanceof StepExecution step) {
      share(step.getJobExecution(), step, update);
    } else if (execution instanceof JobExecution job) {
      share(job, job, update);
    }
    return null;
  }

  private @Nullable Runnable update(String method, @Nullable Object execution) {
    return switch (method) {
      case "update" ->
          switch (execution) {
            case JobExecution job -> () -> repository.update(job);
            case StepExecution step -> () -> repository.update(step);
            case null, default -> null;
          };
      case "updateExecutionContext" ->
          switch (execution) {
            case JobExecution job -> () -> repository.updateExecutionContext(job);
            case StepExecution step -> () -> repository.updateExecutionContext(step);
            case null, default -> null;
          };
      default -> null;
    };
  }

  /** A version that an update raised in memory is set back before the update is done again. */
  private void share(JobExecution job, Entity updated, Runnable update) {
    Integer version = Objects.requireNonNull(updated.getVersion(), "not stored yet");
    boolean interrupted =
        commits.commitOne(() -> {
          updated.setVersion(version);
          update.run();
        });
    if (interrupted) {
      job.getStepExecutions().forEach(StepExecution::setTerminateOnly);
    }
  }
}
