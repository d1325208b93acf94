package dev.stretto.outbox;

import java.util.Locale;
import java.util.regex.Pattern;

/** The settings that an H2 file needs so that several commands share it and no commit is lost. */
public final class H2Url {

  private static final String PREFIX = "jdbc:h2:";
  private static final Pattern NOT_A_FILE = Pattern.compile("(?i)(mem|memFS|memLZ|nioMemFS|nioMemLZ|tcp|ssl|zip):.*");

  private H2Url() {}

  public static boolean isH2(String url) {
    return url.startsWith(PREFIX);
  }

  /**
   * Adds what is missing, and changes nothing that is there.
   *
   * <ul>
   *   <li>AUTO_SERVER: whoever opens the file first serves the others, on loopback
   *   <li>WRITE_DELAY=0: a commit is in the file before it returns; H2's default is half a second later
   *   <li>DB_CLOSE_ON_EXIT: an orderly end closes the file, not H2's own hook in the middle of it
   *   <li>RETENTION_TIME: overwritten pages are reused after a second, so that small commits don't fill the disk
   * </ul>
   */
  public static String complete(String url) {
    if (!isH2(url) || NOT_A_FILE.matcher(url.substring(PREFIX.length())).matches()) {
      return url;
    }
    return with(
        with(
            with(with(url, "AUTO_SERVER", "TRUE"), "WRITE_DELAY", "0"),
            "DB_CLOSE_ON_EXIT",
            "FALSE"),
        "RETENTION_TIME",
        "1000");
  }

  /** Whether the URL gives the setting, in upper or lower case. */
  public static boolean hasSetting(String url, String name) {
    return url.toUpperCase(Locale.ROOT).contains(";" + name + "=");
  }

  private static String with(String url, String name, String value) {
    return hasSetting(url, name) ? url : url + ";" + name + "=" + value;
  }
}
