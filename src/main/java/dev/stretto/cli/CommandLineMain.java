package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.cli.config.ConfigCheckCommand;
import dev.stretto.cli.config.ConfigCommand;
import dev.stretto.cli.demo.DemoCommand;
import dev.stretto.cli.dispatch.DispatchCommand;
import dev.stretto.cli.hand.PauseCommand;
import dev.stretto.cli.hand.ReplayCommand;
import dev.stretto.cli.hand.ResumeCommand;
import dev.stretto.cli.help.CompletionCommand;
import dev.stretto.cli.help.HelpCommand;
import dev.stretto.cli.metrics.MetricsCommand;
import dev.stretto.cli.output.CheckedOutput;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.parked.ParkedCommand;
import dev.stretto.cli.parked.ParkedDiscardCommand;
import dev.stretto.cli.parked.ParkedListCommand;
import dev.stretto.cli.parked.ParkedRedriveCommand;
import dev.stretto.cli.parked.ParkedShowCommand;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.CommandLog;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** One command, from its arguments to its exit code. */
public final class CommandLineMain {

  private static final Pattern PROPERTY = Pattern.compile("--[^=.]+\\.[^=]*=.*", Pattern.DOTALL);

  /** As a shell says it of a program that SIGPIPE ended. */
  private static final int BROKEN_PIPE = 128 + 13;

  private static final Map<String, Function<CommandContext, Object>> COMMANDS =
      new LinkedHashMap<>();

  static {
    COMMANDS.put("demo", DemoCommand::new);
    COMMANDS.put("append", AppendCommand::new);
    COMMANDS.put("dispatch", DispatchCommand::new);
    COMMANDS.put("status", StatusCommand::new);
    COMMANDS.put("metrics", MetricsCommand::new);
    COMMANDS.put("parked", context -> parked(context));
    COMMANDS.put("runs", RunsCommand::new);
    COMMANDS.put("stop", StopCommand::new);
    COMMANDS.put("open", OpenCommand::new);
    COMMANDS.put("pause", PauseCommand::new);
    COMMANDS.put("resume", ResumeCommand::new);
    COMMANDS.put("replay", ReplayCommand::new);
    COMMANDS.put("verify", VerifyCommand::new);
    COMMANDS.put("purge", PurgeCommand::new);
    COMMANDS.put("report", ReportCommand::new);
    COMMANDS.put("config", context -> config(context));
    COMMANDS.put("help", HelpCommand::new);
    COMMANDS.put("completion", CompletionCommand::new);
  }

  private static final Set<String> ABOUT_ALL = Set.of("help", "completion");

  private final InputStream in;
  private final PrintWriter out;
  private final PrintWriter err;
  private final BooleanSupplier readerIsGone;

  CommandLineMain(InputStream in, PrintWriter out, PrintWriter err) {
    this(in, out, err, () -> false);
  }

  CommandLineMain(InputStream in, OutputStream out, PrintWriter err) {
    this(in, new CheckedOutput(out), err);
  }

  private CommandLineMain(InputStream in, CheckedOutput out, PrintWriter err) {
    this(in, new PrintWriter(out, false, UTF_8), err, out::isPipeBroken);
  }

  private CommandLineMain(
      InputStream in, PrintWriter out, PrintWriter err, BooleanSupplier readerIsGone) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.readerIsGone = readerIsGone;
  }

  /** A run on the streams of this JVM; what is written is UTF-8 whatever the locale. */
  public static CommandLineMain onStandardStreams() {
    CommandLog.choose();
    return new CommandLineMain(
        System.in,
        new FileOutputStream(FileDescriptor.out),
        new PrintWriter(new FileOutputStream(FileDescriptor.err), true, UTF_8));
  }

  /**
   * Runs the command until it ends. Throws nothing: every failure is one line on standard error.
   *
   * @return the exit code
   */
  public int run(String... args) {
    List<String> options = new ArrayList<>();
    List<String> properties = new ArrayList<>();
    split(args, options, properties);
    CommandContext context = new CommandContext(in, out, err, properties);
    CommandLine line = commandLine(context, options);
    int code;
    if (options.isEmpty()) {
      line.usage(err);
      code = ExitCode.USAGE.code();
    } else {
      code = line.execute(options.toArray(String[]::new));
      context.ended(code);
    }
    if (out.checkError() && code == ExitCode.DONE.code()) {
      code = unheard(context);
    }
    err.flush();
    return code;
  }

  /** What was done stays done, and is said where that can be read; who left needs no telling. */
  private int unheard(CommandContext context) {
    String done = context.done();
    if (done != null) {
      err.println("stretto: " + done + "; standard output can't be written");
      return ExitCode.DONE.code();
    }
    if (readerIsGone.getAsBoolean()) {
      return BROKEN_PIPE;
    }
    err.println("stretto: standard output can't be written");
    return ExitCode.FAILED.code();
  }

  private CommandLine commandLine(CommandContext context, List<String> options) {
    Failures failures = new Failures(err, context);
    CommandLine line = new CommandLine(new RootCommand(context));
    named(options).forEach((name, command) -> line.addSubcommand(name, command.apply(context)));
    return line.setOut(out)
        .setErr(err)
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setExpandAtFiles(false)
        .setPosixClusteredShortOptionsAllowed(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }

  /**
   * picocli takes its time over each command: the one that is named, or all where none is, or where
   * it tells of the others.
   */
  private static Map<String, Function<CommandContext, Object>> named(List<String> options) {
    String first = options.isEmpty() ? "" : options.getFirst();
    Function<CommandContext, Object> only = ABOUT_ALL.contains(first) ? null : COMMANDS.get(first);
    return only == null ? COMMANDS : Map.of(first, only);
  }

  private static CommandLine parked(CommandContext context) {
    return new CommandLine(new ParkedCommand())
        .addSubcommand(new ParkedListCommand(context))
        .addSubcommand(new ParkedShowCommand(context))
        .addSubcommand(new ParkedRedriveCommand(context))
        .addSubcommand(new ParkedDiscardCommand(context));
  }

  private static CommandLine config(CommandContext context) {
    return new CommandLine(new ConfigCommand()).addSubcommand(new ConfigCheckCommand(context));
  }

  /** Options with a dot in their name are properties of the configuration, not of a command. */
  private static void split(String[] args, List<String> options, List<String> properties) {
    boolean ended = false;
    for (String arg : args) {
      ended |= arg.equals("--");
      if (!ended && PROPERTY.matcher(arg).matches()) {
        properties.add(arg);
      } else {
        options.add(arg);
      }
    }
  }
}
