package dev.stretto.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Standard output, which remembers why it could not be written. */
public final class CheckedOutput extends OutputStream {

  private static final Path ITSELF = Path.of("/proc/self/fd/1");

  private final OutputStream out;
  private @Nullable IOException failure;

  public CheckedOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      out.write(bytes, from, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** Whether whoever read it has stopped reading, as {@code head} does. */
  public boolean isPipeBroken() {
    IOException why = failure;
    return why != null && (String.valueOf(why.getMessage()).contains("roken pipe") || isPipe());
  }

  /** The system says why a write failed in the user's language; a pipe has only this reason. */
  private static boolean isPipe() {
    try {
      return Files.readSymbolicLink(ITSELF).toString().startsWith("pipe:");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
