package dev.stretto.transport.java;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.transport.Driver;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documents' example of a sender compiles as it stands there, and sends. */
class DocumentedSenderTest {

  private static final String PACKAGE = "com.example";

  /** Whose client the example uses. */
  private static final String CLIENT =
      """
      public final class ChatClient {
        public static final java.util.List<String> POSTED = new java.util.ArrayList<>();

        void post(String text) {
          POSTED.add(text);
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void sendsWhatItIsGiven() throws Exception {
    String document = Files.readString(Path.of("src/docs/configuration.md"), UTF_8);
    String named = the("class: ([\\w.]+) ", document);
    compile("ChatClient", CLIENT);
    compile(named.substring(PACKAGE.length() + 1), the("(?ms)^```java\\n(.*?)^```$", document));

    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Sender sender = (Sender) loader.loadClass(named).getConstructor().newInstance();
      sender.send(Driver.message(1, "hello", Map.of()));

      assertThat(loader.loadClass(PACKAGE + ".ChatClient").getField("POSTED").get(null))
          .isEqualTo(List.of("hello"));
    }
  }

  /** What the one place that the pattern fits has as its group. */
  private static String the(String pattern, String document) {
    List<String> found =
        Pattern.compile(pattern).matcher(document).results().map(each -> each.group(1)).toList();
    assertThat(found).as(pattern).hasSize(1);
    return found.getFirst();
  }

  private void compile(String name, String source) throws Exception {
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, "package " + PACKAGE + ";\n\n" + source);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"),
                "-proc:none",
                "-d",
                folder.toString(),
                file.toString());
    assertThat(compiled).as(source).isZero();
  }
}
