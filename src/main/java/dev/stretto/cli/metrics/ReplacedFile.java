package dev.stretto.cli.metrics;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file that is replaced at once: whoever reads it finds the old text or the new one, whole.
 *
 * @param path absolute
 */
record ReplacedFile(Path path) {

  /** Whether there is a folder in which it can be replaced. */
  boolean writable() {
    Path folder = path.getParent();
    return folder != null
        && Files.isDirectory(folder)
        && Files.isWritable(folder)
        && (!Files.exists(path) || Files.isRegularFile(path));
  }

  /**
   * Writes a file beside it, under a name that the textfile collector leaves alone and with the
   * rights that any new file gets, for somebody else reads it, and renames it.
   */
  void write(String text) throws IOException {
    Path beside =
        path.resolveSibling(
            "." + Objects.requireNonNull(path.getFileName()) + "." + ProcessHandle.current().pid());
    try {
      Files.writeString(beside, text);
      Files.move(beside, path, ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
