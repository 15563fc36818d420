package dev.mooring.runbook.switchover;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A person may promote or start another instance while the run works. Two instances must never
 * accept writes.
 */
public final class OtherWriters {
  private final Cluster cluster;
  private final SwitchoverCalls ports;
  private final Steps run;
  private boolean anotherWrites;

  /** For the members of that cluster, observed by that run. */
  public OtherWriters(Cluster cluster, Steps run) {
    this.cluster = cluster;
    this.ports = new SwitchoverCalls(cluster);
    this.run = run;
  }

  /**
   * The members that accept writes.
   *
   * @param unasked members that could not be asked: a server that does not answer accepts no writes
   *     that a client could observe, but nothing is known of a server that was not asked
   */
  record Writers(List<InstanceId> writing, List<InstanceFailure> unasked) {
    Writers {
      writing = List.copyOf(writing);
      unasked = List.copyOf(unasked);
    }
  }

  /** Whether another member accepted writes when last observed: no hand command is shown then. */
  boolean anotherWrites() {
    return anotherWrites;
  }

  /**
   * Observes; fails if another member accepts writes.
   *
   * @param but the member that may accept writes
   * @param otherwise what must not be done beside another writer
   */
  Writers refuse(InstanceId but, String otherwise) {
    Writers seen = ports.writersInOutage(run.call(SwitchoverStep.LAST_LOOK));
    refuse(seen.writing(), but, otherwise);
    return seen;
  }

  /** The same while clients are paused: it does not wait for a member that is slow to answer. */
  void refuseAtOnce(InstanceId but, String otherwise) {
    refuse(writing(), but, otherwise);
  }

  private void refuse(List<InstanceId> writing, InstanceId but, String otherwise) {
    List<InstanceId> others = writing.stream().filter(writer -> !writer.equals(but)).toList();
    if (!others.isEmpty()) {
      anotherWrites = true;
      throw RunbookStop.failed(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s accepts writes: a person or another run promoted or started it, and %s %s",
              others, but, otherwise));
    }
  }

  /** Runs an act, and remembers whether it failed because another member accepts writes. */
  <T> T seeing(Supplier<T> act) {
    anotherWrites = false;
    try {
      return act.get();
    } catch (TemporalFailure e) {
      FailureCode code = Explained.of(e).code();
      anotherWrites = code == FailureCode.TWO_PRIMARIES || code == FailureCode.PROMOTED;
      throw e;
    }
  }

  /** The members that accept writes now; it does not wait for one that is slow to answer. */
  public List<InstanceId> writing() {
    return writing(cluster.members());
  }

  private List<InstanceId> writing(List<Instance> asked) {
    return ports.writersAtOnce(run.call(SwitchoverStep.LAST_LOOK), asked);
  }

  /**
   * Fails if any instance accepts writes: a person or another run promoted or started it.
   *
   * @param candidate the instance to be promoted
   * @param asked all members without those whose hosts are powered off
   * @param also another observation of that step, in parallel
   * @param held verifies the last condition; true if it took so long that the observations must be
   *     repeated
   */
  public void refuseAny(
      InstanceId candidate, List<Instance> asked, Runnable also, BooleanSupplier held) {
    run.observe(
        SwitchoverStep.LAST_LOOK,
        () -> {
          do {
            Promise<Void> beside = Async.procedure(also::run);
            refuseAny(candidate, writing(asked));
            beside.get();
          } while (held.getAsBoolean());
        });
  }

  /** Fails if any of these members accepts writes. */
  public static void refuseAny(InstanceId candidate, List<InstanceId> writers) {
    if (!writers.isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s accepts writes by now, and %s must not be promoted beside it",
              writers, candidate));
    }
  }
}
