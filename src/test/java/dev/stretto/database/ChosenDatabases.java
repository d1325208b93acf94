package dev.stretto.database;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** What {@code -Dstretto.databases} names; an unknown or empty name fails the tests. */
final class ChosenDatabases implements ArgumentsProvider {

  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    return chosen().map(Arguments::of);
  }

  private static Stream<Database> chosen() {
    return Arrays.stream(System.getProperty("stretto.databases", "h2,postgresql").split(","))
        .map(name -> Database.valueOf(name.toUpperCase(Locale.ROOT)));
  }

  /** Those of them that are servers. */
  static final class Servers implements ArgumentsProvider {

    @Override
    public Stream<? extends Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      return chosen().filter(database -> database != Database.H2).map(Arguments::of);
    }
  }
}
