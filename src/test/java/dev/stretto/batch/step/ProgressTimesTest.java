package dev.stretto.batch.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgressTimesTest {

  private static final long SECOND = 1_000_000_000;

  /** As the JVM's, which may be negative. */
  private long nanos = -5 * SECOND / 2;

  private int running;

  private ProgressTimes begin() {
    running++;
    return new ProgressTimes(() -> nanos, () -> running);
  }

  /** Which of them tell it in this moment, each at most once. */
  private Set<ProgressTimes> tell(List<ProgressTimes> steps) {
    Set<ProgressTimes> told = new HashSet<>();
    for (ProgressTimes step : steps) {
      if (step.due()) {
        step.told();
        told.add(step);
      }
    }
    return told;
  }

  @Test
  void aStepTellsItOnceASecond() {
    List<ProgressTimes> only = List.of(begin());
    int told = 0;
    for (int tenth = 0; tenth < 100; tenth++) {
      told += tell(only).size();
      nanos += SECOND / 10;
    }

    assertThat(told).isBetween(8, 10);
  }

  @Test
  void fewTellItInTheSameMoment() {
    List<ProgressTimes> steps = new ArrayList<>();
    for (int step = 0; step < ProgressTimes.AT_ONCE; step++) {
      steps.add(begin());
      nanos += SECOND / 1000;
    }
    nanos += 3 * SECOND;
    tell(steps);

    for (int second = 0; second < 5; second++) {
      nanos += SECOND;
      assertThat(tell(steps)).hasSize(steps.size());
    }
  }

  /** That of a thousand at once would take more of a database than what they send. */
  @Test
  void ofAThousandAboutSixtyTellItEachSecondAndEachTellsIt() {
    List<ProgressTimes> steps = new ArrayList<>();
    for (int step = 0; step < 1000; step++) {
      steps.add(begin());
    }

    Set<ProgressTimes> all = new HashSet<>();
    for (int second = 0; second < 64; second++) {
      nanos += SECOND;
      Set<ProgressTimes> told = tell(steps);
      assertThat(told).hasSizeLessThanOrEqualTo(ProgressTimes.AT_ONCE);
      all.addAll(told);
    }
    assertThat(all).hasSize(steps.size());
  }

  @Test
  void whoIsLeftOfManyTellsItEachSecondAgain() {
    List<ProgressTimes> steps = new ArrayList<>();
    for (int step = 0; step < 1000; step++) {
      steps.add(begin());
    }
    running = 1;
    nanos += 20 * SECOND;
    tell(steps);

    nanos += SECOND;
    assertThat(tell(steps.subList(999, 1000))).hasSize(1);
  }
}
