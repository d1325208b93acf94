package dev.stretto.alert;

import dev.stretto.alert.Alert.GateClosed;
import dev.stretto.alert.Alert.GateOpen;
import dev.stretto.alert.Alert.Parked;
import dev.stretto.alert.Alert.ParkedMessage;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** An alert as JSON, with a text for people. */
final class AlertText {

  private static final JsonFactory JSON = new JsonFactory();

  /** More of a reason is cut. */
  private static final int LONGEST = 200;

  private static final Pattern STATUS =
      Pattern.compile("(outcome unknown: |the destination [a-z ]+: )?HTTP \\d{3}");

  private AlertText() {}

  static String of(Alert alert, Instant now) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("alert", kind(alert));
      json.writeStringProperty("channel", alert.channel());
      json.writeStringProperty("time", now.toString());
      json.writeStringProperty("text", words(alert));
      switch (alert) {
        case Parked parked -> parked(json, parked);
        case GateClosed closed -> closed(json, closed);
        case GateOpen _ -> {}
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  private static String kind(Alert alert) {
    return switch (alert) {
      case Parked _ -> "parked";
      case GateClosed _ -> "gate-closed";
      case GateOpen _ -> "gate-open";
    };
  }

  private static String words(Alert alert) {
    return switch (alert) {
      case Parked(String channel, int count, List<ParkedMessage> first) ->
          channel
              + ": parked "
              + (count == 1 ? "1 message, " : count + " messages, ")
              + first.stream()
                  .map(one -> one.id() + " (" + cause(one.reason()) + ")")
                  .collect(Collectors.joining(", "))
              + (count > first.size() ? " and " + (count - first.size()) + " more" : "");
      case GateClosed closed ->
          closed.channel()
              + ": nothing is delivered since "
              + closed.since()
              + ": "
              + cause(closed.reason())
              + (closed.until() == null ? "" : "; it may be back at " + closed.until());
      case GateOpen open -> open.channel() + ": messages are delivered again";
    };
  }

  private static void parked(JsonGenerator json, Parked parked) {
    json.writeNumberProperty("count", parked.count());
    json.writeArrayPropertyStart("messages");
    for (ParkedMessage message : parked.first()) {
      json.writeStartObject();
      json.writeStringProperty("id", message.id());
      json.writeStringProperty("key", message.key());
      json.writeNumberProperty("position", message.position());
      json.writeNumberProperty("attempts", message.attempts());
      json.writeStringProperty("reason", cause(message.reason()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void closed(JsonGenerator json, GateClosed closed) {
    json.writeStringProperty("since", closed.since().toString());
    Instant until = closed.until();
    json.writeStringProperty("until", until == null ? null : until.toString());
    json.writeNumberProperty("calls", closed.calls());
    json.writeStringProperty("reason", cause(closed.reason()));
  }

  /**
   * What a reason begins with, an answer's status or an exception's kind. What follows may repeat
   * what a message says, which is nothing that another channel should get.
   */
  private static String cause(@Nullable String reason) {
    String whole = reason == null ? "" : reason;
    Matcher status = STATUS.matcher(whole);
    int colon = whole.indexOf(": ");
    int end = status.lookingAt() ? status.end() : colon < 0 ? whole.length() : colon;
    String cause = whole.substring(0, end).replaceAll("[\\p{C}\\s]+", " ").strip();
    return cause.length() <= LONGEST
        ? cause
        : cause.substring(0, cause.offsetByCodePoints(0, LONGEST / 2)) + "…";
  }
}
