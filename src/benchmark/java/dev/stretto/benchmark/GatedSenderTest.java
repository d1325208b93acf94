package dev.stretto.benchmark;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.transport.Call;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Slow in name only: it is compiled where the benchmark is, for the slow tests. */
@Tag("slow")
class GatedSenderTest {

  /** As where the thread that asks waits for the connection's lock, and all calls end meanwhile. */
  @Test
  void aCallThatEndsWhileTheCapacityIsAskedForIsNotMissed() throws Exception {
    EndsWhenAsked transport = new EndsWhenAsked();
    FutureTask<Long> sending =
        new FutureTask<>(() ->
            new GatedSender("space", transport, MapSettings.url("http://unused/"), 1, 0).send(3));

    Thread.ofPlatform().daemon().start(sending);

    assertThat(sending.get(60, SECONDS)).as("not delivered").isZero();
    assertThat(transport.positions).containsExactly(1L, 2L, 3L);
  }

  /** Takes one call at a time, and uses up the wake-up of its end. */
  private static final class EndsWhenAsked implements TransportType, Transport {

    private final List<Long> positions = new ArrayList<>();
    private @Nullable Progress underWay;

    @Override
    public String name() {
      return "ends-when-asked";
    }

    @Override
    public Transport open(String channel, TransportSettings settings, int window) {
      return this;
    }

    @Override
    public int capacity() {
      Progress ends = underWay;
      if (ends != null) {
        underWay = null;
        ends.finished(new Outcome.Delivered());
        LockSupport.park(this);
      }
      return 1;
    }

    @Override
    public void start(Call call, Progress progress) {
      positions.add(call.message().position());
      underWay = progress;
      progress.handedOver();
    }

    @Override
    public void close() {}
  }
}
