import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks, or applies, the layout of google-java-format: {@code Format.java check|apply FOLDER}. */
final class Format {

  private Format() {}

  public static void main(String[] args) throws IOException, FormatterException {
    var apply = args[0].equals("apply");
    var untidy = new ArrayList<Path>();
    for (var file : sources(Path.of(args[1]))) {
      var source = Files.readString(file);
      var tidy = new Formatter().formatSourceAndFixImports(source);
      if (!tidy.equals(source)) {
        untidy.add(file);
        if (apply) {
          Files.writeString(file, tidy);
        }
      }
    }
    if (!apply && !untidy.isEmpty()) {
      untidy.forEach(file -> System.err.println("Not formatted: " + file));
      System.err.println("To format: ./mvnw -q -Pformat process-sources");
      System.exit(1);
    }
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }
}
