package dev.stretto.cli;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a vendor's documentation says that it is sent and answers.
 *
 * @param channel that of the document's example
 * @param request method, target and Authorization header
 * @param limited to what comes too early: to wait for an hour
 * @param refused to a message that it can't use
 * @param revoked to whoever may send no more
 */
record Vendor(
    String channel, String request, Answer taken, Answer limited, Answer refused, Answer revoked) {

  private static final String TOKEN = DocumentedPresetsTest.TOKEN;

  /**
   * An answer.
   *
   * @param header a name and a value, or nothing
   */
  record Answer(int status, String body, List<String> header) {
    Answer(int status, String body, String... header) {
      this(status, body, List.of(header));
    }
  }

  static final Vendor SLACK =
      new Vendor(
          "slack",
          "POST /api/chat.postMessage Bearer " + TOKEN,
          new Answer(200, "{\"ok\":true,\"ts\":\"1.2\"}"),
          new Answer(200, "{\"ok\":false,\"error\":\"ratelimited\"}", "Retry-After", "3600"),
          new Answer(200, "{\"ok\":false,\"error\":\"msg_too_long\"}"),
          new Answer(200, "{\"ok\":false,\"error\":\"token_revoked\"}"));

  static final Vendor SLACK_WEBHOOK =
      new Vendor(
          "slack-webhook",
          "POST /services/" + TOKEN + " null",
          new Answer(200, "ok"),
          new Answer(429, "rate_limited", "Retry-After", "3600"),
          new Answer(400, "invalid_payload"),
          new Answer(404, "no_service"));

  static final Vendor DISCORD =
      new Vendor(
          "discord",
          "POST /api/webhooks/" + TOKEN + "?wait=true null",
          new Answer(200, "{\"id\":\"1\"}"),
          new Answer(429, "{\"message\":\"limited\",\"retry_after\":3600.125,\"global\":false}"),
          new Answer(400, "{\"code\":50006,\"message\":\"Cannot send an empty message\"}"),
          new Answer(404, "{\"code\":10015,\"message\":\"Unknown Webhook\"}"));

  static final Vendor TEAMS =
      new Vendor(
          "teams",
          "POST /workflows/1/triggers/manual/paths/invoke?sig=" + TOKEN + " null",
          new Answer(202, ""),
          new Answer(429, "", "Retry-After", "3600"),
          new Answer(400, "{\"error\":{\"code\":\"TriggerInputSchemaMismatch\"}}"),
          new Answer(400, "{\"error\":{\"code\":\"WorkflowTriggerIsNotEnabled\"}}"));

  static final Vendor MATTERMOST =
      new Vendor(
          "mattermost",
          "POST /hooks/" + TOKEN + " null",
          new Answer(200, "ok"),
          new Answer(429, "limit exceeded", "X-RateLimit-Reset", "3600"),
          new Answer(400, "{\"id\":\"web.incoming_webhook.text.app_error\"}"),
          new Answer(400, "{\"id\":\"web.incoming_webhook.invalid.app_error\"}"));

  static final Vendor MATRIX =
      new Vendor(
          "matrix",
          "PUT /_matrix/client/v3/rooms/%21room%3Aexample.org/send/m.room.message/m1 Bearer "
              + TOKEN,
          new Answer(200, "{\"event_id\":\"$1\"}"),
          new Answer(429, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":3600000}"),
          new Answer(413, "{\"errcode\":\"M_TOO_LARGE\"}"),
          new Answer(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}"));

  static final Vendor TELEGRAM =
      new Vendor(
          "telegram",
          "POST /bot" + TOKEN + "/sendMessage null",
          new Answer(200, "{\"ok\":true,\"result\":{}}"),
          new Answer(
              429, "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":3600}}"),
          new Answer(400, "{\"ok\":false,\"error_code\":400,\"description\":\"chat not found\"}"),
          new Answer(401, "{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}"));

  static final Vendor STANDARD_WEBHOOKS =
      new Vendor(
          "standard-webhooks",
          "POST /webhooks null",
          new Answer(204, ""),
          new Answer(429, "", "Retry-After", "3600"),
          new Answer(400, "unknown type"),
          new Answer(410, "gone"));

  static Stream<Vendor> all() {
    return Stream.of(
        SLACK, SLACK_WEBHOOK, DISCORD, TEAMS, MATTERMOST, MATRIX, TELEGRAM, STANDARD_WEBHOOKS);
  }

  @Override
  public String toString() {
    return channel;
  }
}
