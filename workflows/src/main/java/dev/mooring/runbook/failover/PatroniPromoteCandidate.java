package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PatroniActivities.PatroniMoved;
import dev.mooring.port.PatroniWatchdog;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.patroni.PatroniAuthority;
import dev.mooring.runbook.patroni.PatroniMove;
import dev.mooring.runbook.switchover.OtherWriters;
import dev.mooring.runbook.switchover.PatroniFollowNewPrimary;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes Patroni promote the candidate, and verifies the result. Mooring fences nothing: Patroni
 * keeps the old leader from writing, and the result shows what the old leader's host reported.
 */
final class PatroniPromoteCandidate implements FailoverActs {
  private final RunbookRun run;
  private final FailoverRequest request;
  private final FailoverLook looked;
  private final PatroniFailover means;
  private final Move move;
  private final DisconnectClients cutOff;
  private final OtherWriters others;
  private final PatroniFollowNewPrimary following;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private final List<String> degraded = new ArrayList<>();

  /** What the old leader's host reported last, as the end of a sentence. */
  private Optional<String> shown = Optional.empty();

  /** The old leader's watchdog as it was last read; empty if its host never reported it. */
  private List<PatroniWatchdog> watchdog;

  private @Nullable PatroniMoved moved;
  private String lost = "";
  private String took = "";

  PatroniPromoteCandidate(
      RunContext context,
      FailoverRequest request,
      FailoverLook looked,
      PatroniFailover means,
      List<String> stopped) {
    this.run = context.run();
    this.request = request;
    this.looked = looked;
    this.means = means;
    this.move = looked.move();
    this.watchdog = PatroniFailover.watchdogOf(move.from(), looked.observed().all());
    this.cutOff =
        new DisconnectClients(
            move,
            run,
            FailoverStep.CUT_OFF,
            means.within(move),
            looked.observed().all().endpoints().failures());
    this.others = new OtherWriters(move.cluster(), run);
    this.following =
        new PatroniFollowNewPrimary(
            move, looked.followers(), looked.ahead(), looked.observed().all(), means.calls(), run);
    degraded.addAll(stopped);
    proofs.add(looked.before());
  }

  @Override
  public List<ProofRecord> proofs() {
    List<ProofRecord> all = new ArrayList<>(proofs);
    all.addAll(cutOff.proofs());
    all.addAll(following.proofs());
    return all;
  }

  @Override
  public List<String> degraded() {
    List<String> all = new ArrayList<>(degraded);
    all.addAll(cutOff.degraded());
    all.addAll(following.degraded());
    return all;
  }

  @Override
  public void fence() {
    run.step(
        FailoverStep.FENCE,
        () -> {
          List<Fact> seen = old(FailoverStep.FENCE);
          run.note(FailoverStep.FENCE, inWords());
          return seen;
        },
        Undo.nothing("nothing is fenced: what keeps an old leader from writing is Patroni's"));
    cutOff.ensure();
  }

  @Override
  public void promote() {
    lost = run.observe(FailoverStep.LAST_LOOK, this::lastLook);
    PatroniMoved done = moved();
    moved = done;
    took = looked.heldFor();
    proofs.add(
        new ProofRecord(
            move.to().id().value(),
            List.of(
                new Fact("state", "leader of Patroni"),
                new Fact("timeline", done.timeline().toString()),
                new Fact("lost", lost),
                new Fact("promoted_after_the_locks_were_held", took))));
  }

  @Override
  public String followNewPrimary() {
    PatroniMoved done = Objects.requireNonNull(moved, "nothing was promoted yet");
    for (Instance sibling : move.siblings()) {
      if (!looked.followers().contains(sibling)) {
        degraded.add(
            sibling.id() + " did not answer, and was not waited for: `mooring status` shows it");
      }
    }
    following.goOnWithoutOld(
        done, looked.observed().lineage().timeline(), () -> old(FailoverStep.VERIFY));
    String besideTheFence = FailoverActs.inShort(degraded());
    if (shown.isEmpty()) {
      degraded.add(inWords());
    }
    return String.format(
        "%s is the leader on timeline %s, %s after the locks were held; %s%s; lost: %s",
        move.to().id(), done.timeline(), took, besideTheFence, inWords(), lost);
  }

  private PatroniMoved moved() {
    return new PatroniMove(
            means.calls(),
            new PatroniAuthority(move.cluster()),
            run,
            FailoverStep.PROMOTE,
            means.times())
        .failOver(move.from(), move.to(), means.within(move));
  }

  /** A member may accept writes by now; only an old leader may, if primary-gone is overridden. */
  private String lastLook() {
    InstanceId old = move.from().id();
    OtherWriters.refuseAny(
        move.to().id(),
        others.writing().stream()
            .filter(id -> !(id.equals(old) && request.overrides(FailoverRule.PRIMARY_GONE)))
            .toList());
    Call call = run.call(FailoverStep.LAST_LOOK);
    return CandidateChoice.lastLook(looked, request, looked.observed().disk(), true, call)
        .loss()
        .words();
  }

  /** What the old leader's host reports now. */
  private List<Fact> old(FailoverStep step) {
    ObservedMembers now = looked.ports().observe(run.call(step));
    Instance old = move.from();
    List<PatroniWatchdog> stands = PatroniFailover.watchdogOf(old, now);
    watchdog = stands.isEmpty() ? watchdog : stands;
    boolean recovers = now.member(old).filter(one -> one.standing().inRecovery()).isPresent();
    shown = now.role(old).flatMap(role -> stopped(role, recovers));
    return List.of(
        new Fact(
            "old_leader",
            shown.orElseGet(
                () ->
                    now.role(old)
                        .map(role -> role.process() + ", " + role.control().state())
                        .orElse("its host is silent"))));
  }

  private static Optional<String> stopped(InstanceRole role, boolean recovers) {
    if (role.process() == ServerProcess.STOPPED) {
      return Optional.of("nothing of its server runs on its host");
    }
    return recovers ? Optional.of("its server is in recovery") : Optional.empty();
  }

  /** Patroni fences, and the headline claims only what was observed. */
  private String inWords() {
    return String.format(
        "Patroni's leader lock keeps %s from writing, watchdog: %s; %s",
        move.from().id(),
        PatroniWatchdog.inWords(watchdog),
        shown
            .map(what -> "Mooring proved that " + what)
            .orElse(
                "its host did not show it stopped or in recovery, so that this rests on Patroni"
                    + " alone"));
  }
}
