package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, and what becomes of their failures: one sentence, a hint, an exit code. */
final class CommandTree {
  private CommandTree() {}

  /** Runs one command line; the answer is the exit status. */
  static int run(Caller caller, String... arguments) {
    MooringCommand root = new MooringCommand(caller);
    return of(root).execute(arguments);
  }

  /** The commands under a root. */
  static CommandLine of(MooringCommand root) {
    Console console = root.console();
    CommandLine tree = new CommandLine(root, new Factory(root));
    tree.setOut(writer(console));
    tree.setErr(writer(console));
    tree.setCaseInsensitiveEnumValuesAllowed(true);
    tree.setUsageHelpAutoWidth(false);
    tree.setUsageHelpWidth(100);
    tree.setAbbreviatedOptionsAllowed(false);
    tree.setExitCodeExceptionMapper(failure -> ExitCode.FAILED.status());
    tree.setParameterExceptionHandler((failure, arguments) -> misread(root, failure));
    tree.setExecutionExceptionHandler((failure, command, parsed) -> failed(root, failure));
    return tree;
  }

  private static PrintWriter writer(Console console) {
    return new PrintWriter(
        new StringWriter() {
          @Override
          public void flush() {
            getBuffer().toString().lines().forEach(console::say);
            getBuffer().setLength(0);
          }
        },
        true);
  }

  private static int misread(MooringCommand root, ParameterException failure) {
    root.console().complain("mooring: " + fact(failure));
    root.console()
        .complain(
            "HINT: `"
                + failure.getCommandLine().getCommandSpec().qualifiedName()
                + " --help` says what there is.");
    return ExitCode.USAGE.status();
  }

  private static String fact(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return lowerCase(String.valueOf(failure.getMessage()));
    }
    String unknown = unmatched.getUnmatched().get(0);
    String kind = unknown.startsWith("-") ? "option" : "command or argument";
    List<String> near = unmatched.getSuggestions();
    return "there is no "
        + kind
        + " "
        + unknown
        + (near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?");
  }

  private static String lowerCase(String message) {
    return message.isEmpty()
        ? message
        : message.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + message.substring(1);
  }

  private static int failed(MooringCommand root, Exception failure) {
    Console console = root.console();
    if (failure instanceof CommandFailure told) {
      console.complain("mooring: " + told.getMessage());
      if (!told.hint().isEmpty()) {
        console.complain("HINT: " + told.hint() + ".");
      }
    } else {
      console.complain("mooring: unexpected: " + failure);
      console.complain("HINT: the same command with --debug shows where; please report it.");
    }
    if (root.debug()) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      console.complain(trace.toString());
    }
    return failure instanceof CommandFailure told
        ? told.exitCode().status()
        : ExitCode.FAILED.status();
  }

  /** Gives each command the root it belongs to. */
  private record Factory(MooringCommand root) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        if (List.of(constructor.getParameterTypes()).equals(List.of(MooringCommand.class))) {
          return type.cast(constructor.newInstance(root));
        }
      }
      return CommandLine.defaultFactory().create(type);
    }
  }
}
