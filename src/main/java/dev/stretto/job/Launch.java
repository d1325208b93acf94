package dev.stretto.job;

import dev.stretto.lease.Lease;
import dev.stretto.lease.Leases;
import java.util.function.Consumer;

/**
 * What an execution needs before it can begin: the channel's settings, its lease, and the way to
 * its destination. Held until the execution's end is recorded.
 */
final class Launch implements AutoCloseable {

  /** Set by a launcher that has prepared the launch itself. */
  static final ScopedValue<Launch> CURRENT = ScopedValue.newInstance();

  private final Leases leases;
  private final Lease lease;
  private final OpenChannel channel;
  private final Consumer<ChannelRun> running;

  /**
   * @param running is told of the run as soon as there is one
   */
  Launch(Leases leases, Lease lease, OpenChannel channel, Consumer<ChannelRun> running) {
    this.leases = leases;
    this.lease = lease;
    this.channel = channel;
    this.running = running;
  }

  Lease lease() {
    return lease;
  }

  OpenChannel channel() {
    return channel;
  }

  void running(ChannelRun run) {
    running.accept(run);
  }

  @Override
  public void close() {
    leases.release(lease);
  }
}
