package dev.stretto.cli.help;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What fish is told of the commands and their options. */
final class FishCompletion {

  private final String name;
  private final CommandSpec root;
  private final List<String> lines = new ArrayList<>();

  FishCompletion(String name, CommandSpec root) {
    this.name = name;
    this.root = root;
  }

  /** The script, each line a statement. */
  List<String> lines() {
    lines.add("complete -c " + name + " -f");
    add(root, List.of());
    return List.copyOf(lines);
  }

  private void add(CommandSpec spec, List<String> path) {
    List<String> below = List.copyOf(spec.subcommands().keySet());
    String here = condition(path, below);
    spec.subcommands().forEach((word, command) -> command(here, word, command));
    spec.options().forEach(option -> option(here, option));
    spec.subcommands()
        .forEach((word, command) -> {
          List<String> further = new ArrayList<>(path);
          further.add(word);
          add(command.getCommandSpec(), further);
        });
  }

  /** The words of the path were typed, and none of those below. */
  private static String condition(List<String> path, List<String> below) {
    List<String> conditions = new ArrayList<>();
    path.forEach(word -> conditions.add("__fish_seen_subcommand_from " + word));
    if (!below.isEmpty()) {
      conditions.add(
          path.isEmpty()
              ? "__fish_use_subcommand"
              : "not __fish_seen_subcommand_from " + String.join(" ", below));
    }
    return String.join("; and ", conditions);
  }

  private void command(String here, String word, CommandLine command) {
    String header = String.join(" ", command.getCommandSpec().usageMessage().header());
    lines.add(
        "complete -c %s -n %s -a %s -d %s".formatted(name, quoted(here), word, quoted(header)));
  }

  private void option(String here, OptionSpec option) {
    StringBuilder line = new StringBuilder("complete -c " + name + " -n " + quoted(here));
    for (String each : option.names()) {
      line.append(each.startsWith("--") ? " -l " + each.substring(2) : " -s " + each.substring(1));
    }
    if (option.arity().max() > 0) {
      // Files are what an F stands for; a value that may be left out is not waited for.
      boolean file = option.paramLabel().startsWith("F");
      line.append(file ? " -r -F" : option.arity().min() > 0 ? " -x" : "");
    }
    line.append(" -d ").append(quoted(String.join(" ", option.description())));
    lines.add(line.toString());
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
