package dev.stretto.database;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with an H2 file, where it is the file, in words that follow the database's name.
 */
public enum FileFault {
  /** The disk is full, a quota is used up, or the file may not grow. */
  NO_SPACE(
      true,
      "has no space left: make room on its disk, or raise the limit of its size, and run this"
          + " again; what was committed is kept"),
  /** Another process has it open for itself. */
  IN_USE(
      true, "is in use by another program, such as a long append: try again once that has ended"),
  /** This user may not read or write it, or nobody may write where it is. */
  NOT_PERMITTED(
      false,
      "may not be read or written: check the owner and the permissions of the file and of its"
          + " folder, and whether its disk is read-only"),
  /** There is something else of that name, or on the way to it. */
  NOT_A_FILE(
      false,
      "can't be a file there: its folder can't be made, or there is a folder of its name; check"
          + " spring.datasource.url"),
  /** Another version wrote it. */
  OTHER_VERSION(
      false,
      "was written by another version of H2: use the Stretto that wrote it, or another database"),
  /** What is in it can't be understood. */
  DAMAGED(
      false,
      "is damaged, or is no H2 database: check spring.datasource.url, or put a backup in its place"
          + " (what can still be read of it, H2's own org.h2.tools.Recover writes to a script)");

  private static final int ALREADY_OPEN = 90020;
  private static final int CORRUPTED = 90030;
  private static final int UNSUPPORTED_VERSION = 90048;
  private static final int READ_ONLY = 90097;

  private static final List<String> FULL =
      List.of(
          "No space left on device",
          "There is not enough space on the disk",
          "Disk quota exceeded",
          "File too large");
  private static final List<String> FORBIDDEN =
      List.of("Permission denied", "Read-only file system", "Operation not permitted");
  private static final List<String> IN_THE_WAY = List.of("Is a directory", "Not a directory");

  private final boolean passes;
  private final String words;

  FileFault(boolean passes, String words) {
    this.passes = passes;
    this.words = words;
  }

  /** Whether it is of use to try again later without changing the configuration. */
  public boolean passes() {
    return passes;
  }

  /** For people; follows the name of the database. One line. */
  public String words() {
    return words;
  }

  /** Looks through the causes; null where it is not an H2 file that failed. */
  public static @Nullable FileFault of(Throwable failure) {
    boolean ofH2 = false;
    FileFault fault = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      ofH2 |= cause.getClass().getName().startsWith("org.h2.");
      FileFault found = null;
      if (cause instanceof SQLException said) {
        found = byCode(said.getErrorCode());
      } else if (cause instanceof IOException io && ofH2) {
        found = byMessage(io);
      }
      if (found != null) {
        fault = found;
      }
    }
    return ofH2 ? fault : null;
  }

  private static @Nullable FileFault byCode(int code) {
    return switch (code) {
      case ALREADY_OPEN -> IN_USE;
      case CORRUPTED -> DAMAGED;
      case UNSUPPORTED_VERSION -> OTHER_VERSION;
      case READ_ONLY -> NOT_PERMITTED;
      default -> null;
    };
  }

  private static @Nullable FileFault byMessage(IOException io) {
    if (io instanceof AccessDeniedException || says(io, FORBIDDEN)) {
      return NOT_PERMITTED;
    }
    if (io instanceof EOFException) {
      return DAMAGED;
    }
    if (io instanceof NotDirectoryException || io instanceof NoSuchFileException) {
      return NOT_A_FILE;
    }
    return says(io, FULL) ? NO_SPACE : says(io, IN_THE_WAY) ? NOT_A_FILE : null;
  }

  private static boolean says(IOException io, List<String> texts) {
    String message = String.valueOf(io.getMessage());
    return texts.stream().anyMatch(message::contains);
  }
}
