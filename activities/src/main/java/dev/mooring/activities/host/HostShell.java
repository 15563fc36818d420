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
   * @param deadline how long the host may take; one that says no last word by then is silent
   * @param progress gets, on the caller's thread, what the script says on its way: subject and text
   */
  ScriptResult run(
      Host host, Script script, Duration deadline, BiConsumer<String, String> progress);

  /**
   * Runs a script that asks for a word, and gives it one once it does.
   *
   * @param word the word for it, asked for on the caller's thread; a script that never asks gets
   *     none
   */
  ScriptResult ask(Host host, Script script, Duration deadline, Supplier<String> word);

  /** Runs a script that was called for each instance of a host, and reads what it said of each. */
  default <R> PerInstance<R> each(
      HostWork on, Script script, Duration deadline, BiFunction<Instance, Said, R> read) {
    return run(on.host(), script, deadline).read(on.instances(), Instance::id, read);
  }

  /** The same of the one instance that a request is about; what fails is the host's failure. */
  default <R> R only(
      HostWork on, Script script, Duration deadline, BiFunction<Instance, Said, R> read) {
    return run(on.host(), script, deadline).readOnly(OfInstance.only(on), read);
  }

  /** Runs a script that says nothing on its way. */
  default ScriptResult run(Host host, Script script, Duration deadline) {
    return run(host, script, deadline, (subject, text) -> {});
  }
}
