package packages;

/** What this machine's processor is called. */
final class Machine {

  private Machine() {}

  /** As those call it who distribute Java. */
  static String java() {
    return System.getProperty("os.arch").equals("amd64") ? "x64" : System.getProperty("os.arch");
  }

  /** As Debian and container images call it. */
  static String debian() {
    return System.getProperty("os.arch").equals("aarch64")
        ? "arm64"
        : System.getProperty("os.arch");
  }
}
