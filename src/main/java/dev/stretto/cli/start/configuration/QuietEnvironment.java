package dev.stretto.cli.start.configuration;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The machine's environment without the variables by which other programs are made to talk: set for
 * them, they would have a banner and a log in this one's output, or a web server in it.
 */
public final class QuietEnvironment extends StandardEnvironment {

  private static final List<String> OTHERS =
      List.of("SPRING_MAIN_", "SPRING_BANNER_", "SPRING_OUTPUT_", "LOGGING_");

  /** The last is a script's, for where this program is. */
  private static final List<String> OTHER = List.of("DEBUG", "TRACE", "STRETTO");

  @Override
  protected void customizePropertySources(MutablePropertySources sources) {
    super.customizePropertySources(sources);
    sources.replace(
        SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
        new SystemEnvironmentPropertySource(
            SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, without(getSystemEnvironment())));
  }

  /** The variables that have a say. */
  static Map<String, Object> without(Map<String, Object> variables) {
    Map<String, Object> ours = new HashMap<>();
    variables.forEach((variable, value) -> {
      String name = variable.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
      if (!OTHER.contains(name) && OTHERS.stream().noneMatch(name::startsWith)) {
        ours.put(variable, value);
      }
    });
    return ours;
  }
}
