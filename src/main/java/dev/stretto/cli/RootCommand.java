package dev.stretto.cli;

import dev.stretto.cli.start.CommandContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The top of the command line: what all commands share. */
@Command(
    name = "stretto",
    header = "Sends the messages of an outbox so that calls start in strict order and overlap.",
    synopsisHeading = "%nUsage: ",
    synopsisSubcommandLabel = "COMMAND",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    versionProvider = RootCommand.Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:done",
      " 1:failed",
      " 2:wrong usage or configuration",
      " 3:done, and messages were parked in this run",
      "75:try again later: channel held by another run or paused, or destination unavailable"
    },
    footer = {
      "",
      "Settings are in config/application.yaml; any of them can be given behind a command's own",
      "options, as in --spring.datasource.url=jdbc:h2:file:./data/stretto"
    })
final class RootCommand {

  private final CommandContext context;

  RootCommand(CommandContext context) {
    this.context = context;
  }

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show stack traces and a detailed log.")
  void debug(boolean on) {
    context.debug(on);
  }

  @Option(
      names = "--quiet",
      scope = ScopeType.INHERIT,
      description = "Print nothing unless the exit code is not 0, as for cron.")
  void quiet(boolean on) {
    if (on) {
      context.quiet();
    }
  }

  @Option(
      names = {"-h", "--help"},
      scope = ScopeType.INHERIT,
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean version;

  /** The version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RootCommand.class.getPackage().getImplementationVersion();
      return new String[] {"stretto " + (version == null ? "(development)" : version)};
    }
  }
}
