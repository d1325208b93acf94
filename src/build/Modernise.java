import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Gives the classes of jars the class file format of Java 8, where theirs is older than that of
 * Java 6: an AOT cache takes none of those, and the JVM needs longer to verify them. Their code
 * stays as it is; the manifest says what was done.
 */
final class Modernise {

  private static final int FIRST_WITH_STACK_MAPS = 50;
  private static final String NOTICE = "Changed-By-Stretto";
  private static final String NOTICE_TEXT = "class files have Java 8's format; code is unchanged";

  private final ClassFile classFiles;

  private Modernise(ClassLoader classes) {
    classFiles =
        ClassFile.of(
            StackMapsOption.GENERATE_STACK_MAPS,
            ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)));
  }

  /** Replaces each of the jars named. */
  public static void main(String[] jars) throws IOException {
    for (String name : jars) {
      Path jar = Path.of(name);
      Path draft = jar.resolveSibling(jar.getFileName() + ".tmp");
      URL[] urls = {jar.toUri().toURL()};
      try (var classes = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
          var in = new JarFile(jar.toFile());
          var out = new ZipOutputStream(Files.newOutputStream(draft))) {
        new Modernise(classes).copy(in, out);
      }
      Files.move(draft, jar, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void copy(JarFile in, ZipOutputStream out) throws IOException {
    for (var entry : Collections.list(in.entries())) {
      var copied = new ZipEntry(entry.getName());
      copied.setTimeLocal(entry.getTimeLocal());
      out.putNextEntry(copied);
      if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
        writeManifest(in.getManifest(), out);
      } else {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        out.write(entry.getName().endsWith(".class") ? modern(entry.getName(), bytes) : bytes);
      }
      out.closeEntry();
    }
  }

  private static void writeManifest(Manifest manifest, OutputStream out) throws IOException {
    manifest.getMainAttributes().put(new Attributes.Name(NOTICE), NOTICE_TEXT);
    manifest.write(out);
  }

  private byte[] modern(String name, byte[] bytes) {
    ClassModel old = classFiles.parse(bytes);
    if (old.majorVersion() >= FIRST_WITH_STACK_MAPS) {
      return bytes;
    }
    byte[] modern = classFiles.transformClass(old, withVersion().andThen(withStackMaps()));
    var errors = classFiles.verify(modern);
    if (!errors.isEmpty()) {
      throw new IllegalStateException(name, errors.getFirst());
    }
    return modern;
  }

  private static ClassTransform withVersion() {
    return (builder, element) -> {
      if (element instanceof ClassFileVersion) {
        builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
      } else {
        builder.with(element);
      }
    };
  }

  /** Code that is handed over as a whole is copied as it is; taken apart, it gets its maps. */
  private static ClassTransform withStackMaps() {
    MethodTransform code =
        (builder, element) -> {
          if (element instanceof CodeModel model) {
            builder.transformCode(model, CodeTransform.ACCEPT_ALL);
          } else {
            builder.with(element);
          }
        };
    return (builder, element) -> {
      if (element instanceof MethodModel method) {
        builder.transformMethod(method, code);
      } else {
        builder.with(element);
      }
    };
  }
}
