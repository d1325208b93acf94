package dev.stretto.benchmark;

import dev.stretto.receiver.Receiver;
import java.time.Duration;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/** How long the destination takes to answer. */
enum Delay {
  /** At once. */
  NONE("0"),
  /** 20 ms, always. */
  SHORT("20 ms"),
  /** 50 ms, always. */
  CONSTANT("50 ms"),
  /** 95 % after 20 ms, 4 % after 200 ms, 1 % after 1 s; always the same for a position. */
  TAIL("tail");

  private final String label;

  Delay(String label) {
    this.label = label;
  }

  /** What the tables say. */
  String label() {
    return label;
  }

  /** The answer's delay, by position. */
  LongFunction<Duration> answers() {
    return switch (this) {
      case NONE -> Receiver.constant(Duration.ZERO);
      case SHORT -> Receiver.constant(Duration.ofMillis(20));
      case CONSTANT -> Receiver.constant(Duration.ofMillis(50));
      case TAIL -> Receiver.tail(1);
    };
  }

  /** The longest there is. */
  Duration slowest() {
    return switch (this) {
      case NONE -> Duration.ZERO;
      case SHORT -> Duration.ofMillis(20);
      case CONSTANT -> Duration.ofMillis(50);
      case TAIL -> Duration.ofSeconds(1);
    };
  }

  /** The mean over the first messages, in seconds; 0 where there is none. */
  double mean(long messages) {
    LongFunction<Duration> answers = answers();
    return LongStream.rangeClosed(1, messages)
        .mapToDouble(position -> answers.apply(position).toNanos() / 1e9)
        .average()
        .orElse(0);
  }
}
