package dev.stretto.transport.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads a client from its jars and, beside it, one package of Stretto's that uses it: that
 * package's classes are on the class path too, but could not see the client from there. Everything
 * else is the class path's.
 */
final class ClientLoader extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  private final String prefix;
  private final ClassLoader classPath;

  /**
   * @param prefix what the names of the package's classes begin with, the last dot included
   * @param jars the client, and what it needs
   */
  ClientLoader(String prefix, List<Path> jars, ClassLoader classPath) {
    super(jars.stream().map(ClientLoader::url).toArray(URL[]::new), classPath);
    this.prefix = prefix;
    this.classPath = classPath;
  }

  /** The jars in a folder, sorted; none where there is no such folder. */
  static List<Path> jars(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(prefix)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream file = classPath.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (file == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] code = file.readAllBytes();
      return defineClass(name, code, 0, code.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
