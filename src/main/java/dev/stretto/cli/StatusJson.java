package dev.stretto.cli;

import dev.stretto.cli.output.JsonText;
import dev.stretto.outbox.admin.OutboxView;
import dev.stretto.report.ChannelStatus;
import dev.stretto.settings.Channels;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The channels' state for programs; times in seconds. */
record StatusJson(List<ChannelStatus> rows, Channels channels) implements JsonText.Content {

  @Override
  public void writeTo(JsonGenerator json) {
    json.writeArrayPropertyStart("channels");
    for (ChannelStatus row : rows) {
      json.writeStartObject();
      write(row, json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void write(ChannelStatus row, JsonGenerator json) {
    json.writeStringProperty("channel", row.channel());
    json.writeNumberProperty("pending", row.pending());
    json.writeNumberProperty("inFlight", row.inFlight());
    json.writeNumberProperty("delivered", row.delivered());
    json.writeNumberProperty("parked", row.parked());
    json.writeNumberProperty("discarded", row.discarded());
    json.writeNumberProperty("lateArrivals", row.late());
    writeSeconds("oldestPendingSeconds", row.oldestPending(), json);
    json.writeNumberProperty("blockedKeys", row.blockedKeys());
    writeLease(row.lease(), json);
    writeNumber("lastRun", row.lastRun(), json);
    writeGate(row.gate(), json);
    json.writeBooleanProperty("configured", channels.isConfigured(row.channel()));
  }

  private static void writeLease(ChannelStatus.@Nullable Lease lease, JsonGenerator json) {
    if (lease == null) {
      json.writeNullProperty("lease");
      return;
    }
    json.writeObjectPropertyStart("lease");
    json.writeStringProperty("owner", lease.owner());
    writeNumber("run", lease.run(), json);
    json.writeNumberProperty("fence", lease.fence());
    json.writeStringProperty("expiresAt", lease.expiresAt().toString());
    json.writeBooleanProperty("expired", !lease.remaining().isPositive());
    json.writeEndObject();
  }

  private static void writeGate(OutboxView.@Nullable Gate gate, JsonGenerator json) {
    if (gate == null) {
      json.writeNullProperty("gate");
      return;
    }
    json.writeObjectPropertyStart("gate");
    writeInstant("since", gate.since(), json);
    writeInstant("closedUntil", gate.closedUntil(), json);
    json.writeNumberProperty("calls", gate.calls());
    json.writeStringProperty("reason", gate.reason());
    json.writeEndObject();
  }

  private static void writeInstant(String name, @Nullable Instant time, JsonGenerator json) {
    if (time == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, time.toString());
    }
  }

  private static void writeSeconds(String name, @Nullable Duration duration, JsonGenerator json) {
    if (duration == null) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, duration.toMillis() / 1000.0);
    }
  }

  private static void writeNumber(String name, @Nullable Long number, JsonGenerator json) {
    if (number == null) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, number);
    }
  }
}
