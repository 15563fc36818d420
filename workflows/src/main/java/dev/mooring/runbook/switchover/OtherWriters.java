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
 * A person may promote or start another instance while the run works: two must never accept writes.
 */
public final class OtherWriters {
  private final Cluster cluster;
  private final SwitchoverCalls ports;
  private final Steps run;
  private boolean anotherWrites;

  /** Of that cluster, as its members are seen during that run. */
  public OtherWriters(Cluster cluster, Steps run) {
    this.cluster = cluster;
    this.ports = new SwitchoverCalls(cluster);
    this.run = run;
  }

  /**
   * Who accepts writes.
   *
   * @param unasked members that could not be asked: a server that does not answer accepts no writes
   *     that a client could observe; of a server that was not asked, nothing is known
   */
  record Writers(List<InstanceId> writing, List<InstanceFailure> unasked) {
    Writers {
      writing = List.copyOf(writing);
      unasked = List.copyOf(unasked);
    }
  }

  /** Whether another accepted writes when it was looked last: no command is told then. */
  boolean anotherWrites() {
    return anotherWrites;
  }

  /**
   * Looks once more.
   *
   * @param but who may accept writes
   * @param otherwise what must not be done where another does
   */
  Writers refuse(InstanceId but, String otherwise) {
    Writers seen = ports.writersInOutage(run.call(SwitchoverStep.LAST_LOOK));
    refuse(seen.writing(), but, otherwise);
    return seen;
  }

  /** The same while clients are held: a member that takes long to answer is not waited for. */
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

  /** Keeps whether an act failed because another accepts writes. */
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

  /** Who is seen to accept writes now; one that takes long to answer is not waited for. */
  public List<InstanceId> writing() {
    return writing(cluster.members());
  }

  private List<InstanceId> writing(List<Instance> asked) {
    return ports.writersAtOnce(run.call(SwitchoverStep.LAST_LOOK), asked);
  }

  /**
   * Fails if any instance accepts writes: a person or another run promoted or started it.
   *
   * @param candidate which is to be promoted
   * @param asked all members but those whose hosts are seen to be off
   * @param also what else is looked at in that step, at the same time
   * @param held makes sure of what must hold last of all; true where that took long enough for the
   *     looks to be of the past
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

  /** The same of those that were seen to accept writes. */
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
