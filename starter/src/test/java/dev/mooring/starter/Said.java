package dev.mooring.starter;

import dev.mooring.starter.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.ToIntFunction;

/** A command line that was run, and what it said. */
record Said(int status, String out, String err) {

  static Said by(String... arguments) {
    return by(Map.of(), arguments);
  }

  static Said by(Map<String, String> environment, String... arguments) {
    return by(environment, caller -> CommandTree.run(caller, arguments));
  }

  /** What a command said that another server than that of its options answered. */
  static Said by(Map<String, String> environment, ToIntFunction<Caller> command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(printer(out), printer(err), 0);
    int status = command.applyAsInt(new Caller(environment, "alice", console));
    return new Said(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream printer(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
