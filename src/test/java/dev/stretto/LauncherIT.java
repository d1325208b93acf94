package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher of the distribution, with a stand-in for the application that says how it ran. */
class LauncherIT {

  private static final Path LAUNCHER =
      Path.of(System.getProperty("stretto.distribution"), "bin", "stretto");

  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  private static final String STAND_IN =
      """
      package dev.stretto;

      import java.lang.management.ManagementFactory;
      import java.util.concurrent.CountDownLatch;
      import java.util.concurrent.TimeUnit;

      public final class StrettoApplication {
        public static void main(String[] args) throws Exception {
          System.out.println("home=" + System.getProperty("stretto.home"));
          System.out.println("java=" + System.getProperty("java.home"));
          System.out.println("class path=" + System.getProperty("java.class.path"));
          System.out.println("jvm=" + ManagementFactory.getRuntimeMXBean().getInputArguments());
          for (String arg : args) {
            System.out.println("arg=" + arg);
          }
          if (args.length > 1 && args[0].equals("exit")) {
            System.exit(Integer.parseInt(args[1]));
          }
          if (args.length > 0 && args[0].equals("wait")) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
            System.out.println("waiting in " + ProcessHandle.current().pid());
            new CountDownLatch(1).await(1, TimeUnit.MINUTES);
          }
        }
      }
      """;

  @TempDir private Path folder;
  private Path home;

  @BeforeEach
  void unpack() throws IOException {
    home = folder.resolve("the program's folder");
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    Files.copy(LAUNCHER, launcher(), StandardCopyOption.COPY_ATTRIBUTES);
    var source = folder.resolve("StrettoApplication.java");
    Files.writeString(source, STAND_IN);
    var classes = folder.resolve("classes");
    var compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, "-d", classes.toString(), source.toString()))
        .isZero();
    try (var jar = new JarOutputStream(Files.newOutputStream(home.resolve("lib/stand-in.jar")))) {
      var name = "dev/stretto/StrettoApplication.class";
      jar.putNextEntry(new JarEntry(name));
      Files.copy(classes.resolve(name), jar);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash", "dash"})
  void runsInAnyShell(String shell) throws Exception {
    var ran = run(Map.of("JAVA_HOME", JAVA_HOME.toString()), "env", shell, launcher(), "status");
    if (ran.exitCode() != 127) { // 127: there is no such shell
      assertThat(ran.exitCode()).isZero();
      assertThat(ran.output()).contains("home=" + home, "arg=status");
    }
  }

  @Test
  void handsItsArgumentsOnAsTheyAre() throws Exception {
    var ran = run(Map.of(), launcher(), "append", "--channel", "a b", "*", "", "$HOME");
    assertThat(ran.output())
        .containsSubsequence(
            "arg=append", "arg=--channel", "arg=a b", "arg=*", "arg=", "arg=$HOME");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 75})
  void exitsWithTheCodeOfTheApplication(int code) throws Exception {
    assertThat(run(Map.of(), launcher(), "exit", String.valueOf(code)).exitCode()).isEqualTo(code);
  }

  @Test
  void leadsSignalsToTheApplication() throws Exception {
    var process = start(Map.of(), launcher(), "wait");
    try (var output = process.inputReader(UTF_8)) {
      var waiting = "waiting in " + process.pid();
      assertThat(readUntil(output, "waiting in [0-9]+")).contains(waiting);
      assertThat(process.toHandle().destroy()).isTrue(); // SIGTERM
      assertThat(readUntil(output, "stopped")).contains("stopped");
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(128 + 15);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void findsItsFolderThroughSymbolicLinks() throws Exception {
    var absolute = Files.createSymbolicLink(folder.resolve("absolute link"), launcher());
    var relative = Files.createSymbolicLink(folder.resolve("stretto-link"), absolute.getFileName());
    assertThat(run(Map.of(), relative, "status").output()).contains("home=" + home);
    assertThat(
            run(Map.of("PATH", folder + ":" + System.getenv("PATH")), "sh", "-c", "stretto-link")
                .output())
        .contains("home=" + home);
  }

  @Test
  void knowsNamesThatAreNotAsciiWithoutALocale() throws Exception {
    var script =
        """
        umlaut=$(printf '\\303\\274')
        cp -R "$1" "$1$umlaut"
        cd /
        exec env -i PATH="$PATH" "$1$umlaut/bin/stretto" "$umlaut"
        """;
    var ran = run(Map.of(), "sh", "-c", script, "sh", home);
    assertThat(ran.output()).contains("home=" + home + "ü", "arg=ü");
  }

  @Test
  void prefersTheJavaItWasTold() throws Exception {
    var told = javaHome("25.0.3").toString();
    var environment = Map.of("STRETTO_JAVA_HOME", told, "JAVA_HOME", JAVA_HOME.toString());
    assertThat(run(environment, launcher()).output()).containsExactly("started");
  }

  @Test
  void prefersTheJavaOfTheDistributionToOthersThatItFinds() throws Exception {
    Files.move(javaHome("25.0.3"), home.resolve("runtime"));

    assertThat(run(Map.of("JAVA_HOME", JAVA_HOME.toString()), launcher()).output())
        .containsExactly("started");
    assertThat(run(Map.of("STRETTO_JAVA_HOME", JAVA_HOME.toString()), launcher()).output())
        .contains("java=" + JAVA_HOME);
  }

  /** A cache is of use to a class path alone that begins as that which it was made for. */
  @Test
  void hasTheJarsInTheOrderOfTheirNamesWhateverTheFileSystemSays() throws Exception {
    for (String name : List.of("b", "f", "D", "a", "e", "C")) {
      Files.createFile(home.resolve("lib/" + name + ".jar"));
    }

    assertThat(run(Map.of(), launcher(), "status").output())
        .filteredOn(line -> line.startsWith("class path="))
        .singleElement()
        .asString()
        .containsSubsequence("/C.jar:", "/D.jar:", "/a.jar:", "/b.jar:", "/e.jar:", "/f.jar:")
        .containsSubsequence("/f.jar:", "/stand-in.jar:", "/lib/../plugins/");
  }

  @Test
  void refusesTheJavaItWasToldWhereThatIsTooOld() throws Exception {
    var old = javaHome("24.0.2");
    var ran = run(Map.of("STRETTO_JAVA_HOME", old.toString()), launcher());
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.output())
        .containsExactly(
            "stretto: STRETTO_JAVA_HOME is " + old + ", where there is no Java 25 or newer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.8.0_452", "17.0.15", "24.0.2", "", "unreadable"})
  void passesOverAnOlderJavaHome(String version) throws Exception {
    var ran = run(Map.of("JAVA_HOME", javaHome(version).toString()), launcher());
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.output()).contains("home=" + home);
  }

  @ParameterizedTest
  @ValueSource(strings = {"25", "25-ea", "25.0.3", "26.0.1", "100"})
  void takesANewerJavaHomeWithoutStartingItFirst(String version) throws Exception {
    var ran = run(Map.of("JAVA_HOME", javaHome(version).toString()), launcher());
    assertThat(ran.output()).containsExactly("started");
  }

  @Test
  void asksAJavaThatHasNoReleaseFile() throws Exception {
    var newer = javaHome("25.0.3");
    Files.delete(newer.resolve("release"));
    var ran = run(Map.of("JAVA_HOME", newer.toString()), launcher());
    assertThat(ran.output()).containsExactly("started");
  }

  @Test
  void saysWhatToInstallWhereThereIsNoJava() throws Exception {
    var text = Files.readString(launcher());
    var usual = "/usr/lib/jvm/* /opt/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home";
    assertThat(text).contains(usual);
    Files.writeString(launcher(), text.replace(usual, ""));
    var ran = run(Map.of("HOME", "/nowhere", "PATH", tools().toString()), launcher(), "status");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.output()).hasSize(1);
    assertThat(ran.output().getFirst())
        .startsWith("stretto: no Java 25 or newer was found: install");
  }

  @Test
  void compilesOnceWhereThatCostsLess() throws Exception {
    var once = "-XX:TieredStopAtLevel=1";
    assertThat(jvm(run(Map.of(), launcher(), "status"))).contains(once);
    assertThat(jvm(run(Map.of(), launcher(), "--json", "status"))).contains(once);
    assertThat(jvm(run(Map.of(), launcher()))).contains(once);
    assertThat(jvm(run(Map.of(), launcher(), "dispatch"))).contains(once);
    assertThat(jvm(run(Map.of(), launcher(), "--json", "dispatch"))).contains(once);
    assertThat(jvm(run(Map.of(), launcher(), "demo"))).contains(once);
    assertThat(jvm(run(Map.of(), launcher(), "append"))).doesNotContain(once);
    assertThat(jvm(run(Map.of(), launcher(), "dispatch", "--follow"))).doesNotContain(once);
    assertThat(jvm(run(Map.of(), launcher(), "dispatch", "--every=30s"))).doesNotContain(once);
    assertThat(jvm(run(Map.of(), launcher(), "stop", "append"))).contains(once);
    assertThat(jvm(run(Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=4"), launcher(), "dispatch")))
        .as("the last one counts")
        .containsSubsequence(once, "-XX:TieredStopAtLevel=4");
  }

  /** A user's own sender runs there, which no option of ours may slow. */
  @Test
  void leavesTheCompilerAloneWhereThereAreJarsOfAUsersOwn() throws Exception {
    Files.createDirectories(home.resolve("plugins"));
    Files.createFile(home.resolve("plugins/of mine.jar"));
    String options = jvm(run(Map.of(), launcher(), "dispatch")).replaceAll("^jvm=\\[|]$", "");

    assertThat(options.split(", "))
        .filteredOn(option -> option.startsWith("-XX:"))
        .containsExactly("-XX:+UseSerialGC");
  }

  @Test
  void readsTheCacheThatFitsTheCommandAndIsSilentWhereItFitsNoJava() throws Exception {
    Files.writeString(home.resolve("lib/help.aot"), "no cache");
    Files.writeString(home.resolve("lib/stretto.aot"), "no cache");
    for (var command :
        List.of(
            "-h", "--help", "dispatch --help", "--version", "help dispatch", "completion bash")) {
      var ran = run(Map.of(), "sh", "-c", "\"$0\" " + command, launcher());
      assertThat(jvm(ran)).contains("/lib/help.aot").doesNotContain("/lib/stretto.aot");
      assertThat(ran.output()).allMatch(line -> line.matches("(home|java|class path|jvm|arg)=.*"));
    }
    assertThat(jvm(run(Map.of(), launcher(), "dispatch")))
        .contains("/lib/stretto.aot")
        .doesNotContain("/lib/help.aot");
  }

  @Test
  void honoursTheOptionsOfJavaOpts() throws Exception {
    Files.createFile(folder.resolve("-Da=a file in the current folder"));
    var ran = run(Map.of("JAVA_OPTS", "-Xmx123m  -Da=* -XX:+UseParallelGC"), launcher(), "status");
    assertThat(ran.exitCode()).isZero();
    assertThat(jvm(ran)).contains("-Xmx123m", "-Da=*", "-XX:+UseParallelGC");
    assertThat(jvm(ran)).doesNotContain("-XX:+UseSerialGC");
    assertThat(jvm(run(Map.of(), launcher(), "status"))).contains("-XX:+UseSerialGC");
  }

  private Path launcher() {
    return home.resolve("bin/stretto");
  }

  /** A folder that looks like a JDK of that version; its java command says only that it started. */
  private Path javaHome(String version) throws IOException {
    var java = Files.createDirectories(folder.resolve("jdk " + version));
    Files.createDirectories(java.resolve("bin"));
    var command = java.resolve("bin/java");
    Files.writeString(
        command,
        """
        #!/bin/sh
        case $1 in
          -version) echo 'openjdk version "%s" 2025-09-16' >&2 ;;
          *) echo started ;;
        esac
        """
            .formatted(version));
    assertThat(command.toFile().setExecutable(true)).isTrue();
    Files.writeString(
        java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return java;
  }

  /** A folder with the few commands that the launcher needs, and no java. */
  private Path tools() throws IOException {
    var tools = Files.createDirectories(folder.resolve("tools"));
    for (var name : List.of("readlink")) {
      var tool = tools.resolve(name);
      Files.writeString(tool, "#!/bin/sh\nPATH=/usr/bin:/bin exec " + name + " \"$@\"\n");
      assertThat(tool.toFile().setExecutable(true)).isTrue();
    }
    return tools;
  }

  private static String jvm(Ran ran) {
    return ran.output().stream().filter(line -> line.startsWith("jvm=")).findFirst().orElseThrow();
  }

  private static List<String> readUntil(BufferedReader output, String end) throws IOException {
    var lines = new ArrayList<String>();
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (line.matches(end)) {
        break;
      }
    }
    return lines;
  }

  private Ran run(Map<String, String> environment, Object... command) throws Exception {
    var process = start(environment, command);
    try (var output = process.inputReader(UTF_8)) {
      var lines = output.readAllLines();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return new Ran(process.exitValue(), lines);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Starts a command where the first java on the PATH is new enough and no variable names one. */
  private Process start(Map<String, String> environment, Object... command) throws IOException {
    var builder = new ProcessBuilder(Stream.of(command).map(Object::toString).toList());
    builder.directory(folder.toFile()).redirectErrorStream(true);
    var variables = builder.environment();
    variables.keySet().removeIf(name -> name.contains("JAVA"));
    variables.merge("PATH", JAVA_HOME + "/bin:", (path, bin) -> bin + path);
    variables.putAll(environment);
    return builder.start();
  }

  /** What came of a command, both streams together. */
  private record Ran(int exitCode, List<String> output) {}
}
