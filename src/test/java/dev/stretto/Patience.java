package dev.stretto;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets whatever a test awaits take a minute where the test says nothing else, for every test: a JVM
 * or a database that starts on a busy machine takes more than the ten seconds of Awaitility's own,
 * and only a failure is later.
 */
public final class Patience implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
  }
}
