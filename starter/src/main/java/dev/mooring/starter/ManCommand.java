package dev.mooring.starter;

import dev.mooring.starter.console.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** {@code mooring man}. */
@Command(
    name = "man",
    header = "Print the manual page, with every command and its options.",
    description = {
      "To read it: mooring man | man -l -. For every user: write it to"
          + " /usr/local/share/man/man1/mooring.1, again after an upgrade.",
      ""
    })
final class ManCommand implements Callable<Integer> {
  /** A terminal of 80 columns less the indentation of man. */
  private static final int WIDTH = 72;

  private final MooringCommand mooring;

  ManCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    CommandLine root = mooring.allCommands();
    List<String> page = new ArrayList<>();
    page.add(".TH MOORING 1 \"\" \"mooring " + Main.version() + "\" \"User Commands\"");
    page.add(".SH NAME");
    page.add("mooring \\- " + words(root.getHelp().header().strip()));
    page.add(".SH USAGE");
    page.addAll(asItIs(root));
    page.add(".SH COMMANDS");
    root.getSubcommands().forEach((name, command) -> page.addAll(commands(name, command)));
    mooring.console().say(page);
    return ExitCode.DONE.status();
  }

  /** The command and its subcommands. */
  private static List<String> commands(String name, CommandLine command) {
    List<String> lines = new ArrayList<>(List.of(".SS " + words(name)));
    lines.addAll(asItIs(command));
    command
        .getSubcommands()
        .forEach((below, one) -> lines.addAll(commands(name + " " + below, one)));
    return lines;
  }

  /** The command's help, line by line. */
  private static List<String> asItIs(CommandLine command) {
    command.setUsageHelpWidth(WIDTH);
    List<String> lines = new ArrayList<>(List.of(".nf"));
    command.getUsageMessage(Ansi.OFF).lines().map(ManCommand::words).forEach(lines::add);
    lines.add(".fi");
    return lines;
  }

  /** Text of which nothing is a request of roff. */
  static String words(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
