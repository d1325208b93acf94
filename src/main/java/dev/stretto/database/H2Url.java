package dev.stretto.database;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The URL of an H2 database, with the settings that keep every commit.
 *
 * <ul>
 *   <li>WRITE_DELAY=0: a commit is in the file before it returns; H2's default is half a second
 *       later
 *   <li>DB_CLOSE_ON_EXIT=FALSE: an orderly end closes the file, not H2's own hook in the middle of
 *       it
 *   <li>RETENTION_TIME: overwritten pages are reused after a second, so that small commits don't
 *       fill the disk
 *   <li>MAX_LENGTH_INPLACE_LOB: up to so many bytes a payload stands in its row; a longer one is
 *       written once, beside the row, and not again when the row changes
 *   <li>QUERY_CACHE_SIZE: so many statements of a connection are kept as they were understood,
 *       which is more than there are; H2's default is 8, and a run uses some thirty
 *   <li>TRACE_LEVEL_FILE=0: a failure is told to whoever caused it, not written to a file or
 *       standard error too
 * </ul>
 *
 * @param target what follows {@code jdbc:h2:}, up to the first semicolon
 * @param settings the rest, each with its semicolon; may be empty
 */
record H2Url(String target, String settings) {

  private static final String PREFIX = "jdbc:h2:";
  private static final Pattern MEMORY =
      Pattern.compile("(|mem:.*|(file:)?nio(Mem|MemLZF)FS:.*|(file:)?mem(FS|LZF):.*|.*/mem:.*)");

  private static final Pattern FILE = Pattern.compile("(file:)?(~?[^:]{2,}|[A-Za-z]:[^:]+)");

  /** Understands {@code url}, or is empty where it is not H2's. */
  static Optional<H2Url> of(String url) {
    if (!url.startsWith(PREFIX)) {
      return Optional.empty();
    }
    int end = url.indexOf(';') < 0 ? url.length() : url.indexOf(';');
    return Optional.of(new H2Url(url.substring(PREFIX.length(), end), url.substring(end)));
  }

  /** The same URL with what is missing of the settings above; nothing that is there is changed. */
  H2Url completed() {
    H2Url url =
        with("WRITE_DELAY", "0")
            .with("RETENTION_TIME", "1000")
            .with("MAX_LENGTH_INPLACE_LOB", "4096")
            .with("QUERY_CACHE_SIZE", "100")
            .with("TRACE_LEVEL_FILE", "0");
    return has("AUTO_SERVER") ? url : url.with("DB_CLOSE_ON_EXIT", "FALSE");
  }

  /** The same database reached through a server of H2's on this machine. */
  H2Url through(String address) {
    return new H2Url("tcp://" + address, settings);
  }

  /**
   * The file without its extension, or empty where this is no plain file or the user shares it in
   * another way.
   */
  Optional<Path> file() {
    if (!FILE.matcher(target).matches() || has("AUTO_SERVER")) {
      return Optional.empty();
    }
    String path = target.startsWith("file:") ? target.substring(5) : target;
    String home = System.getProperty("user.home", "");
    return Optional.of(
        Path.of(path.startsWith("~") ? home + path.substring(1) : path).toAbsolutePath());
  }

  /** Whether what is stored is lost when whoever has it open ends. */
  boolean inMemory() {
    return MEMORY.matcher(target).matches();
  }

  /** Whether the setting is given, in upper or lower case. */
  boolean has(String setting) {
    return settings.toUpperCase(Locale.ROOT).contains(";" + setting + "=");
  }

  private H2Url with(String setting, String value) {
    return has(setting) ? this : new H2Url(target, settings + ";" + setting + "=" + value);
  }

  @Override
  public String toString() {
    return PREFIX + target + settings;
  }
}
