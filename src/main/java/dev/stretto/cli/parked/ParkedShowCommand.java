package dev.stretto.cli.parked;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.output.PlainText;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.message.Message;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.StoredMessage;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one parked message. */
@Command(
    name = "show",
    header = "Show everything about a parked message.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
public final class ParkedShowCommand implements Callable<Integer> {

  private final CommandContext context;

  @Parameters(paramLabel = "ID", description = "The message's id.")
  private String id = "";

  @Option(names = "--json", description = "Print JSON, with the payload as it was appended.")
  private boolean json;

  public ParkedShowCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (OpenApplication application = context.open()) {
      StoredMessage message = application.get(ParkedMessages.class).show(id);
      if (json) {
        context.json(ParkedJson.of(message));
      } else {
        print(message);
      }
    }
    return ExitCode.DONE.code();
  }

  private void print(StoredMessage stored) {
    Message message = stored.message();
    line("message", message.messageId());
    line("channel", message.channel());
    line("position", message.position());
    line("key", message.orderingKey());
    line("attempts", message.attempts());
    line("last answer", stored.lastError());
    line("appended", stored.createdAt());
    line("started", stored.startedAt());
    line("parked", stored.settledAt());
    line("content type", message.contentType());
    message.headers().forEach((name, value) -> line("header", name + ": " + value));
    context.out().println();
    context.out().println(PlainText.block(message.payload()));
  }

  private void line(String name, @Nullable Object value) {
    context.print("%-14s%s", name, PlainText.line(value == null ? null : value.toString()));
  }
}
