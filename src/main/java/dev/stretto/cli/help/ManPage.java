package dev.stretto.cli.help;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The manual page of all commands, in the language of {@code man}. */
final class ManPage {

  private final CommandSpec root;
  private final List<String> lines = new ArrayList<>();

  ManPage(CommandSpec root) {
    this.root = root;
  }

  List<String> lines() {
    UsageMessageSpec usage = root.usageMessage();
    lines.add(".TH STRETTO 1 \"\" \"" + text(String.join(" ", root.version())) + "\" \"Stretto\"");
    lines.add(".SH NAME");
    lines.add("stretto \\- " + text(String.join(" ", usage.header())));
    lines.add(".SH SYNOPSIS");
    lines.add(
        "\\fBstretto\\fR \\fICOMMAND\\fR [\\fIoptions\\fR] [\\fB\\-\\-any.property=value\\fR]...");
    lines.add(".SH DESCRIPTION");
    paragraphs(usage.footer());
    lines.add(".SH COMMANDS");
    root.subcommands().values().forEach(this::command);
    lines.add(".SH EXIT STATUS");
    usage.exitCodeList().forEach((code, meaning) -> item(code.strip(), meaning));
    return List.copyOf(lines);
  }

  private void command(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    UsageMessageSpec usage = spec.usageMessage();
    lines.add(".SS " + spec.qualifiedName(" ") + arguments(spec));
    paragraphs(usage.header());
    paragraphs(usage.description());
    spec.positionalParameters().forEach(parameter -> item(parameter.paramLabel(), text(parameter)));
    spec.options().stream()
        .filter(option -> !option.inherited())
        .forEach(option -> item(names(option), text(option)));
    paragraphs(usage.footer());
    spec.subcommands().values().forEach(this::command);
  }

  private static String arguments(CommandSpec spec) {
    StringBuilder arguments = new StringBuilder();
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      boolean several = parameter.arity().max() > 1;
      String label = text(parameter.paramLabel()) + (several ? "..." : "");
      arguments.append(parameter.arity().min() > 0 ? " " + label : " [" + label + "]");
    }
    return arguments.toString();
  }

  private static String names(OptionSpec option) {
    String names = String.join(", ", option.names());
    if (option.arity().max() == 0) {
      return names;
    }
    return option.arity().min() == 0
        ? names + "[=" + option.paramLabel() + "]"
        : names + "=" + option.paramLabel();
  }

  private static String text(ArgSpec argument) {
    return String.join(" ", argument.description());
  }

  private void item(String name, String meaning) {
    lines.add(".TP");
    lines.add("\\fB" + text(name) + "\\fR");
    lines.add(text(meaning));
  }

  /** The lines of a usage text are broken by hand; an empty one parts paragraphs. */
  private void paragraphs(String[] broken) {
    boolean begun = false;
    for (String line : broken) {
      if (line.isBlank()) {
        begun = false;
        continue;
      }
      if (!begun) {
        lines.add(".PP");
      }
      begun = true;
      lines.add(text(line.strip()));
    }
  }

  /** Safe for {@code man}: no control line, and a hyphen that can be copied. */
  private static String text(String plain) {
    String escaped = plain.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
