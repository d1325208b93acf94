package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder in which commands of the distribution are run, each in a JVM of its own. Those that
 * still run at the end are killed.
 */
final class Shell implements AutoCloseable {

  static final Path DISTRIBUTION = Path.of(System.getProperty("stretto.distribution"));

  /** How long a command may take before its test fails. */
  private static final long PATIENCE_SECONDS = 120;

  private final Path folder;
  private final Path launcher;
  private final List<Running> started = new ArrayList<>();

  /** How many kilobytes a file of a command may have; null for any number. */
  private @Nullable Long longestFile;

  /** Null for the file that commands use by default. */
  private @Nullable FreshDatabase database;

  /** So long that no run loses its channel where the machine stands still for some seconds. */
  private String lease = "15s";

  /** Short runs end before the second compiler pays off, which takes most of their time. */
  private String javaOptions = "-XX:TieredStopAtLevel=1";

  Shell(Path folder) {
    this(folder, DISTRIBUTION);
  }

  /** As {@code cp -rp} does it. */
  static Path copyOfTheDistribution(Path home) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(DISTRIBUTION)) {
      all = files.toList();
    }
    for (Path path : all) {
      Path target = home.resolve(DISTRIBUTION.relativize(path).toString());
      Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
    }
    return home;
  }

  Shell(Path folder, Path distribution) {
    this.folder = folder;
    this.launcher = distribution.resolve("bin/stretto");
  }

  /**
   * One execution of the job, as Spring Batch recorded it.
   *
   * @param instance the job instance that it belongs to
   */
  record Execution(long id, long instance, String status) {}

  /** Has commands note the classes that they load, from the class path alone, in a file. */
  Shell notingClasses(Path file) {
    return with("-XX:AOTMode=off -Xlog:class+load:file=" + file);
  }

  /** Has commands start with these options of the JVM alone. */
  Shell with(String options) {
    javaOptions = options;
    return this;
  }

  /** Has the channel of a run that was killed, or is frozen, soon be another's. */
  Shell takenOverSoon() {
    lease = "2s";
    return this;
  }

  /** Has commands compile as they do for a user. */
  Shell withBothCompilers() {
    return with("");
  }

  /**
   * Has commands that are started from now on fail to let a file grow beyond, as a full disk does.
   */
  Shell limitingFiles(@Nullable Long kilobytes) {
    longestFile = kilobytes;
    return this;
  }

  /** Has commands use that database. */
  Shell on(FreshDatabase fresh) {
    database = fresh;
    return this;
  }

  /** Writes config/application.yaml. */
  void configure(String yaml) throws IOException {
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(folder.resolve("config/application.yaml"), yaml);
  }

  private String database() {
    return database == null
        ? "spring.datasource.url: jdbc:h2:file:./data/stretto\n"
        : "spring.datasource: { url: \"%s\", username: %s, password: \"%s\" }\n"
            .formatted(database.url(), database.user(), database.password());
  }

  /**
   * Configures the channel {@code space} to send over HTTP/2.
   *
   * @param settings further ones of the channel, such as {@code window: 8}
   */
  void configureSpace(String url, String... settings) throws IOException {
    String further =
        List.of(settings).stream()
            .map(setting -> "      " + setting + "\n")
            .collect(Collectors.joining());
    configure(
        database()
            + """
            stretto:
              lease: %s
              channels:
                space:
                  transport: http
                  http: { url: "%s", version: 2 }
            """
                .formatted(lease, url)
            + further);
  }

  /** Runs a command until it ends. */
  Ran run(String... arguments) throws Exception {
    return start(arguments).await();
  }

  /** Starts a command. */
  Running start(String... arguments) throws IOException {
    int number = started.size();
    Path out = folder.resolve("out-" + number);
    Path err = folder.resolve("err-" + number);
    List<String> command = new ArrayList<>();
    if (ignoresInterrupt()) {
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    if (longestFile != null) {
      // POSIX counts in blocks of 512 bytes.
      command.addAll(
          List.of("sh", "-c", "ulimit -f " + 2 * longestFile + " && exec \"$0\" \"$@\""));
    }
    command.add(launcher.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("STRETTO_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS", javaOptions);
    Running running = new Running(String.join(" ", arguments), builder.start(), out, err);
    started.add(running);
    return running;
  }

  /**
   * Whether this JVM ignores SIGINT, as commands that a shell put into the background do; those
   * that it starts would inherit that.
   */
  private static boolean ignoresInterrupt() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .anyMatch(ignored -> (ignored & 0b10) != 0);
  }

  /**
   * Appends messages to the channel {@code space} whose payloads are numbers, from {@code first}.
   */
  void append(int first, int messages, String... properties) throws Exception {
    Path file = folder.resolve("messages.ndjson");
    Files.write(
        file, IntStream.range(first, first + messages).mapToObj(n -> "{\"n\":" + n + "}").toList());
    List<String> command =
        new ArrayList<>(
            List.of("append", "--channel", "space", "--file", file.toString(), "--json"));
    command.addAll(List.of(properties));
    JsonNode appended = run(command.toArray(String[]::new)).exited(0).json();
    assertThat(appended.path("appended").asInt()).isEqualTo(messages);
  }

  /** How many messages have each status; only while no command runs. */
  Map<String, Integer> statuses() throws SQLException {
    Map<String, Integer> counts = new TreeMap<>();
    query(
        "select status, count(*) from outbox_message group by status",
        row -> counts.put(row.getString(1), row.getInt(2)));
    return counts;
  }

  /** The job's executions, first to last; only while no command runs. */
  List<Execution> executions() throws SQLException {
    List<Execution> executions = new ArrayList<>();
    query(
        "select job_execution_id, job_instance_id, status from BATCH_JOB_EXECUTION order by 1",
        row -> executions.add(new Execution(row.getLong(1), row.getLong(2), row.getString(3))));
    return executions;
  }

  /** Reads the database; where that is a file, only while no command runs. */
  void query(String sql, Row each) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        each.read(rows);
      }
    }
  }

  private Connection connect() throws SQLException {
    FreshDatabase file =
        new FreshDatabase(
            Database.H2,
            "jdbc:h2:file:" + folder.resolve("data/stretto") + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r",
            "sa",
            "");
    return database == null ? file.connect() : database.connect();
  }

  /** Reads the row that a result is at. */
  interface Row {
    void read(ResultSet row) throws SQLException;
  }

  @Override
  public void close() {
    started.forEach(Running::kill);
  }

  /** A command under way. */
  static final class Running {

    private final String command;
    private final Process jvm;
    private final Path out;
    private final Path err;

    Running(String command, Process jvm, Path out, Path err) {
      this.command = command;
      this.jvm = jvm;
      this.out = out;
      this.err = err;
    }

    long pid() {
      return jvm.pid();
    }

    boolean alive() {
      return jvm.isAlive();
    }

    /** What it wrote so far, for a failing assertion. */
    String output() {
      return "stretto " + command + "\n" + read(out) + "--- standard error\n" + read(err);
    }

    /** As kill -9; returns once it is gone. */
    void kill() {
      jvm.destroyForcibly();
      try {
        jvm.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Sends a signal, such as TERM. */
    void signal(String name) throws Exception {
      Process kill =
          new ProcessBuilder("kill", "-" + name, String.valueOf(jvm.pid())).inheritIO().start();
      assertThat(kill.waitFor()).isZero();
    }

    /** One signal that comes while another of its kind is still to be seen is lost. */
    void awaitSignalsSeen() {
      Path status = Path.of("/proc", String.valueOf(pid()), "status");
      Awaitility.await()
          .until(() ->
              !Files.exists(status)
                  || Files.readAllLines(status).stream()
                      .filter(line -> line.matches("(Sig|Shd)Pnd:.*"))
                      .allMatch(line -> line.matches(".*\\t0+")));
    }

    /** Waits for its end. */
    Ran await() throws InterruptedException {
      if (!jvm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        kill();
        fail("did not end in " + PATIENCE_SECONDS + " s: " + output());
      }
      return new Ran(command, jvm.exitValue(), read(out), read(err));
    }

    private static String read(Path file) {
      try {
        return Files.readString(file, UTF_8);
      } catch (IOException e) {
        return e.toString();
      }
    }
  }

  /** What came of a command. */
  record Ran(String command, int exitCode, String out, String err) {

    Ran exited(int code) {
      assertThat(exitCode)
          .as("exit code of stretto %s\n%s--- standard error\n%s", command, out, err)
          .isEqualTo(code);
      return this;
    }

    /** The one JSON document on standard output. */
    JsonNode json() {
      assertThat(out.lines()).as(out + err).hasSize(1);
      return JsonMapper.shared().readTree(out);
    }
  }
}
