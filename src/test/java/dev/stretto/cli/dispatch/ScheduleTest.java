package dev.stretto.cli.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  private static final ZonedDateTime BEGIN = ZonedDateTime.parse("2026-11-29T10:00:07Z");

  @Test
  void anIntervalBeginsAtOnceAndLeavesOutTimesThatPassedDuringARun() {
    Schedule schedule = Schedule.every(Duration.ofSeconds(30));

    assertThat(schedule.untilNext(BEGIN, null, BEGIN)).isZero();
    assertThat(schedule.untilNext(BEGIN, BEGIN, BEGIN.plusSeconds(2))).hasSeconds(28);
    assertThat(schedule.untilNext(BEGIN, BEGIN, BEGIN.plusSeconds(30))).hasSeconds(30);
    assertThat(schedule.untilNext(BEGIN, BEGIN, BEGIN.plusSeconds(95))).hasSeconds(25);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"*/5 * * * *|293", "30 */5 * * * *|23", "@hourly|3593", "15 12 * * *|8093"})
  void anExpressionHasFiveFieldsAsInACrontabOrSix(String expression, long seconds) {
    assertThat(Schedule.cron(expression).untilNext(BEGIN, null, BEGIN)).hasSeconds(seconds);
  }

  @Test
  void anExpressionIsMeantInTheTimeZoneOfTheProcess() {
    ZonedDateTime berlin = ZonedDateTime.parse("2026-11-29T11:00:00+01:00[Europe/Berlin]");

    assertThat(Schedule.cron("0 12 * * *").untilNext(berlin, null, berlin)).hasMinutes(60);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "* * *", "61 * * * *", "every minute"})
  void whatIsNoExpressionIsRefused(String expression) {
    assertThatThrownBy(() -> Schedule.cron(expression))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("--cron");
  }

  @Test
  void anExpressionWithoutAnyTimeIsRefused() {
    assertThatThrownBy(() -> Schedule.cron("0 0 30 2 *").untilNext(BEGIN, null, BEGIN))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("no time");
  }
}
