package dev.stretto.cli.supervise;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whoever supervises the process how it is: systemd, where {@code NOTIFY_SOCKET} is set, and
 * by a file. It is ready once every channel is followed, stood by for, or waits for its turn.
 * Thread-safe.
 */
public final class Readiness implements AutoCloseable {

  private final @Nullable NotifySocket systemd;
  private final @Nullable ReadyFile file;
  private final @Nullable Duration watchdog;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** By channel; null until the first word of it. Guarded by this, like the rest. */
  private final Map<String, @Nullable State> states = new LinkedHashMap<>();

  private boolean ready;
  private boolean stopping;
  private String said = "";

  /** What becomes of a channel. */
  public enum State {
    /** What arrives is sent. */
    FOLLOWING("following"),
    /** Another process has it. */
    STANDING_BY("standing by for"),
    /** A person has paused it. */
    PAUSED("paused"),
    /** Others are worked on first. */
    WAITING("waiting for a turn of"),
    /** Its last run failed, and another one follows. */
    PAUSING("trying again later on"),
    /** It is followed no more. */
    OVER("done with");

    private final String words;

    State(String words) {
      this.words = words;
    }
  }

  private Readiness(
      @Nullable NotifySocket systemd, @Nullable ReadyFile file, @Nullable Duration watchdog) {
    this.systemd = systemd;
    this.file = file;
    this.watchdog = watchdog;
  }

  /**
   * Removes a file that an earlier process left.
   *
   * @param readyFile the option's value, or null where there is none
   * @param environment the process's
   * @throws dev.stretto.transport.InvalidSettingException where the file can't be made
   */
  public static Readiness of(@Nullable String readyFile, Map<String, String> environment) {
    return new Readiness(
        NotifySocket.open(environment.get("NOTIFY_SOCKET")),
        readyFile == null ? null : ReadyFile.of(readyFile),
        watchdog(environment));
  }

  /** How often systemd wants to hear from this process, at the least; null for never. */
  static @Nullable Duration watchdog(Map<String, String> environment) {
    String pid = environment.get("WATCHDOG_PID");
    if (pid != null && !pid.equals(String.valueOf(ProcessHandle.current().pid()))) {
      return null;
    }
    try {
      long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
      return micros > 0 ? Duration.ofNanos(micros * 1000) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /**
   * Begins: these are the channels of which word is to come.
   *
   * @param alive whether the runs live, asked twice in the time that systemd's watchdog has
   */
  public synchronized void begin(Collection<String> channels, BooleanSupplier alive) {
    channels.forEach(channel -> states.put(channel, null));
    if (systemd != null && watchdog != null) {
      Thread.ofPlatform()
          .name("watchdog")
          .daemon()
          .start(() -> watch(systemd, watchdog.dividedBy(2), alive));
    }
    update();
  }

  private void watch(NotifySocket socket, Duration interval, BooleanSupplier alive) {
    while (!over(interval)) {
      if (alive.getAsBoolean()) {
        socket.send("WATCHDOG=1");
      }
    }
  }

  private boolean over(Duration wait) {
    try {
      return closed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** A word of a channel. */
  public synchronized void tell(String channel, State state) {
    if (states.put(channel, state) != state) {
      update();
    }
  }

  private void update() {
    if (!ready && !stopping && !states.containsValue(null)) {
      ready = true;
      if (file != null) {
        file.make();
      }
      say("READY=1\nSTATUS=" + status());
    } else if (ready && !stopping) {
      say("STATUS=" + status());
    }
  }

  private void say(String lines) {
    if (systemd != null && !lines.equals(said)) {
      said = lines;
      systemd.send(lines);
    }
  }

  /** What becomes of how many channels, in one line. */
  synchronized String status() {
    Map<State, Integer> counts = new EnumMap<>(State.class);
    states
        .values()
        .forEach(state -> {
          if (state != null) {
            counts.merge(state, 1, Integer::sum);
          }
        });
    StringJoiner words = new StringJoiner(", ");
    counts.forEach((state, count) ->
        words.add(state.words + " " + count + (count == 1 ? " channel" : " channels")));
    return words.toString();
  }

  /** The process was asked to end. */
  public synchronized void stopping() {
    if (!stopping) {
      stopping = true;
      say("STOPPING=1");
      if (file != null) {
        file.close();
      }
    }
  }

  /** The process ends. */
  @Override
  public void close() {
    stopping();
    closed.countDown();
  }
}
