package dev.stretto.cli.hand;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.database.Durability;
import dev.stretto.lease.Pauses;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.jdbc.core.JdbcTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends the pause of channels. */
@Command(
    name = "resume",
    header = "Let runs of a paused channel begin again.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "It starts no run: the next dispatch does. A run that the pause has stopped stays stopped,"
          + " and that",
      "dispatch carries on."
    },
    footer = {"", "Example: stretto resume space"})
public final class ResumeCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin private final NamedChannels channels = new NamedChannels();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public ResumeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws SQLException {
    List<Resumed> resumed = new ArrayList<>();
    try (OpenApplication application = context.open()) {
      Pauses pauses = new Pauses(application.get(JdbcTemplate.class));
      for (String channel : channels.of(application)) {
        boolean changed = pauses.resume(channel);
        resumed.add(new Resumed(channel, changed));
        if (changed) {
          context.done(channel + " was resumed");
        }
        if (!json) {
          context.print(
              "%s: %s",
              channel, changed ? "resumed; the next dispatch starts calls" : "was not paused");
        }
      }
      application.get(Durability.class).sync();
    }
    if (json) {
      context.json(new Document(resumed));
    }
    return ExitCode.DONE.code();
  }

  private record Document(List<Resumed> channels) {}

  private record Resumed(String channel, boolean resumed) {}
}
