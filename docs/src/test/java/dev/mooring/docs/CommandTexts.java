package dev.mooring.docs;

import dev.mooring.starter.Caller;
import dev.mooring.starter.CommandTree;
import dev.mooring.starter.console.Console;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Command lines that stand in a text, held against the commands there are. */
final class CommandTexts {
  private static final CommandLine TREE = commands();

  private CommandTexts() {}

  /** What is wrong with the words behind {@code mooring}, if anything is. */
  static Optional<String> problem(String line) {
    List<String> words = List.of(line.split("\\s+"));
    if (isNamed(words)) {
      return Optional.empty();
    }
    try {
      TREE.parseArgs(words.toArray(String[]::new));
      return Optional.empty();
    } catch (ParameterException misread) {
      return Optional.of("mooring " + line + ": " + misread.getMessage());
    }
  }

  /** Whether the words are those of a command, and nothing else. */
  private static boolean isNamed(List<String> words) {
    Optional<CommandLine> named = Optional.of(TREE);
    for (String word : words) {
      named = named.map(command -> command.getSubcommands().get(word));
    }
    return named.isPresent();
  }

  private static CommandLine commands() {
    Console nobody = new Console(System.out, System.err, 0);
    return CommandTree.of(new Caller(Map.of(), "reader", nobody));
  }
}
