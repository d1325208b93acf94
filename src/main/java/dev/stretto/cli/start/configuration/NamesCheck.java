package dev.stretto.cli.start.configuration;

import dev.stretto.settings.Spelling;
import dev.stretto.transport.InvalidSettingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Refuses what files and the command line name and nobody reads, once the configuration is read.
 * What environment variables name is not looked at: most are of others. What is below {@code
 * stretto} is checked where it is bound.
 */
public final class NamesCheck implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

  /** What most configurations have; the rest of Spring's names are many. */
  private static final Set<String> USUAL =
      Set.of(
          "spring.datasource.url",
          "spring.datasource.username",
          "spring.datasource.password",
          "spring.config.location");

  private static final String OURS = "stretto";
  private static final List<String> ROOTS = List.of(OURS, "spring", "logging", "management");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:}]+)");

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    problems(event.getEnvironment()).stream()
        .findFirst()
        .ifPresent(problem -> {
          throw problem;
        });
  }

  /** All that nobody reads. */
  public static List<InvalidSettingException> problems(ConfigurableEnvironment environment) {
    List<EnumerablePropertySource<?>> sources = new ArrayList<>();
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable && isOfAPerson(enumerable)) {
        sources.add(enumerable);
      }
    }
    return problems(sources);
  }

  /** A file beside the program or in the working folder, or the command line. */
  private static boolean isOfAPerson(EnumerablePropertySource<?> source) {
    return source instanceof CommandLinePropertySource<?>
        || (source.getName().startsWith("Config resource ")
            && !source.getName().startsWith("Config resource 'class path "));
  }

  private static List<InvalidSettingException> problems(List<EnumerablePropertySource<?>> sources) {
    List<Unread> unread = new ArrayList<>();
    for (EnumerablePropertySource<?> source : sources) {
      for (String name : source.getPropertyNames()) {
        if (!USUAL.contains(name) && !root(name).equals(OURS)) {
          unread.add(new Unread(source, name));
        }
      }
    }
    if (unread.isEmpty()) {
      return List.of();
    }
    SpringNames spring = SpringNames.read();
    Set<String> placeholders = placeholders(sources);
    return unread.stream()
        .filter(
            one -> !spring.has(one.name()) && !placeholders.contains(SpringNames.bare(one.name())))
        .map(one -> new InvalidSettingException(one.name(), problem(one, spring)))
        .toList();
  }

  /** Someone who names a property in another's value reads it. */
  private static Set<String> placeholders(List<EnumerablePropertySource<?>> sources) {
    Set<String> placeholders = new HashSet<>();
    for (EnumerablePropertySource<?> source : sources) {
      for (String name : source.getPropertyNames()) {
        PLACEHOLDER
            .matcher(String.valueOf(source.getProperty(name)))
            .results()
            .forEach(found -> placeholders.add(SpringNames.bare(found.group(1))));
      }
    }
    return placeholders;
  }

  private static String problem(Unread unread, SpringNames spring) {
    String root = root(unread.name());
    String similar =
        ROOTS.contains(root)
            ? spring.similarTo(unread.name()).orElse("")
            : Spelling.nearest(ROOTS, root).orElse("");
    return "there is no such property"
        + (similar.isEmpty() ? "" : "; did you mean " + similar + "?")
        + unread.place();
  }

  private static String root(String name) {
    int end = 0;
    while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
      end++;
    }
    return name.substring(0, end).toLowerCase(Locale.ROOT);
  }

  /** A name of which nothing is known yet. */
  private record Unread(EnumerablePropertySource<?> source, String name) {

    /** The file and the line, where there is one. */
    String place() {
      String line = WrittenPlaces.line(source, name);
      return line == null ? "" : " (" + line + ")";
    }
  }
}
