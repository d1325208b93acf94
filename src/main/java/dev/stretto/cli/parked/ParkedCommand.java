package dev.stretto.cli.parked;

import picocli.CommandLine.Command;

/** The commands for messages that were set aside; does nothing by itself. */
@Command(
    name = "parked",
    header = "Show the messages that failed for good, send them again, or discard them.",
    synopsisHeading = "%nUsage: ",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "An ID is a message's id, which its receiver knows too (Idempotency-Key); parked list shows"
          + " it."
    })
public final class ParkedCommand {}
