package dev.stretto.cli.config;

import picocli.CommandLine.Command;

/** The commands about the configuration; does nothing by itself. */
@Command(
    name = "config",
    header = "Check the configuration, and the destinations that it names.",
    synopsisHeading = "%nUsage: ",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n")
public final class ConfigCommand {}
