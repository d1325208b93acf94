package dev.stretto.cli.start;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.output.JsonText;
import dev.stretto.cli.output.PlainText;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;

/** What a command runs with: its streams, and Spring once it asks for it. */
public final class CommandContext {

  /** Where the product's own settings are, which an application with this jar doesn't read. */
  public static final String DEFAULTS = "classpath:/dev/stretto/cli/start/";

  private final InputStream in;
  private final PrintWriter console;
  private final PrintWriter errors;
  private PrintWriter out;
  private PrintWriter err;
  private final List<String> properties;
  private boolean debug;
  private @Nullable StringWriter heldOut;
  private @Nullable StringWriter heldErr;
  private @Nullable String done;

  public CommandContext(InputStream in, PrintWriter out, PrintWriter err, List<String> properties) {
    this.in = in;
    this.console = out;
    this.errors = err;
    this.out = out;
    this.err = err;
    this.properties = List.copyOf(properties);
  }

  /**
   * Reads the configuration, opens the database and migrates it; the caller closes what is
   * returned. Other commands wait for that where the database is an H2 file, so this is for short
   * commands.
   *
   * @throws CommandException where the database can't be opened
   */
  public OpenApplication open() {
    return new SpringStart(properties(), debug).start();
  }

  /** Reads the configuration as {@link #open} does, and opens nothing. */
  public ReadConfiguration configuration() {
    return new ReadConfiguration(new SpringStart(properties(), debug).read());
  }

  /** Like {@link #open}, for commands that take long: others may use the same H2 file meanwhile. */
  public OpenApplication openForOthersToo() {
    return openUnless(environment -> false).orElseThrow();
  }

  /**
   * Like {@link #openForOthersToo}, but empty where the command has nothing to do.
   *
   * @param needless is asked once the configuration is read and the database is open, not yet
   *     migrated
   */
  public Optional<OpenApplication> openUnless(Predicate<ConfigurableEnvironment> needless) {
    return new SpringStart(properties(), debug).startUnless(needless);
  }

  /** A file's log goes on while the console is silent. */
  private List<String> properties() {
    if (heldOut == null) {
      return properties;
    }
    List<String> all = new ArrayList<>(properties);
    all.add("--logging.threshold.console=OFF");
    return all;
  }

  /** The same streams with further properties, which win over those given before. */
  public CommandContext with(List<String> further) {
    List<String> all = new ArrayList<>(properties());
    all.addAll(further);
    CommandContext context = new CommandContext(in, out, err, all);
    context.debug(debug);
    return context;
  }

  public InputStream in() {
    return in;
  }

  public PrintWriter out() {
    return out;
  }

  /** Prints a line of people's text; numbers get thousands separators with {@code %,d}. */
  public void print(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  /** Prints one JSON document, of a record or map, on a line of its own. */
  public void json(Object document) {
    out.println(JsonText.of(document));
  }

  /**
   * Notes what was done for good, so that it is said somewhere even where standard output can't be
   * written.
   */
  public void done(String what) {
    done = what;
  }

  /** What was done for good, or null where nothing was, or it needs no saying. */
  public @Nullable String done() {
    return done;
  }

  /** Whether nobody can read standard output any more. */
  public boolean unheard() {
    return out.checkError();
  }

  /** Says a line on standard error. */
  public void warn(String line) {
    err.println("stretto: " + PlainText.line(line));
    err.flush();
  }

  /** Lets what was printed be seen at once. */
  public void flush() {
    out.flush();
  }

  /** Holds back what is printed from now on, until {@link #ended} says how the command ended. */
  public void quiet() {
    heldOut = new StringWriter();
    heldErr = new StringWriter();
    out = new PrintWriter(heldOut);
    err = new PrintWriter(heldErr);
  }

  /** Prints what was held back, unless the command did what it was to do. */
  public void ended(int code) {
    if (heldOut != null && heldErr != null && code != ExitCode.DONE.code()) {
      console.print(heldOut);
      console.flush();
      errors.print(heldErr);
      errors.flush();
    }
  }

  public void debug(boolean on) {
    debug = on;
  }

  public boolean debug() {
    return debug;
  }
}
