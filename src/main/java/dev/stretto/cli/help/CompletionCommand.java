package dev.stretto.cli.help;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the script by which a shell completes commands and options. */
@Command(
    name = "completion",
    header = "Print a script that has a shell complete commands and options.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples: stretto completion bash > ~/.local/share/bash-completion/completions/stretto",
      "          source <(stretto completion zsh)",
      "          stretto completion fish > ~/.config/fish/completions/stretto.fish"
    })
public final class CompletionCommand implements Callable<Integer> {

  private static final String NAME = "stretto";

  private final CommandContext context;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  private String shell = "";

  public CompletionCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    CommandLine root = Objects.requireNonNull(spec).root().commandLine();
    switch (shell) {
      // The script is for both: in zsh it has bash's completion loaded.
      case "bash", "zsh" -> context.out().print(AutoComplete.bash(NAME, root));
      case "fish" ->
          new FishCompletion(NAME, root.getCommandSpec()).lines().forEach(context.out()::println);
      default ->
          throw new CommandException(
              ExitCode.USAGE, "SHELL: must be one of bash, zsh, fish, not " + shell);
    }
    return ExitCode.DONE.code();
  }
}
