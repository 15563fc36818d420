package dev.mooring.activities.host;

import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.port.HostWork;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Runs scripts on hosts. Every failure of the host as a whole is an {@code ApplicationFailure}
 * whose type is a {@link dev.mooring.port.FailureCode}.
 */
public interface HostShell {

  /**
   * Runs a script to its end.
   *
   * @param deadline how long the host may take; without the last word by then the host is silent
   * @param progress receives, on the caller's thread, the script's progress: subject and text
   */
  ScriptResult run(
      Host host, Script script, Duration deadline, BiConsumer<String, String> progress);

  /**
   * Runs a script that asks for a word, and gives it one once it does.
   *
   * @param word returns the word, on the caller's thread; not called for a script that never asks
   */
  ScriptResult ask(Host host, Script script, Duration deadline, Supplier<String> word);

  /** Runs a script that calls a function per instance of a host, and reads its output for each. */
  default <R> PerInstance<R> each(
      HostWork on, Script script, Duration deadline, BiFunction<Instance, Said, R> read) {
    return run(on.host(), script, deadline).read(on.instances(), Instance::id, read);
  }

  /** The same for the one instance that a request is about; its failure is the host's failure. */
  default <R> R only(
      HostWork on, Script script, Duration deadline, BiFunction<Instance, Said, R> read) {
    return run(on.host(), script, deadline).readOnly(OfInstance.only(on), read);
  }

  /** Runs a script that reports no progress. */
  default ScriptResult run(Host host, Script script, Duration deadline) {
    return run(host, script, deadline, (subject, text) -> {});
  }
}
