package packages;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.X5455_ExtendedTimestamp;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/** Files as an archive has them: of one time, in the order of their names. */
final class Tree {

  private final Map<String, Entry> entries = new TreeMap<>();
  private final Instant time;

  Tree(Instant time) {
    this.time = time;
  }

  /** One that is a folder, a link or a file. */
  private sealed interface Entry {

    int mode();

    /** The user's number, and the group's. */
    default int owner() {
      return 0;
    }

    record Folder(int mode, int owner) implements Entry {}

    record Link(String target) implements Entry {
      @Override
      public int mode() {
        return 0777;
      }
    }

    record Content(int mode, long size, Source source) implements Entry {}
  }

  /** Where a file's content is read. */
  interface Source {
    InputStream open() throws IOException;
  }

  /** Adds a file, or a folder with all in it; what its owner can execute, everybody can. */
  Tree with(String name, Path from) throws IOException {
    try (var paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        String relative = from.relativize(path).toString();
        String entry = relative.isEmpty() ? name : name + "/" + relative;
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          folder(entry, 0755);
        } else {
          boolean executable =
              Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_EXECUTE);
          file(entry, executable ? 0755 : 0644, path);
        }
      }
    }
    return this;
  }

  Tree folder(String name, int mode) {
    return folder(name, mode, 0);
  }

  Tree folder(String name, int mode, int owner) {
    return put(name, new Entry.Folder(mode, owner));
  }

  Tree link(String name, String target) {
    return put(name, new Entry.Link(target));
  }

  Tree file(String name, int mode, Path from) throws IOException {
    return put(name, new Entry.Content(mode, Files.size(from), () -> Files.newInputStream(from)));
  }

  Tree text(String name, int mode, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return put(name, new Entry.Content(mode, bytes.length, () -> new ByteArrayInputStream(bytes)));
  }

  /** Adds it with the folders that it is in. */
  private Tree put(String name, Entry entry) {
    for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      entries.putIfAbsent(name.substring(0, slash), new Entry.Folder(0755, 0));
    }
    entries.put(name, entry);
    return this;
  }

  /** Each file's name and content. */
  void eachFile(Visitor visitor) throws Exception {
    for (var entry : entries.entrySet()) {
      if (entry.getValue() instanceof Entry.Content content) {
        visitor.visit(entry.getKey(), content.size(), content.source());
      }
    }
  }

  interface Visitor {
    void visit(String name, long size, Source content) throws Exception;
  }

  /** Writes it as {@code tar} reads it, each name behind a prefix such as {@code ./}. */
  void tar(OutputStream to, String prefix) throws IOException {
    try (var tar = new TarArchiveOutputStream(to, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      if (!prefix.isEmpty()) {
        put(tar, new TarArchiveEntry(prefix), new Entry.Folder(0755, 0));
        tar.closeArchiveEntry();
      }
      for (var named : entries.entrySet()) {
        String name = prefix + named.getKey();
        Entry entry = named.getValue();
        switch (entry) {
          case Entry.Folder folder -> put(tar, new TarArchiveEntry(name + "/"), folder);
          case Entry.Link link -> {
            var linked = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            linked.setLinkName(link.target());
            put(tar, linked, link);
          }
          case Entry.Content content -> {
            var file = new TarArchiveEntry(name);
            file.setSize(content.size());
            put(tar, file, content);
            try (InputStream in = content.source().open()) {
              in.transferTo(tar);
            }
          }
        }
        tar.closeArchiveEntry();
      }
    }
  }

  private void put(TarArchiveOutputStream tar, TarArchiveEntry entry, Entry from)
      throws IOException {
    entry.setMode(from.mode());
    entry.setIds(from.owner(), from.owner());
    entry.setNames(from.owner() == 0 ? "root" : "", from.owner() == 0 ? "root" : "");
    entry.setLastModifiedTime(FileTime.from(time));
    tar.putArchiveEntry(entry);
  }

  void tarGz(Path to) throws IOException {
    try (OutputStream out = Files.newOutputStream(to)) {
      tarGz(out, "");
    }
  }

  void tarGz(OutputStream to, String prefix) throws IOException {
    var parameters = new GzipParameters();
    parameters.setModificationInstant(time);
    tar(new GzipCompressorOutputStream(new BufferedOutputStream(to), parameters), prefix);
  }

  void zip(Path to) throws IOException {
    // to a file, so that no entry needs its size behind it
    try (var zip = new ZipArchiveOutputStream(to)) {
      for (var named : entries.entrySet()) {
        Entry entry = named.getValue();
        boolean folder = entry instanceof Entry.Folder;
        var put = new ZipArchiveEntry(named.getKey() + (folder ? "/" : ""));
        put.setUnixMode((folder ? 0040000 : 0100000) | entry.mode());
        put.setTime(FileTime.from(time));
        // the time above is one of a zone that nobody knows
        var instant = new X5455_ExtendedTimestamp();
        instant.setModifyFileTime(FileTime.from(time));
        put.addExtraField(instant);
        zip.putArchiveEntry(put);
        if (entry instanceof Entry.Content content) {
          try (InputStream in = content.source().open()) {
            in.transferTo(zip);
          }
        }
        zip.closeArchiveEntry();
      }
    }
  }
}
