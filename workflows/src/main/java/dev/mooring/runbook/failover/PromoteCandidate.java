package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.FailoverActivities.Promote;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.switchover.FollowNewPrimary;
import dev.mooring.runbook.switchover.OtherWriters;
import dev.mooring.runbook.switchover.PrepareTarget;
import dev.mooring.runbook.switchover.Promotion;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Fences the old primary, promotes the candidate, and moves standbys and endpoints to it. */
final class PromoteCandidate implements FailoverActs {
  private final RunbookRun run;
  private final FailoverLook looked;
  private final FailoverRequest request;
  private final ObservedFailover observed;
  private final Move move;
  private final FailoverCalls ports;
  private final boolean unattended;
  private final ProofRecord before;
  private final FenceOldPrimary fencing;
  private final DisconnectClients cutOff;
  private final FetchMissingWal fetching;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private final List<String> degraded = new ArrayList<>();

  private final OtherWriters others;
  private FollowNewPrimary following;

  /** What the promotion loses, as last observed. */
  private String lost = "";

  private @Nullable TakenOver taken;
  private String took = "";

  /**
   * After everything was observed under the locks.
   *
   * @param stopped runs whose locks were taken over
   * @param unattended whether no person approved it
   */
  PromoteCandidate(
      RunContext context,
      FailoverRequest request,
      FailoverLook looked,
      List<String> stopped,
      boolean unattended) {
    this.run = context.run();
    this.looked = looked;
    this.request = request;
    this.observed = looked.observed();
    this.move = looked.move();
    this.ports = looked.ports();
    this.unattended = unattended;
    this.fencing = new FenceOldPrimary(context, request, looked, unattended);
    this.cutOff =
        new DisconnectClients(
            move,
            run,
            FailoverStep.CUT_OFF,
            move.policy().failover().promoteWithin(),
            observed.all().endpoints().failures());
    this.fetching = new FetchMissingWal(context, request, looked);
    this.others = new OtherWriters(move.cluster(), run);
    this.following = following(List.of());
    this.before = looked.before();
    degraded.addAll(stopped);
  }

  /**
   * Standbys that answer and are past the fork: they are not configured to follow. There are none
   * if the candidate has all WAL of the old disk: the old primary wrote to its disk whatever it
   * sent.
   */
  private List<Instance> ahead() {
    return fetching.hasAllTo().isPresent() ? List.of() : looked.ahead();
  }

  private List<Instance> followers() {
    List<Instance> ahead = ahead();
    return looked.followers().stream().filter(one -> !ahead.contains(one) && !isOff(one)).toList();
  }

  private FollowNewPrimary following(List<Instance> followers) {
    return new FollowNewPrimary(
        move.among(followers), followers, fencing.onItsHost(), observed.all(), run);
  }

  @Override
  public List<ProofRecord> proofs() {
    List<ProofRecord> all = new ArrayList<>(List.of(before));
    all.addAll(fencing.proofs());
    all.addAll(cutOff.proofs());
    all.addAll(fetching.proofs());
    all.addAll(proofs);
    all.addAll(following.proofs());
    return all;
  }

  @Override
  public List<String> degraded() {
    List<String> all = new ArrayList<>(degraded);
    all.addAll(cutOff.degraded());
    all.addAll(fetching.degraded());
    all.addAll(following.degraded());
    return all;
  }

  @Override
  public void fence() {
    cutOff.begin();
    fencing.ensure(others::writing, cutOff::revertBegun);
    waited();
    cutOff.ensure(fencing::ensureStillEnded);
    fetching.ensure(fencing);
  }

  @Override
  public void promote() {
    List<Instance> followers = followers();
    following =
        following(
            new PrepareTarget(move.among(followers), observed.all(), run)
                .prepareFor(followers, degraded));
    others.refuseAny(move.to().id(), mayWrite(), this::stillGoodEnough, fencing::ensureStillOff);
    TakenOver done = promoted();
    taken = done;
    took = looked.heldFor();
    proofs.add(
        new ProofRecord(
            done.instance().value(),
            List.of(
                new Fact("state", "in production"),
                new Fact("timeline", done.timeline().toString()),
                new Fact("fork", done.fork().toString()),
                new Fact("lost", lost),
                new Fact("promoted_after_the_locks_were_held", took))));
    run.note(
        FailoverStep.PROMOTE,
        String.format("timeline %s begins at %s", done.timeline(), done.fork()));
  }

  @Override
  public String followNewPrimary() {
    TakenOver done = Objects.requireNonNull(taken, "nothing was promoted yet");
    degraded.addAll(fencing.degraded());
    degraded.add(fencing.afterwards());
    siblingsLeft();
    following.goOnWithoutOld(observed.lineage().timeline(), done);
    return String.format(
        "%s is the primary on timeline %s, %s after the locks were held; %s%s; lost: %s",
        move.to().id(),
        done.timeline(),
        took,
        FailoverActs.inShort(besideTheFence()),
        fencing.inWords(),
        lost);
  }

  /** The degraded facts without the fence, which the headline names itself. */
  private List<String> besideTheFence() {
    return degraded().stream().filter(one -> !one.equals(fencing.afterwards())).toList();
  }

  private List<Instance> mayWrite() {
    return move.cluster().members().stream().filter(member -> !isOff(member)).toList();
  }

  /** Whether its host is powered off: a call to it would only wait. */
  private boolean isOff(Instance member) {
    return fencing.isOff() && move.isOnHostOfOld(member);
  }

  /**
   * Waits for waitBeforePromote of the cluster file; a cancel during it rolls the run back. The
   * fence is verified again afterwards. After an attested loss there is nothing to wait for.
   */
  private void waited() {
    Duration wait = move.policy().failover().waitBeforePromote();
    if (!wait.isZero() && !fencing.isAttested()) {
      run.note(FailoverStep.FENCE, "waits " + DurationText.of(wait) + " since then");
      Workflow.sleep(wait);
    }
  }

  /** Reports each standby that does not follow, and why. */
  private void siblingsLeft() {
    List<Instance> ahead = ahead();
    for (Instance sibling : move.siblings()) {
      if (isOff(sibling)) {
        degraded.add(
            String.format(
                "%s is on host %s, which is powered off, and does not follow: `mooring resilver`"
                    + " once it is on again",
                sibling.id(), sibling.host()));
      } else if (ahead.contains(sibling)) {
        degraded.add(
            String.format(
                "%s has more of the old primary's WAL than %s and can't follow it:"
                    + " `mooring resilver %s --instances %s` keeps that and lists it",
                sibling.id(), move.to().id(), move.cluster().name(), sibling.id()));
      } else if (!observed.canFollow(sibling)) {
        degraded.add(
            observed.isSilent(sibling)
                ? sibling.id()
                    + " and its host did not answer, whether it accepts writes is not known: run"
                    + " `mooring whois` once they do"
                : sibling.id() + " did not answer, and does not follow: `mooring status` shows it");
      }
    }
  }

  private void stillGoodEnough() {
    boolean reported = unattended || fetching.hasAllTo().isPresent() || looked.isLossLetBe();
    Candidate last =
        CandidateChoice.lastLook(
            looked, request, fencing.disk(), reported, run.call(FailoverStep.LAST_LOOK));
    lost = last.hasAll() ? last.loss().words() : fetching.lostBeside(last.loss().words());
  }

  private TakenOver promoted() {
    Promote promote =
        ports.promotion(
            run.call(FailoverStep.PROMOTE),
            move.to(),
            observed.lineage().system(),
            observed.lineage().timeline(),
            move.policy().failover().promoteWithin());
    return new Promotion(
            run, FailoverStep.PROMOTE, move.to().id(), () -> ports.bar(promote, move.to()))
        .promote(() -> ports.promote(promote, move.to()), this::notKnown, () -> {});
  }

  private String notKnown(Explained why) {
    return String.format(
        "%s is fenced. Whether %s was promoted is not known (%s): promote no other instance before"
            + " that is known",
        move.from().id(), move.to().id(), why.sentence());
  }
}
