package dev.mooring.activities.host;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The output of a script that ran to its end, by subject.
 *
 * @param host its output about the host as a whole
 * @param subjects its output about each subject
 */
public record ScriptResult(Said host, Map<String, Said> subjects) {
  public ScriptResult {
    subjects = Map.copyOf(subjects);
  }

  /** Results and failures of the instances of one call; each instance is in one list, once. */
  public record PerInstance<R>(List<R> results, List<InstanceFailure> failures) {
    public PerInstance {
      results = List.copyOf(results);
      failures = List.copyOf(failures);
    }
  }

  /** The output about a subject; empty for a subject without a call. */
  public Said of(String subject) {
    return subjects.getOrDefault(subject, new Said(subject, Map.of()));
  }

  /**
   * Reads the output about each instance. A refusal of the script, and text that can't be read,
   * becomes that instance's failure.
   *
   * @param items the items of the call
   * @param id the instance an item is about
   * @param read turns the output into the item's result
   */
  public <I, R> PerInstance<R> read(
      List<I> items, Function<I, InstanceId> id, BiFunction<I, Said, R> read) {
    List<R> results = new ArrayList<>();
    List<InstanceFailure> failures = new ArrayList<>();
    for (I item : items) {
      InstanceId instance = id.apply(item);
      Said said = of(instance.value());
      try {
        said.requireDone();
        results.add(read.apply(item, said));
      } catch (InstanceRefusal refusal) {
        failures.add(new InstanceFailure(instance, refusal.code(), message(refusal)));
      } catch (IllegalArgumentException unreadable) {
        failures.add(
            new InstanceFailure(instance, FailureCode.STATE_UNREADABLE, message(unreadable)));
      }
    }
    return new PerInstance<>(results, failures);
  }

  /**
   * The same for the one instance of a call.
   *
   * @throws io.temporal.failure.ApplicationFailure instead of its failure
   */
  public <R> R readOnly(Instance only, BiFunction<Instance, Said, R> read) {
    PerInstance<R> answer = read(List.of(only), Instance::id, read);
    for (InstanceFailure failure : answer.failures()) {
      throw HostFailures.of(failure.code(), failure.instance() + ": " + failure.message(), null);
    }
    return answer.results().get(0);
  }

  private static String message(RuntimeException failure) {
    return String.valueOf(failure.getMessage());
  }
}
