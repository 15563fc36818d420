package dev.mooring.runbook.startprimary;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PrimaryActivities.StartBarred;
import dev.mooring.port.PrimaryActivities.Started;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.StepGroup;
import dev.mooring.runbook.members.CatchUp;
import dev.mooring.runbook.members.RoleChangeCommand;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy.Role;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Starts the primary, and checks that it accepts writes and which standbys stream from it. */
final class StartStoppedPrimary implements StepGroup {
  private final RunbookRun run;
  private final StartLook looked;
  private final ObservedStart observed;
  private final Instance primary;
  private final StartCalls ports;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private final List<String> degraded = new ArrayList<>();
  private final RoleChangeCommand change;

  /** The commands of the cluster file that failed. */
  private List<String> commands = List.of();

  private String headed = "accepts writes";

  StartStoppedPrimary(RunContext context, StartLook looked) {
    this.run = context.run();
    this.looked = looked;
    this.observed = looked.observed();
    this.primary = observed.primary();
    this.ports = looked.ports();
    this.change =
        new RoleChangeCommand(context.cluster(), primary.id(), () -> run.call(StartStep.VERIFY));
    proofs.add(looked.before());
  }

  @Override
  public List<ProofRecord> proofs() {
    return List.copyOf(proofs);
  }

  @Override
  public List<String> degraded() {
    return Stream.concat(degraded.stream(), commands.stream()).toList();
  }

  /** Ends with the primary writing, or throws with it still stopped. */
  String make() {
    run.pivot(StartStep.START, () -> RunbookRun.untilOutcomeKnown(this::startedOrBarred));
    Workflow.newDetachedCancellationScope(this::seen).run();
    return String.format(
        "%s %s on timeline %s; standbys: %s",
        primary.id(),
        headed,
        observed.timeline(),
        degraded.isEmpty() ? "all stream" : "see the degraded lines");
  }

  /** A start that failed either happened all the same, or is barred and never will. */
  private InstanceId startedOrBarred() {
    try {
      Started started = ports.start(run.call(StartStep.START), primary, observed.system());
      return started.instance();
    } catch (TemporalFailure e) {
      Explained why = Explained.of(e);
      StartBarred barred =
          run.untilDone(
              StartStep.START,
              () -> notKnown(why),
              () -> looked.hold(primary.id().value()),
              () -> ports.bar(run.call(StartStep.START), primary, observed.system()));
      if (!barred.takesWrites()) {
        throw RunbookStop.rolledBack(
            why.code(),
            String.format("%s is stopped, as it was: %s", primary.id(), why.sentence()));
      }
      return barred.instance();
    }
  }

  private String notKnown(Explained why) {
    return String.format(
        "Whether %s accepts writes is not known (%s): promote no instance before that is known",
        primary.id(), why.sentence());
  }

  private void seen() {
    for (Instance other : observed.others()) {
      if (!observed.running().contains(other)) {
        degraded.add(
            String.format(
                "%s does not run as a standby of %s (%s): start it if it is one, else run `mooring"
                    + " resilver`",
                other.id(), primary.id(), observed.kindOf(other)));
      }
    }
    if (!observed.running().isEmpty()) {
      run.forward(StartStep.STREAMING, this::streaming);
    }
    run.forward(
        StartStep.VERIFY,
        () ->
            run.untilDone(
                StartStep.VERIFY,
                () ->
                    primary.id()
                        + " was started, and is not proved to be the only one that accepts writes",
                () -> looked.hold(""),
                this::verified));
  }

  /** A standby that does not stream is reported and not waited for. */
  private void streaming() {
    List<Instance> awaited = observed.running();
    try {
      StandbysAwaited came = ports.awaitStreaming(run.call(StartStep.STREAMING), primary, awaited);
      came.behind().stream().map(CatchUp::inWords).forEach(degraded::add);
      run.note(StartStep.STREAMING, came.streaming() + " stream from " + primary.id());
    } catch (TemporalFailure e) {
      degraded.add(
          String.format(
              "which standbys stream from %s was not read: %s",
              primary.id(), Explained.of(e).sentence()));
    }
  }

  private void verified() {
    refuseAnother();
    List<Fact> facts = new ArrayList<>();
    List<String> unseen = new ArrayList<>();
    written(unseen)
        .ifPresent(
            seen -> {
              facts.add(new Fact("written", seen.at() + " on timeline " + seen.timeline()));
              seen.trouble().ifPresent(this::readOnly);
            });
    MemberObserved read = read();
    facts.add(
        new Fact(
            "read", read.standing().received() + " on timeline " + read.standing().timeline()));
    change.begin(Role.PRIMARY, List.of(primary));
    commands = change.failed();
    degraded.addAll(unseen);
    proofs.add(new ProofRecord("writes", facts));
  }

  private void readOnly(String trouble) {
    degraded.add(trouble);
    headed = "is the primary";
  }

  /** A person may have promoted another member since the last observation. */
  private void refuseAnother() {
    List<InstanceId> others = ports.writersAmong(run.call(StartStep.VERIFY), observed.others());
    if (!others.isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s accepts writes too, beside %s: end this run; `mooring adopt` keeps one and fences"
                  + " the other, then `mooring resilver`",
              others, primary.id()));
    }
  }

  private MemberObserved read() {
    ReplicationObserved seen = ports.read(run.call(StartStep.VERIFY), primary);
    MemberObserved member =
        seen.members().stream()
            .findFirst()
            .orElseThrow(
                () ->
                    RunbookStop.failed(
                        seen.failures().get(0).code(), seen.failures().get(0).message()));
    if (member.standing().inRecovery()) {
      throw RunbookStop.failed(FailureCode.NO_PRIMARY, primary.id() + " is in recovery");
    }
    return member;
  }

  /** Commits may wait for standbys that are down: a resilver fixes that, and needs the locks. */
  private Optional<WriteProved> written(List<String> unseen) {
    try {
      return Optional.of(ports.write(run.call(StartStep.VERIFY), primary));
    } catch (TemporalFailure e) {
      Explained why = Explained.unlessStopped(e);
      if (!why.isOutcomeUnknown()) {
        throw e;
      }
      unseen.add(
          String.format(
              "a commit on %s did not end (%s): check which standbys its commits wait for, and"
                  + " bring that standby back",
              primary.id(), why.sentence()));
      return Optional.empty();
    }
  }
}
