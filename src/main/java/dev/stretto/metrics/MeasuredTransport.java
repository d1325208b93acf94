package dev.stretto.metrics;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import io.micrometer.core.instrument.Clock;
import java.util.concurrent.TimeUnit;

/** Measures the calls of another transport, and changes nothing about them. */
final class MeasuredTransport implements Transport {

  private final Transport transport;
  private final ChannelMeters meters;
  private final Clock clock;

  MeasuredTransport(Transport transport, ChannelMeters meters, Clock clock) {
    this.transport = transport;
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public int capacity() {
    return transport.capacity();
  }

  @Override
  public void start(Call call, Progress progress) {
    long began = clock.monotonicTime();
    transport.start(
        call,
        new Progress() {
          @Override
          public void handedOver() {
            progress.handedOver();
          }

          @Override
          public void finished(Outcome outcome) {
            meters.calls(outcome).record(clock.monotonicTime() - began, TimeUnit.NANOSECONDS);
            progress.finished(outcome);
          }
        });
  }

  @Override
  public void close() {
    transport.close();
  }
}
