package dev.stretto.cli.supervise;

import dev.stretto.transport.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is there while a process is ready, as a probe of Kubernetes looks for. */
final class ReadyFile implements AutoCloseable {

  private static final String OPTION = "--ready-file";
  private static final Logger LOG = LoggerFactory.getLogger(ReadyFile.class);

  private final Path path;

  private ReadyFile(Path path) {
    this.path = path;
  }

  /**
   * Removes what an earlier process left.
   *
   * @throws InvalidSettingException where no such file can be made
   */
  static ReadyFile of(String text) {
    try {
      Path path = Path.of(text).toAbsolutePath();
      Path folder = path.getParent();
      if (text.isBlank() || Files.isDirectory(path)) {
        throw new InvalidSettingException(OPTION, "must name a file, not " + text);
      }
      if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
        throw new InvalidSettingException(
            OPTION,
            "no file can be made at " + path + ": make its folder, and let this user write");
      }
      Files.deleteIfExists(path);
      return new ReadyFile(path);
    } catch (IOException | InvalidPathException e) {
      throw new InvalidSettingException(OPTION, "can't be used: " + e);
    }
  }

  void make() {
    try {
      Files.writeString(path, ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      LOG.warn("The file that says that this is ready can't be made: {}", e.toString());
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("The file that says that this is ready can't be removed: {}", e.toString());
    }
  }
}
