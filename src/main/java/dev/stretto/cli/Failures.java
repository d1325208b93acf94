package dev.stretto.cli;

import dev.stretto.append.BadLineException;
import dev.stretto.batch.NotRunningException;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ErrorText;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.database.DatabaseFault;
import dev.stretto.database.FileFault;
import dev.stretto.database.NumbersBehind;
import dev.stretto.database.OpenDatabase;
import dev.stretto.outbox.admin.NotDeliveredException;
import dev.stretto.outbox.admin.NotParkedException;
import dev.stretto.transport.InvalidSettingException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The one place where an exception becomes an exit code and one line on standard error. Not by
 * lambdas: those of picocli's types, whose class files are old, are kept in no AOT cache.
 */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

  private final PrintWriter err;
  private final CommandContext context;

  Failures(PrintWriter err, CommandContext context) {
    this.err = err;
    this.context = context;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    return report(failure);
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    return report(failure);
  }

  private int report(Throwable failure) {
    Report report = explain(failure);
    err.println("stretto: " + oneLine(report.line()));
    if (context.debug()) {
      failure.printStackTrace(err);
    }
    return report.exitCode().code();
  }

  /** The same line, for whoever goes on. */
  static String line(Throwable failure) {
    return oneLine(explain(failure).line());
  }

  private static Report explain(Throwable failure) {
    FileFault file =
        ErrorText.find(failure, CommandException.class) == null ? FileFault.of(failure) : null;
    if (file != null) {
      return new Report(
          file.passes() ? ExitCode.TRY_LATER : ExitCode.FAILED, "the database " + file.words());
    }
    String behind = NumbersBehind.words(failure);
    if (behind != null) {
      return new Report(ExitCode.FAILED, behind);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case ParameterException e -> {
          return new Report(ExitCode.USAGE, usage(e));
        }
        case CommandException e -> {
          return new Report(e.exitCode(), message(e));
        }
        case InvalidSettingException e -> {
          return new Report(ExitCode.USAGE, message(e));
        }
        case BadLineException e -> {
          return new Report(ExitCode.FAILED, message(e) + "; nothing was stored");
        }
        case NotDeliveredException e -> {
          return new Report(ExitCode.FAILED, message(e));
        }
        case NotParkedException e -> {
          return new Report(ExitCode.FAILED, message(e));
        }
        case NotRunningException e -> {
          return new Report(ExitCode.FAILED, message(e));
        }
        case SQLException e when OpenDatabase.isLost(e) -> {
          return new Report(
              ExitCode.FAILED,
              "the command that had the database open ended meanwhile, and what was not committed"
                  + " is undone: run this again");
        }
        case SQLException e -> {
          return new Report(codeOf(failure), "the database failed: " + DatabaseFault.said(e));
        }
        case DataAccessException e when e.getCause() == null -> {
          return new Report(ExitCode.FAILED, "the database failed: " + ErrorText.firstLine(e));
        }
        case TransactionException e when e.getCause() == null -> {
          return new Report(ExitCode.FAILED, "the database failed: " + ErrorText.firstLine(e));
        }
        default -> {}
      }
    }
    Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
    return new Report(
        ExitCode.FAILED,
        root.getClass().getSimpleName()
            + ": "
            + ErrorText.firstLine(root)
            + " (--debug shows more)");
  }

  /** What passes, such as a failover, is worth another try; the next one sees what is left. */
  private static ExitCode codeOf(Throwable failure) {
    return switch (DatabaseFault.of(failure)) {
      case READ_ONLY, NO_CONNECTION_LEFT, DEADLOCK, LOCK_TIMEOUT -> ExitCode.TRY_LATER;
      case CONNECTION_LOST, OTHER -> ExitCode.FAILED;
    };
  }

  private static String usage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName(" ");
    String help = "; see " + name + " --help";
    UnmatchedArgumentException unmatched = unmatched(e);
    if (unmatched == null) {
      return ErrorText.firstLine(e) + help;
    }
    String word = unmatched.getUnmatched().getFirst();
    boolean isCommand = !word.startsWith("-") && !command.getSubcommands().isEmpty();
    String kind = isCommand ? "command" : word.startsWith("-") ? "option" : "argument";
    List<String> suggestions = unmatched.getSuggestions();
    return "unknown "
        + kind
        + " "
        + word.replaceFirst("=.*", "")
        + (suggestions.isEmpty() ? "" : "; did you mean " + suggestions.getFirst() + "?")
        + help;
  }

  /**
   * A mistyped option is what went wrong, even where picocli first misses the option that was
   * meant.
   */
  private static @Nullable UnmatchedArgumentException unmatched(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched;
    }
    List<String> words = e.getCommandLine().getUnmatchedArguments();
    return e instanceof MissingParameterException && !words.isEmpty()
        ? new UnmatchedArgumentException(e.getCommandLine(), words)
        : null;
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ");
  }

  private record Report(ExitCode exitCode, String line) {}
}
