package dev.stretto.cli.dispatch;

import dev.stretto.settings.DurationText;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a dispatch whose process does not end once everything is sent. */
final class StayOptions {

  @Option(
      names = "--follow",
      description = "Stay, and send what arrives as soon as it is committed.")
  private boolean follow;

  @Option(
      names = "--standby",
      description = "With --follow: wait for channels that others hold, and take over.")
  private boolean standby;

  @Option(
      names = "--every",
      paramLabel = "T",
      description = "Stay, and send what waits at intervals such as 30s, one run after the other.")
  private @Nullable String every;

  @Option(
      names = "--cron",
      paramLabel = "E",
      description = "The same at the times of a cron expression, such as '*/5 * * * *'.")
  private @Nullable String cron;

  @Option(
      names = "--ready-file",
      paramLabel = "F",
      description = "Make this file once ready, and remove it at the end.")
  private @Nullable String readyFile;

  boolean follow() {
    return follow;
  }

  boolean standby() {
    return standby;
  }

  @Nullable String readyFile() {
    return readyFile;
  }

  /** When runs begin; null where there is no schedule. */
  @Nullable Schedule schedule() {
    String interval = every;
    String times = cron;
    if (interval != null) {
      return Schedule.every(DurationText.parse("--every", interval));
    }
    return times == null ? null : Schedule.cron(times);
  }

  /** Whether the process stays. */
  boolean stays() {
    return follow || every != null || cron != null;
  }

  /**
   * Refuses what can't be meant.
   *
   * @param limit whether the number of messages is limited
   * @param dryRun whether nothing is to be sent
   */
  void check(boolean limit, boolean dryRun) {
    refuse("--every", every != null && cron != null, "can't be given with --cron");
    refuse("--every", every != null && follow, "can't be given with --follow, which always sends");
    refuse("--cron", cron != null && follow, "can't be given with --follow, which always sends");
    refuse("--standby", standby && !follow, "is for --follow");
    refuse("--ready-file", readyFile != null && !stays(), "is for --follow, --every and --cron");
    refuse("--limit", limit && follow, "can't be given with --follow, which sends whatever comes");
    refuse("--dry-run", dryRun && stays(), "can't be given where the process stays");
    String interval = every;
    if (interval != null) {
      Duration parsed = DurationText.parse("--every", interval);
      refuse("--every", parsed.compareTo(Duration.ofSeconds(1)) < 0, "must be 1s or more");
    }
  }

  private static void refuse(String option, boolean wrong, String why) {
    if (wrong) {
      throw new InvalidSettingException(option, why);
    }
  }
}
