package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** One command, from its arguments to its exit code. */
public final class CommandRun {

  private static final Pattern PROPERTY = Pattern.compile("--[^=.]+\\.[^=]*=.*", Pattern.DOTALL);

  /** As a shell says it of a program that SIGPIPE ended. */
  private static final int BROKEN_PIPE = 128 + 13;

  private static final Map<String, Function<Session, Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("demo", DemoCommand::new);
    COMMANDS.put("append", AppendCommand::new);
    COMMANDS.put("dispatch", DispatchCommand::new);
    COMMANDS.put("status", StatusCommand::new);
    COMMANDS.put("parked", CommandRun::parked);
    COMMANDS.put("runs", RunsCommand::new);
    COMMANDS.put("stop", StopCommand::new);
    COMMANDS.put("open", OpenCommand::new);
    COMMANDS.put("verify", VerifyCommand::new);
    COMMANDS.put("purge", PurgeCommand::new);
    COMMANDS.put("report", ReportCommand::new);
  }

  private final InputStream in;
  private final PrintWriter out;
  private final PrintWriter err;
  private final BooleanSupplier readerIsGone;

  CommandRun(InputStream in, PrintWriter out, PrintWriter err) {
    this(in, out, err, () -> false);
  }

  CommandRun(InputStream in, OutputStream out, PrintWriter err) {
    this(in, new CheckedOutput(out), err);
  }

  private CommandRun(InputStream in, CheckedOutput out, PrintWriter err) {
    this(in, new PrintWriter(out, false, UTF_8), err, out::isPipeBroken);
  }

  private CommandRun(
      InputStream in, PrintWriter out, PrintWriter err, BooleanSupplier readerIsGone) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.readerIsGone = readerIsGone;
  }

  /** A run on the streams of this JVM; what is written is UTF-8 whatever the locale. */
  public static CommandRun onStandardStreams() {
    return new CommandRun(
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
    Session session = new Session(in, out, err, properties);
    CommandLine line = commandLine(session, options);
    int code;
    if (options.isEmpty()) {
      line.usage(err);
      code = ExitCode.USAGE.code();
    } else {
      code = line.execute(options.toArray(String[]::new));
    }
    if (out.checkError() && code == ExitCode.DONE.code()) {
      code = unheard(session);
    }
    err.flush();
    return code;
  }

  /** What was done stays done, and is said where that can be read; who left needs no telling. */
  private int unheard(Session session) {
    String done = session.done();
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

  private CommandLine commandLine(Session session, List<String> options) {
    Failures failures = new Failures(err, session);
    CommandLine line = new CommandLine(new Stretto(session));
    named(options).forEach((name, command) -> line.addSubcommand(name, command.apply(session)));
    return line.setOut(out)
        .setErr(err)
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setExpandAtFiles(false)
        .setPosixClusteredShortOptionsAllowed(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler((e, args) -> failures.report(e).code())
        .setExecutionExceptionHandler((e, command, result) -> failures.report(e).code());
  }

  /** picocli takes its time over each command: the one that is named, or all where none is. */
  private static Map<String, Function<Session, Object>> named(List<String> options) {
    Function<Session, Object> only = options.isEmpty() ? null : COMMANDS.get(options.getFirst());
    return only == null ? COMMANDS : Map.of(options.getFirst(), only);
  }

  private static CommandLine parked(Session session) {
    return new CommandLine(new ParkedCommand())
        .addSubcommand(new ParkedListCommand(session))
        .addSubcommand(new ParkedShowCommand(session))
        .addSubcommand(new ParkedRedriveCommand(session))
        .addSubcommand(new ParkedDiscardCommand(session));
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
