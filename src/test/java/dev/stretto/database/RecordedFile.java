package dev.stretto.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Files of H2's that are named {@code recorded:path}: tells what is written to them, write by
 * write, and fails to write when it is to.
 */
public final class RecordedFile extends FilePathWrapper {

  private static final List<Change> CHANGES = new ArrayList<>();
  private static volatile @Nullable IOException failure;

  /**
   * What was written, or to which size the file was cut.
   *
   * @param at where, or the size
   * @param bytes null where it was cut
   */
  private record Change(long at, byte @Nullable [] bytes) {
    byte[] of(byte[] before) {
      if (bytes == null) {
        return Arrays.copyOf(before, (int) at);
      }
      byte[] after = Arrays.copyOf(before, (int) Math.max(before.length, at + bytes.length));
      System.arraycopy(bytes, 0, after, (int) at, bytes.length);
      return after;
    }
  }

  /** What is done with a version of a file, as a killed process would leave it. */
  interface Look {
    /** Says what is wrong with it; empty for nothing. */
    String wrong() throws Exception;
  }

  /** Records from now on. */
  static void begin() {
    FilePath.register(new RecordedFile());
    failure = null;
    synchronized (CHANGES) {
      CHANGES.clear();
    }
  }

  /** From now on nothing can be written. */
  static void fail(IOException how) {
    failure = how;
  }

  /** How many writes there were. */
  static int changes() {
    synchronized (CHANGES) {
      return CHANGES.size();
    }
  }

  /**
   * Has each version looked at that there was of the file, which must be the only one.
   *
   * @param from how many writes to leave out
   * @param copy where to put one after the other
   * @return what was wrong
   */
  static List<String> wrong(int from, Path copy, Look look) throws Exception {
    List<Change> changes;
    synchronized (CHANGES) {
      changes = List.copyOf(CHANGES);
    }
    byte[] left = new byte[0];
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      left = changes.get(i).of(left);
      if (i >= from) {
        Files.write(copy, left);
        String found = look.wrong();
        if (!found.isEmpty()) {
          wrong.add("version " + i + ": " + found);
        }
      }
    }
    return wrong;
  }

  private static void add(Change change) {
    synchronized (CHANGES) {
      CHANGES.add(change);
    }
  }

  @Override
  public String getScheme() {
    return "recorded";
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return new Channel(getBase().open(mode));
  }

  private static final class Channel extends FileBase {
    private final FileChannel file;

    Channel(FileChannel file) {
      this.file = file;
    }

    @Override
    public synchronized int write(ByteBuffer source, long at) throws IOException {
      IOException fails = failure;
      if (fails != null) {
        throw fails;
      }
      byte[] bytes = new byte[source.remaining()];
      source.duplicate().get(bytes);
      add(new Change(at, bytes));
      return file.write(source, at);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      throw new IOException("H2 says where");
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      add(new Change(size, null));
      file.truncate(size);
      return this;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      file.position(position);
      return this;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      return file.read(target);
    }

    @Override
    public synchronized int read(ByteBuffer target, long at) throws IOException {
      return file.read(target, at);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      file.force(metaData);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }
}
