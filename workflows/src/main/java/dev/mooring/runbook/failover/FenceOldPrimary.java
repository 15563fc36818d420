package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.FailoverActivities.Fenced;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.port.FailoverActivities.PoweredOff;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.ControlData;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.FenceActs;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Keeps an old primary from writing before a standby is promoted, by the means that the plan names.
 * Until it is proved, or attested by a person, that it can't write, the run holds.
 */
final class FenceOldPrimary {
  private final RunContext context;
  private final RunbookRun run;
  private final FailoverRequest request;
  private final ObservedFailover observed;
  private final Move move;
  private final FailoverCalls ports;
  private final FenceActs acts;
  private final Optional<FenceCommand> command;
  private final FenceMeans means;
  private final boolean unattended;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private final List<String> degraded = new ArrayList<>();

  /** The power-off command was run; only its check shows whether the host is off. */
  private boolean switched;

  private boolean off;
  private boolean attested;

  /** How often the power was checked after the power-off. */
  private int timesAsked;

  /** Its host proved that no process of its server is left. */
  private boolean ended;

  private Optional<ControlData> disk = Optional.empty();
  private Optional<Fenced> wal = Optional.empty();

  FenceOldPrimary(
      RunContext context, FailoverRequest request, FailoverLook looked, boolean unattended) {
    this.context = context;
    this.run = context.run();
    this.request = request;
    this.observed = looked.observed();
    this.move = looked.move();
    this.ports = looked.ports();
    this.acts = new FenceActs(move.cluster());
    this.command = FenceMeans.command(observed, move, request);
    this.means = FenceMeans.of(observed, command, request.lost());
    this.unattended = unattended;
  }

  List<ProofRecord> proofs() {
    return proofs;
  }

  /** The degraded facts of the fence; {@link #inWords} names the fence itself. */
  List<String> degraded() {
    return degraded;
  }

  /** What an operator must know about the old primary afterwards. */
  String afterwards() {
    if (attested) {
      return String.format(
          "that %s can't write any more is attested by %s alone, nothing fenced it: keep it from"
              + " starting, and run `mooring resilver %s --instances %s` if it comes back",
          move.from().id(), request.by(), move.cluster().name(), move.from().id());
    }
    return off
        ? String.format(
            "host %s is powered off and stays so, %s is %s: power it on%s, then"
                + " `mooring resilver %s --instances %s`",
            move.from().host(),
            move.from().id(),
            ended ? "fenced on its disks" : "not known to be fenced on its disks",
            ended ? "" : " while nothing starts it as a primary",
            move.cluster().name(),
            move.from().id())
        : String.format(
            "%s is fenced and stays down, what only it has is listed and kept by"
                + " `mooring resilver %s --instances %s`",
            move.from().id(), move.cluster().name(), move.from().id());
  }

  /** Its control file, read after its server ended; empty if its host did not report it. */
  Optional<ControlData> disk() {
    return disk;
  }

  /** The fence result with the WAL on its disk; empty if its host was not asked about WAL. */
  Optional<Fenced> wal() {
    return wal;
  }

  /** The same; the host is asked again if its WAL could not be read. */
  Optional<Fenced> walReadAgain() {
    if (wal.filter(read -> !read.walUnread().isEmpty()).isPresent()) {
      wal =
          Optional.of(
              acts.fence(
                  run.call(FailoverStep.FETCH_WAL),
                  move.from(),
                  answeredBy(),
                  FetchMissingWal.positionOf(observed, move).stream().toList()));
    }
    return wal;
  }

  /** Whether only a person's attestation says that it can't write. */
  boolean isAttested() {
    return attested;
  }

  /** The old primary, if its host proved that it is stopped and was not powered off since. */
  List<Instance> onItsHost() {
    return ended && !off ? List.of(move.from()) : List.of();
  }

  /** Whether its host was powered off. */
  boolean isOff() {
    return off;
  }

  /** How it is kept from writing, for a headline. */
  String inWords() {
    if (attested) {
      return move.from().id() + " is lost, as " + request.by() + " attests";
    }
    return move.from().id() + (off ? " is powered off" : " is fenced");
  }

  /**
   * Returns once the fence is proved, or the loss is attested by a person. Until then the run
   * holds: no standby is promoted while the old primary may write.
   *
   * @param writing the members that accept writes, at the time of an undo
   * @param beside undoes what was begun in parallel; safe to call twice
   */
  void ensure(Supplier<List<InstanceId>> writing, Runnable beside) {
    if (means == FenceMeans.ATTESTED) {
      run.step(FailoverStep.FENCE, this::attested, Undo.by(beside));
      return;
    }
    run.step(
        FailoverStep.FENCE,
        () -> untilFenced(FailoverStep.FENCE, beside),
        Undo.by(
            () -> {
              undone(writing.get());
              beside.run();
            }));
  }

  private void untilFenced(FailoverStep step, Runnable otherwise) {
    run.untilDone(step, this::notFenced, () -> new Hold(true, ""), () -> fencedOr(step, otherwise));
  }

  /** While the run holds, the old primary may work, and clients must reach it. */
  private void fencedOr(FailoverStep step, Runnable otherwise) {
    try {
      if (means == FenceMeans.COMMAND) {
        offOrAttested();
      } else {
        fencedOrOff(step);
      }
    } catch (TemporalFailure | RunbookStop e) {
      if (!CancellationScope.current().isCancelRequested()) {
        otherwise.run();
      }
      throw e;
    }
  }

  /**
   * Fences once more, in parallel with CUT_OFF. A server that was starting when its fence was
   * written may have read its configuration before; its processes are visible soon after.
   */
  void ensureStillEnded() {
    if (ended && !off) {
      untilFenced(FailoverStep.CUT_OFF, () -> {});
    }
  }

  /**
   * Verifies right before the promotion that the host is still off: a person may have powered it on
   * again, or it may have started automatically.
   *
   * @return whether the run held here, so that earlier observations are out of date
   */
  boolean ensureStillOff() {
    int before = timesAsked;
    if (off) {
      run.untilDone(
          FailoverStep.LAST_LOOK, this::notFenced, () -> new Hold(true, ""), this::stillOff);
    }
    return timesAsked - before > 1;
  }

  private void stillOff() {
    timesAsked++;
    FenceCommand fence = power().orElseThrow();
    PowerObserved seen =
        ports.power(run.call(FailoverStep.LAST_LOOK), move.from(), fence, move.to().site());
    switch (seen.power()) {
      case OFF -> {
        // still off
      }
      case ON ->
          throw RunbookStop.failed(
              FailureCode.HOST_REFUSED,
              String.format(
                  "host %s was powered off and is on again, by the check of %s (%s)",
                  move.from().host(), fence.inWords(), seen.said()));
      case UNKNOWN ->
          throw RunbookStop.failed(
              FailureCode.OUTCOME_UNKNOWN,
              String.format(
                  "whether host %s is still off is not known: the check of %s ended with %s",
                  move.from().host(), fence.inWords(), seen.said()));
    }
  }

  private void attested() {
    attested = true;
    proofs.add(proof("attested", request.by() + ": " + request.lost()));
  }

  private ProofRecord proof(String how, String words) {
    return new ProofRecord(move.from().id() + "'s fence", List.of(new Fact(how, words)));
  }

  private void fencedOrOff(FailoverStep step) {
    try {
      fencedOnItsHost(step);
    } catch (TemporalFailure e) {
      offInstead(e);
    }
  }

  /** Each attempt asks again for WAL that only its disk has: it may have run meanwhile. */
  private void fencedOnItsHost(FailoverStep step) {
    List<WalPosition> beyond = FetchMissingWal.positionOf(observed, move).stream().toList();
    Fenced fenced = acts.fence(run.call(step), move.from(), answeredBy(), beyond);
    disk = Optional.of(fenced.control());
    wal = Optional.of(fenced).filter(asked -> !beyond.isEmpty());
    if (ended && fenced.found() == ServerProcess.STOPPED) {
      return;
    }
    ended = true;
    proofs.add(
        proof(
            "on_its_host",
            String.format(
                "found %s, stopped since: %s", fenced.found(), fenced.control().state())));
  }

  /**
   * If the host answered before and does not now, powers it off if that is possible and its disk is
   * not needed.
   */
  private void offInstead(TemporalFailure e) {
    Explained why = Explained.unlessStopped(e);
    boolean mayWrite = Explained.isHostSilent(e) || why.isOutcomeUnknown();
    if (FenceMeans.power(move).isEmpty() || !mayWrite) {
      throw e;
    }
    // it may have written since its last answer
    wal = Optional.empty();
    List<String> against = againstPower();
    if (!against.isEmpty()) {
      throw RunbookStop.failed(
          why.code(),
          String.format(
              "%s; host %s is not powered off, because %s: a new plan with `--override %s --reason"
                  + " WHY` does that",
              why.sentence(),
              move.from().host(),
              String.join(", and ", against),
              String.join(",", ofTheNextPlan())));
    }
    if (!ended && request.overrides(FailoverRule.AFTER_REBOOT)) {
      context
          .deciding()
          .overridden(List.of(FailoverRule.AFTER_REBOOT.text()), request.by(), request.reason());
    }
    poweredOff();
  }

  /** The rules that a new plan must override to power off the host, which is silent by then. */
  private Set<String> ofTheNextPlan() {
    Set<String> rules = new TreeSet<>(request.overrides());
    rules.add(FailoverRule.AFTER_REBOOT.text());
    if (FetchMissingWal.isLossUnknown(observed, move)) {
      rules.add(FailoverRule.FETCH_WAL.text());
    }
    return rules;
  }

  private List<String> againstPower() {
    List<String> against = new ArrayList<>();
    if (power().isEmpty()) {
      against.add("nothing shows that " + move.from().id() + " stays down once it is on again");
    }
    if (!unattended && FetchMissingWal.isNeeded(request, observed, move)) {
      against.add("what is lost is not known without its disk");
    }
    return against;
  }

  /**
   * The command that may power off its host. Once its host proved that the server is ended, the
   * fence in its configuration is on disk and keeps it down after a reboot too.
   */
  private Optional<FenceCommand> power() {
    return ended ? FenceMeans.power(move) : command;
  }

  private void offOrAttested() {
    try {
      poweredOff();
    } catch (TemporalFailure e) {
      Explained why = Explained.unlessStopped(e);
      // a check that says that the host is on outweighs the attestation
      if (!FenceMeans.attestedCounts(observed, request.lost())
          || why.code() == FailureCode.HOST_REFUSED) {
        throw e;
      }
      degraded.add(
          String.format(
              "%s failed (%s): that %s can't write is attested alone",
              command.orElseThrow().inWords(), why.sentence(), move.from().id()));
      attested();
    }
  }

  private void poweredOff() {
    FenceCommand fence = power().orElseThrow();
    switched = true;
    PoweredOff done =
        ports.powerOff(run.call(FailoverStep.FENCE), move.from(), fence, move.to().site());
    off = true;
    proofs.add(
        proof(
            "powered_off",
            String.format(
                "%s: %s; its check says '%s'",
                fence.inWords(), done.wasOff() ? "was off already" : "powered off", done.said())));
  }

  private SiteName answeredBy() {
    return observed.hostAnswersTo().get(0);
  }

  private String notFenced() {
    return String.format(
        "%s is not known to be %sfenced and may accept writes; no standby is promoted before it is."
            + " `mooring roll-back %s --reason WHY` ends the run without a promotion",
        move.from().id(), ended && !off ? "still " : "", Workflow.getInfo().getWorkflowId());
  }

  private String leftToAPerson() {
    String how =
        ended
            ? "%s stays fenced: no person approved this run"
            : "whether %s is fenced, and whether it writes, is not known: no person approved this"
                + " run";
    return String.format(
        how
            + ", and only a person removes a fence. `mooring plan failover %s` shows what can be"
            + " done now",
        move.from().id(),
        move.cluster().name());
  }

  /**
   * Removes the fence. It stays if another member accepts writes, if the host was powered off, or
   * if no person approved or stopped the run. Only a person starts the server.
   */
  private void undone(List<InstanceId> writing) {
    if (switched) {
      run.stays(
          String.format(
              off ? "host %s was powered off and stays off" : "host %s may have been powered off",
              move.from().host()));
    }
    if (off && ended) {
      run.stays(
          String.format(
              "%s stays fenced on its disks. `mooring plan failover %s` shows what can be done now",
              move.from().id(), move.cluster().name()));
    }
    if (off || means == FenceMeans.COMMAND) {
      return;
    }
    if (!writing.isEmpty()) {
      run.stays(move.from().id() + " stays fenced, for " + writing + " accepts writes");
      return;
    }
    if (unattended && !run.isStoppedByAPerson()) {
      run.stays(leftToAPerson());
      return;
    }
    try {
      acts.lift(run.call(FailoverStep.FENCE), move.from(), answeredBy());
      run.leaves(
          ended
              ? move.from().id() + " is stopped, and may be started as the primary again"
              : move.from().id() + " is not fenced any more, and may run and write");
    } catch (TemporalFailure e) {
      String why = Explained.of(e).sentence();
      run.stays(
          ended
              ? String.format("%s stays fenced (%s): none accepts writes", move.from().id(), why)
              : String.format(
                  "whether %s is fenced, and whether it writes, is not known (%s)",
                  move.from().id(), why));
    }
  }
}
