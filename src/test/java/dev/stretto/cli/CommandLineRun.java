package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.database.FreshDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Runs commands in this JVM against a database of the test's own, and keeps what they print. */
public final class CommandLineRun {

  private final String url;
  private final List<String> properties = new ArrayList<>();

  /** On an H2 file. */
  public CommandLineRun(Path folder) {
    this(
        "jdbc:h2:file:" + folder.resolve("stretto"),
        List.of("--spring.datasource.url=jdbc:h2:file:" + folder.resolve("stretto")));
  }

  public CommandLineRun(FreshDatabase database) {
    this(database.url(), database.options());
  }

  private CommandLineRun(String url, List<String> options) {
    this.url = url;
    properties.add("--spring.config.location=classpath:/dev/stretto/cli/start/");
    properties.addAll(options);
    properties.add("--stretto.channels.space.transport=http");
    properties.add("--stretto.channels.space.http.url=https://example.org/${STRETTO_TEST_UNSET}");
  }

  /** What a command left behind. */
  public record Result(int code, String out, String err) {}

  CommandLineRun with(String property) {
    properties.add(property);
    return this;
  }

  /** With what a YAML file would say. */
  CommandLineRun withYaml(String yaml) throws IOException {
    for (PropertySource<?> source :
        new YamlPropertySourceLoader()
            .load("example", new ByteArrayResource(yaml.getBytes(UTF_8)))) {
      for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
        with("--" + name + "=" + source.getProperty(name));
      }
    }
    return this;
  }

  List<String> properties() {
    return List.copyOf(properties);
  }

  String url() {
    return url;
  }

  public Result run(String... args) {
    return run(new byte[0], args);
  }

  public Result run(byte[] in, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(properties);
    return plain(in, all.toArray(String[]::new));
  }

  /** Without any property. */
  public static Result plain(byte[] in, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLineMain(
                new ByteArrayInputStream(in), new PrintWriter(out), new PrintWriter(err))
            .run(args);
    return new Result(code, out.toString(), err.toString());
  }

  static byte[] lines(String... lines) {
    return (String.join("\n", lines) + "\n").getBytes(UTF_8);
  }
}
