package dev.stretto.cli.start;

import dev.stretto.cli.start.configuration.LogFormatCheck;
import dev.stretto.cli.start.configuration.NamesCheck;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.TransportType;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * A configuration that was read, and of which nothing was opened.
 *
 * @param environment what every source says
 */
public record ReadConfiguration(ConfigurableEnvironment environment) {

  /** All that is wrong with what is not below {@code stretto}, as far as it is not Spring's. */
  public List<InvalidSettingException> mistakes() {
    List<InvalidSettingException> mistakes = new ArrayList<>(NamesCheck.problems(environment));
    mistakes.addAll(LogFormatCheck.problems(environment));
    try {
      DatabaseOpening.address(environment);
    } catch (InvalidSettingException e) {
      mistakes.add(e);
    }
    return mistakes;
  }

  /** The transports that channels may name. */
  public List<TransportType> transports() {
    return StrettoConfiguration.transports(environment);
  }
}
