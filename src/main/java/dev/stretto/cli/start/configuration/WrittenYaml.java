package dev.stretto.cli.start.configuration;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.transport.InvalidSettingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads a command's configuration files in Spring Boot's place: every value is the text that was
 * written, so that a header {@code 007} is not sent as 7, a channel {@code on} is not called true,
 * and a window of 6.5 is seen to be none. A file that can't be meant is named. Files of an
 * application that has this jar are left to Spring Boot, which finds this class there too.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class WrittenYaml implements PropertySourceLoader {

  /** Says the same as Spring Boot's own, so that the order of these files stays as it is. */
  private static final PropertiesPropertySourceLoader PROPERTIES =
      new PropertiesPropertySourceLoader();

  private static final ScopedValue<Boolean> READING = ScopedValue.newInstance();

  /** Runs what reads a command's configuration files, on this thread. */
  public static <T> T readingFiles(Supplier<T> step) {
    return ScopedValue.where(READING, true).call(step::get);
  }

  @Override
  public String[] getFileExtensions() {
    return READING.isBound() ? new String[] {"properties", "xml", "yml", "yaml"} : new String[0];
  }

  @Override
  public List<PropertySource<?>> load(String name, Resource resource, @Nullable Charset encoding)
      throws IOException {
    return isYaml(resource) ? load(name, resource) : PROPERTIES.load(name, resource, encoding);
  }

  /**
   * Reads a file.
   *
   * @throws InvalidSettingException where it is no UTF-8, no YAML, or no properties by their names
   */
  @Override
  public List<PropertySource<?>> load(String name, Resource resource) throws IOException {
    if (!isYaml(resource)) {
      return PROPERTIES.load(name, resource);
    }
    String text = text(resource);
    List<PropertySource<?>> sources = new ArrayList<>();
    try {
      for (Map<String, Object> document : new YamlDocuments(resource, text).flat()) {
        sources.add(
            new OriginTrackedMapPropertySource(
                name + " (document #" + sources.size() + ")",
                Collections.unmodifiableMap(document),
                true));
      }
    } catch (MarkedYAMLException e) {
      throw refused(
          e.getProblemMark() == null
              ? file(resource)
              : line(resource, e.getProblemMark().getLine() + 1),
          String.valueOf(e.getProblem()));
    } catch (YAMLException e) {
      throw refused(
          file(resource),
          "is no YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    return sources;
  }

  private static boolean isYaml(Resource resource) {
    String file = String.valueOf(resource.getFilename());
    return file.endsWith(".yaml") || file.endsWith(".yml");
  }

  private static String text(Resource resource) throws IOException {
    byte[] bytes = resource.getContentAsByteArray();
    for (byte one : bytes) {
      if (one == 0) {
        throw refused(file(resource), "is UTF-16, or no text; save it as UTF-8");
      }
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      String before = new String(bytes, UTF_8);
      long line = before.substring(0, before.indexOf('\uFFFD')).lines().count();
      throw refused(
          line(resource, Math.max(1, line)),
          "has a letter that is not UTF-8, but perhaps Latin-1; save the file as UTF-8");
    }
  }

  private static InvalidSettingException refused(String where, String problem) {
    return new InvalidSettingException(where, problem);
  }

  /** A line of the file; the first is 1. */
  static String line(Resource resource, long line) {
    return file(resource) + ", line " + line;
  }

  /** The file as a person would name it. */
  static String file(Resource resource) {
    try {
      return resource.isFile()
          ? Path.of(resource.getFile().getPath()).normalize().toString()
          : resource.getDescription();
    } catch (IOException e) {
      return resource.getDescription();
    }
  }
}
