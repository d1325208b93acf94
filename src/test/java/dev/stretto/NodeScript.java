package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A script of {@code src/test/node} and the npm packages that its folder names, installed below
 * {@code target}. Needs Node.js and npm on the PATH.
 */
public final class NodeScript {

  private final Path folder;

  private NodeScript(Path folder) {
    this.folder = folder;
  }

  /**
   * Installs what the folder's {@code package-lock.json} says, and runs nothing of it.
   *
   * @param name the folder's name
   */
  public static NodeScript install(String name) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of("target/node", name));
    List<Path> sources;
    try (Stream<Path> files = Files.list(Path.of("src/test/node", name))) {
      sources = files.toList();
    }
    for (Path source : sources) {
      Files.write(folder.resolve(source.getFileName()), Files.readAllBytes(source));
    }
    NodeScript script = new NodeScript(folder);
    script.output("", "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    return script;
  }

  /**
   * Runs a script of the folder until it ends.
   *
   * @param input what it reads on standard input
   * @return the JSON on its standard output
   */
  public JsonNode run(String script, Object input) throws IOException, InterruptedException {
    JsonMapper json = JsonMapper.shared();
    return json.readTree(output(json.writeValueAsString(input), "node", script));
  }

  private String output(String input, String... command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try (var standardInput = process.getOutputStream()) {
      standardInput.write(input.getBytes(UTF_8));
    }
    int code = process.waitFor();
    String printed = Files.readString(out);
    assertThat(code)
        .as("exit code of %s\n%s%s", String.join(" ", command), printed, Files.readString(err))
        .isZero();
    return printed;
  }
}
