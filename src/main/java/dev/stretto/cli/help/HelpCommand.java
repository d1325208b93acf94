package dev.stretto.cli.help;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Shows what a command does, or the manual page of all. */
@Command(
    name = "help",
    header = "Show what a command does and takes, or the manual page.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples: stretto help parked redrive",
      "          stretto help --man | man -l -"
    })
public final class HelpCommand implements Callable<Integer> {

  private final CommandContext context;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The command, and behind it the one below it where it has some.")
  private List<String> words = new ArrayList<>();

  @Option(names = "--man", description = "Print the manual page of all commands, for man.")
  private boolean man;

  public HelpCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    CommandLine line = Objects.requireNonNull(spec).root().commandLine();
    if (man) {
      new ManPage(line.getCommandSpec()).lines().forEach(context.out()::println);
      return ExitCode.DONE.code();
    }
    for (String word : words) {
      CommandLine next = line.getSubcommands().get(word);
      if (next == null) {
        throw new UnmatchedArgumentException(line, List.of(word));
      }
      line = next;
    }
    line.usage(context.out());
    return ExitCode.DONE.code();
  }
}
