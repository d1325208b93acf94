package dev.stretto.transport.http;

import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static dev.stretto.transport.Outcome.Fault.UNTAKEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** How HTTP/2 connections end, as servers and proxies do it, and what becomes of their calls. */
class HttpEndsTest {

  private static final int NO_ERROR = 0;
  private static final int REFUSED_STREAM = 7;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int GRACEFUL = Integer.MAX_VALUE;

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  /** What ends a connection that has had its requests. */
  enum End {
    /** As nginx does it: which streams are the last, their answers, and the end, all at once. */
    ANSWERED_THEN_CLOSED {
      @Override
      void of(Http2Script.Link link, List<Http2Script.Request> taken) throws IOException {
        link.goAway(taken.getLast().stream(), NO_ERROR);
        answerAll(link, taken);
        link.send();
        link.finish();
      }
    },
    /** In two steps, as at a drain. */
    ANNOUNCED {
      @Override
      void of(Http2Script.Link link, List<Http2Script.Request> taken) throws IOException {
        link.goAway(GRACEFUL, NO_ERROR).send();
        link.goAway(taken.getLast().stream(), NO_ERROR);
        answerAll(link, taken);
        link.send();
        link.finish();
      }
    },
    /** Answers without a body, which end their streams by themselves. */
    ANSWERED_SHORTLY {
      @Override
      void of(Http2Script.Link link, List<Http2Script.Request> taken) throws IOException {
        link.goAway(taken.getLast().stream(), NO_ERROR);
        taken.forEach(request -> link.headers(request.stream(), 204, true));
        link.send();
        link.finish();
      }
    };

    abstract void of(Http2Script.Link link, List<Http2Script.Request> taken) throws IOException;

    static void answerAll(Http2Script.Link link, List<Http2Script.Request> taken) {
      for (Http2Script.Request request : taken) {
        link.headers(request.stream(), 200, false).data(request.stream(), "ok");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void whatWasAnsweredBeforeTheEndCountsAndTheRestGoesOutOnTheNextConnectionInOrder(End end)
      throws Exception {
    int each = 10;
    Http2Script.Script script =
        (link, number) -> {
          List<Http2Script.Request> taken = new ArrayList<>();
          while (taken.size() < each) {
            taken.add(link.take());
          }
          end.of(link, taken);
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, 3 * each)) {
      Driver driver = new Driver(transport);
      List<Call> calls = calls(200 * each);
      assertThat(driver.runUntilTaken(calls).values())
          .hasSize(calls.size())
          .containsOnly(new Outcome.Delivered());
      assertThat(server.accepted)
          .containsExactlyElementsOf(calls.stream().map(call -> call.message().payload()).toList());
      assertThat(driver.misuses()).isZero();
    }
  }

  /** The client sees the end before it has looked at every answer that it read. */
  @Test
  void whatWasAnsweredCountsWhereTheConnectionEndsWithoutAWord() throws Exception {
    int each = 10;
    Http2Script.Script script =
        (link, number) -> {
          List<Http2Script.Request> taken = new ArrayList<>();
          while (taken.size() < each) {
            taken.add(link.take());
          }
          taken.forEach(request -> link.headers(request.stream(), 204, true));
          link.send();
          link.finish();
        };
    try (Http2Script server = new Http2Script(script)) {
      for (int round = 0; round < 100; round++) {
        try (Transport transport = open(server, each)) {
          assertThat(new Driver(transport).run(calls(each))).containsOnly(new Outcome.Delivered());
        }
      }
    }
  }

  /** As nginx does it: what is still to be written of the request fails, the answer counts. */
  @Test
  void anAnswerCountsWhoseRequestIsNotReadToItsEnd() throws Exception {
    int calls = 300;
    String longerThanIsSentAtOnce = "x".repeat(100_000);
    try (Http2Script server =
            new Http2Script((link, number) -> {
              while (true) {
                int stream = link.begun();
                link.headers(stream, 204, true).reset(stream, 0).send();
              }
            });
        Transport transport = open(server, 1)) {
      Driver driver = new Driver(transport);
      for (long position = 1; position <= calls; position++) {
        Call call = new Call(Driver.message(position, longerThanIsSentAtOnce, Map.of()), 1, 42);
        assertThat(driver.run(List.of(call))).containsOnly(new Outcome.Delivered());
      }
    }
  }

  @Test
  void theNextConnectionIsMadeWhileCallsThatHaveArrivedAreStillAnsweredOnTheOldOne()
      throws Exception {
    CountDownLatch nextWasUsed = new CountDownLatch(1);
    Http2Script.Script script =
        (link, number) -> {
          Http2Script.Request request = link.take();
          if (number == 1) {
            link.goAway(request.stream(), NO_ERROR).send();
            awaitOrFail(nextWasUsed);
          } else {
            nextWasUsed.countDown();
          }
          link.headers(request.stream(), 200, true).send();
          link.finish();
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, 4)) {
      assertThat(new Driver(transport).runUntilTaken(calls(2)).values())
          .containsOnly(new Outcome.Delivered());
    }
  }

  /** Law 2, where the client makes a second connection, as it does when one was removed. */
  @Test
  void whereThereAreTwoConnectionsOneIsUsed() throws Exception {
    Queue<Integer> used = new ConcurrentLinkedQueue<>();
    Http2Script.Script script =
        (link, number) -> {
          while (true) {
            Http2Script.Request request = link.take();
            used.add(number);
            link.headers(request.stream(), 204, true).send();
          }
        };
    for (int round = 0; round < 20; round++) {
      try (Http2Script server = new Http2Script(script);
          Transport transport = open(server, 4)) {
        used.clear();
        server.connections = new CountDownLatch(2);
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (Call call : calls(2)) {
          CompletableFuture<Outcome> outcome = new CompletableFuture<>();
          transport.start(call, Driver.finishing(outcome));
          outcomes.add(outcome);
        }
        outcomes.forEach(Driver::get);
        for (long position = 3; position <= 12; position++) {
          Driver.outcomeOf(transport, Driver.call(position));
        }
        assertThat(used).hasSize(12).containsOnly(used.element());
      }
    }
  }

  @Test
  void aRefusedStreamWasNotTaken() throws Exception {
    Http2Script.Script script =
        (link, number) -> {
          link.reset(link.next().stream(), REFUSED_STREAM).send();
          link.headers(link.take().stream(), 200, true).send();
          link.finish();
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, 4)) {
      assertThat(((Outcome.RetryLater) Driver.outcomeOf(transport, Driver.call(1))).fault())
          .isEqualTo(UNTAKEN);
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isEqualTo(new Outcome.Delivered());
    }
  }

  @Test
  void aConnectionEndedForAFaultOfOursClosesTheGate() throws Exception {
    Http2Script.Script script =
        (link, number) -> {
          link.next();
          link.goAway(0, ENHANCE_YOUR_CALM).send();
          link.finish();
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, 4)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(
              new Outcome.RetryLater(
                  UNAVAILABLE,
                  "the destination ended the connection: enhance_your_calm_error",
                  null));
    }
  }

  @Test
  void whatHadArrivedAndWasNotAnsweredBeforeTheEndIsUnknown() throws Exception {
    Http2Script.Script script =
        (link, number) -> {
          link.goAway(link.take().stream(), NO_ERROR).send();
          link.finish();
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, 4)) {
      assertThat(((Outcome.RetryLater) Driver.outcomeOf(transport, Driver.call(1))).fault())
          .isEqualTo(UNKNOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 102, 103, 104, 199})
  void anInterimAnswerIsPassedOver(int status) throws Exception {
    Http2Script.Script script =
        (link, number) -> {
          Http2Script.Request request = link.take();
          link.headers(request.stream(), status, false).headers(request.stream(), status, false);
          link.headers(request.stream(), 200, true).send();
          link.finish();
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, 4)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isEqualTo(new Outcome.Delivered());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 104})
  @Tag("slow")
  void aCallEndsByItsTimeoutWhateverCameBefore(int status) throws Exception {
    Http2Script.Script script =
        (link, number) -> {
          link.headers(link.take().stream(), 200, true).send();
          Http2Script.Request request = link.take();
          if (status > 0) {
            link.headers(request.stream(), status, false).send();
          }
          link.take();
          link.take();
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport =
            type.open("space", MapSettings.url(server.url(), "version", "2", "timeout", "3s"), 4)) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(List.of(Driver.call(1)))).containsOnly(new Outcome.Delivered());
      assertThat(driver.run(List.of(Driver.call(2), Driver.call(3))))
          .containsOnly(new Outcome.RetryLater(UNKNOWN, "no answer within 3 s", null));
      assertThat(driver.misuses()).isZero();
    }
  }

  private static void awaitOrFail(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static List<Call> calls(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(Driver::call).toList();
  }

  private Transport open(Http2Script server, int window) {
    return type.open("space", MapSettings.url(server.url(), "version", "2"), window);
  }
}
