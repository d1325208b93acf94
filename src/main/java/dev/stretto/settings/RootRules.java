package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.PortNumber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** What the settings beside the channels must be. */
final class RootRules {

  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

  /** Servers take limits of a session of up to 24 days, and the lease's time is one. */
  private static final Duration LONGEST_LEASE = Duration.ofDays(24);

  private static final DataSize LEAST_MEMORY = DataSize.ofMegabytes(1);

  private RootRules() {}

  /** What of them can't be used. */
  static List<InvalidSettingException> problems(ChannelProperties.Root root) {
    List<InvalidSettingException> problems = new ArrayList<>();
    Duration lease = root.lease();
    if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
      problems.add(new InvalidSettingException("stretto.lease", "must be between 1s and 24d"));
    }
    Duration retention = root.retention();
    if (retention != null && !retention.isPositive()) {
      problems.add(new InvalidSettingException("stretto.retention", "must be longer than 0"));
    }
    if (root.memory().compareTo(LEAST_MEMORY) < 0) {
      problems.add(new InvalidSettingException("stretto.memory", "must be 1MB or more"));
    }
    if (root.maxChannels() < 1) {
      problems.add(new InvalidSettingException("stretto.max-channels", "must be 1 or more"));
    }
    Integer port = root.metrics() == null ? null : root.metrics().port();
    if (port != null && (port < 0 || port > PortNumber.HIGHEST)) {
      problems.add(
          new InvalidSettingException(
              "stretto.metrics.port",
              "must be between 0, for any free one, and " + PortNumber.HIGHEST + ", not " + port));
    }
    return problems;
  }
}
