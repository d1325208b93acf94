package dev.stretto.transport.exec;

import dev.stretto.transport.InvalidSettingException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a command's program is: looked for as the operating system will look for it. */
final class ProgramPath {

  private static final String COMMAND = "exec.command";

  private ProgramPath() {}

  /**
   * Looks without starting anything.
   *
   * @param directory the folder that it will be started in, or null for this process's own
   * @throws InvalidSettingException where it is not there, or is none
   */
  static void check(String program, @Nullable Path directory) {
    try {
      if (program.contains(File.separator)) {
        Path folder = directory == null ? Path.of("") : directory;
        check(program, folder.resolve(program), folder);
      } else if (onThePath().noneMatch(folder -> isProgram(folder.resolve(program)))) {
        throw new InvalidSettingException(
            COMMAND,
            "there is no program '" + program + "' on the PATH; give its path" + oneWord(program));
      }
    } catch (InvalidPathException e) {
      throw new InvalidSettingException(COMMAND, "'" + program + "' can't be a program's path");
    }
  }

  private static void check(String program, Path file, Path folder) {
    if (!Files.exists(file)) {
      throw new InvalidSettingException(
          COMMAND,
          "there is no program '"
              + program
              + "', seen from the folder "
              + folder.toAbsolutePath()
              + oneWord(program));
    }
    if (!isProgram(file)) {
      throw new InvalidSettingException(
          COMMAND,
          "'"
              + program
              + "' is not executable; let it be executed, or put before it what runs it, such as"
              + " [python3, "
              + program
              + "]");
    }
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  private static Stream<Path> onThePath() {
    String path = System.getenv("PATH");
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(path == null ? "" : path)
        .map(Path::of);
  }

  private static String oneWord(String program) {
    return program.strip().contains(" ") ? "; each argument is an item of the list by itself" : "";
  }
}
