package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.EarlierPoint;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities.CopyNeeds;
import dev.mooring.runbook.ArchiveObservations;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.publish.PendingPoints.LastPoint;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.PublishPolicy;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The steps of PublishCycle between the pending manifest and the READY one. They change the reasons
 * in the pending manifest, which say why the point is not READY, and mark as archived what {@link
 * StuckArchiver} finds.
 */
final class ProveInArchive {
  private static final Duration LOOK_AT_ARCHIVERS_EVERY = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final PublishCalls ports;
  private final RunbookRun run;
  private final List<EarlierPoint> earlier;
  private final RestorePointName newest;
  private final boolean overridesGap;
  private final Consumer<String> degraded;
  private final Set<String> tried = new TreeSet<>();
  private Manifest pending;
  private boolean isBehindGap;

  /**
   * @param pending the newest point
   * @param earlier the points created before it, the oldest first
   * @param overridesGap whether a gap since the last READY point is only reported
   * @param degraded takes that gap, and the copies whose WAL the archive removed too early
   */
  ProveInArchive(
      Cluster cluster,
      PublishCalls ports,
      RunbookRun run,
      Manifest pending,
      List<EarlierPoint> earlier,
      boolean overridesGap,
      Consumer<String> degraded) {
    this.cluster = cluster;
    this.ports = ports;
    this.run = run;
    this.pending = pending;
    this.earlier = earlier;
    this.newest = pending.name();
    this.overridesGap = overridesGap;
    this.degraded = degraded;
  }

  /** The point to prove: the newest one, or if that is torn, the newest one that is not. */
  Manifest point() {
    return pending;
  }

  /** The newest point, if another one is proved instead; otherwise empty. */
  List<RestorePointName> inPlaceOf() {
    return pending.name().equals(newest) ? List.of() : List.of(newest);
  }

  /**
   * Waits for the proof of every content.
   *
   * @param before the store's points before this run
   */
  List<Manifested> awaitArchive(
      List<Primary> primaries, Optional<Manifest> last, LastPoint before) {
    return run.observe(
        PublishStep.AWAIT_ARCHIVE,
        () -> {
          Shown shown = shown(primaries, last, wantedOf(last, before.needs()));
          ArchiveWait.keptTooShort(cluster.name(), pending.contents(), before.needs(), shown.seen())
              .forEach(degraded);
          return TornPointCheck.concerns(cluster)
              ? untorn(primaries, last, before, shown)
              : shown.proofs();
        });
  }

  /** The proofs of all contents, and the observation that showed them. */
  private record Shown(List<Manifested> proofs, List<PointsArchived> seen) {}

  private List<WantedPoint> wantedOf(Optional<Manifest> last, List<CopyNeeds> needs) {
    List<WantedPoint> wanted =
        ArchiveWait.wanted(ports.site(), pending.name(), pending.contents(), last, needs);
    if (!TornPointCheck.concerns(cluster)) {
      return wanted;
    }
    List<ContentEvidence> oldest =
        earlier.isEmpty() ? pending.contents() : earlier.get(0).contents();
    return TornPointCheck.deciding(wanted, pending.contents(), oldest);
  }

  private Shown shown(List<Primary> primaries, Optional<Manifest> last, List<WantedPoint> wanted) {
    Instant giveUp = RunbookRun.now().plus(cluster.policies().publish().archive().atMost());
    while (true) {
      List<PointsArchived> seen = look(primaries, wanted, giveUp);
      Verdict<List<Manifested>> verdict =
          ArchiveWait.judge(policy(), pending.name(), pending.contents(), seen);
      Optional<String> late = TornPointCheck.late(pending.contents(), seen);
      if (verdict instanceof Verdict.Proceed<List<Manifested>> proved) {
        if (late.isEmpty() || !RunbookRun.now().isBefore(giveUp)) {
          return new Shown(proved.conclusion(), seen);
        }
        run.note(PublishStep.AWAIT_ARCHIVE, late.get());
        continue;
      }
      List<String> reasons = reasons(primaries, wanted, seen, giveUp);
      run.note(PublishStep.AWAIT_ARCHIVE, String.join("; ", reasons));
      if (verdict instanceof Verdict.Never || !RunbookRun.now().isBefore(giveUp)) {
        List<WalToCopy> copies = WalToCopy.of(cluster, last, pending.contents(), seen);
        Optional<Shown> behindGap = behindGap(primaries, wanted);
        if (behindGap.isEmpty() || !overridesGap) {
          throw notReady(reasons, copies, behindGap.isPresent());
        }
        isBehindGap = true;
        degraded.accept(PublishRequest.overridden(String.join("; ", reasons)));
        return behindGap.get();
      }
    }
  }

  /** The proof, if all that is missing lies between the last READY point and this one. */
  private Optional<Shown> behindGap(List<Primary> primaries, List<WantedPoint> wanted) {
    List<WantedPoint> alone = wanted.stream().map(WantedPoint::alone).toList();
    if (alone.equals(wanted)) {
      return Optional.empty();
    }
    List<PointsArchived> seen = look(primaries, alone, RunbookRun.now());
    return ArchiveWait.judge(policy(), pending.name(), pending.contents(), seen)
            instanceof Verdict.Proceed<List<Manifested>> proved
        ? Optional.of(new Shown(proved.conclusion(), seen))
        : Optional.empty();
  }

  /** Chooses the newest point that splits no observed transaction. */
  private List<Manifested> untorn(
      List<Primary> primaries, Optional<Manifest> last, LastPoint before, Shown shown) {
    List<Manifest> points = new ArrayList<>(List.of(pending));
    earlier.forEach(point -> points.add(1, PointManifest.earlier(pending, point)));
    List<Manifest> claimed =
        points.stream()
            .map(
                point ->
                    PointManifest.claiming(
                        point,
                        TornPointCheck.judge(point.header().cut(), point.contents(), shown.seen())))
            .toList();
    List<String> torn =
        claimed.stream()
            .filter(Manifest::isTorn)
            .map(point -> point.name() + " is " + point.header().cut().inWords())
            .toList();
    Manifest best = best(claimed).orElseThrow(() -> allTorn(claimed.get(0), torn, before, shown));
    if (best.name().equals(pending.name())) {
      pending = best;
      return shown.proofs();
    }
    run.note(
        PublishStep.AWAIT_ARCHIVE,
        torn.size() + " of " + claimed.size() + " points are torn, not " + best.name());
    // first, because no other document names it
    ports.writePending(run.call(PublishStep.AWAIT_ARCHIVE), best);
    ports.writePending(
        run.call(PublishStep.AWAIT_ARCHIVE), PointManifest.notReady(claimed.get(0), torn));
    pending = best;
    run.about(best.name());
    Optional<Manifest> since = last.filter(ready -> !isBehindGap);
    return shown(
            primaries,
            last,
            ArchiveWait.wanted(ports.site(), best.name(), best.contents(), since, List.of()))
        .proofs();
  }

  private static Optional<Manifest> best(List<Manifest> newestFirst) {
    return newestFirst.stream()
        .filter(point -> point.header().cut().kind() == Cut.Kind.ATOMIC)
        .findFirst()
        .or(() -> newestFirst.stream().filter(point -> !point.isTorn()).findFirst());
  }

  private RunbookStop allTorn(Manifest last, List<String> torn, LastPoint before, Shown shown) {
    ports.writeTorn(
        run.call(PublishStep.AWAIT_ARCHIVE), PointManifest.torn(last, shown.proofs(), torn));
    return RunbookStop.failed(
        before.torn().isPresent() ? FailureCode.POINTS_TORN_AGAIN : FailureCode.POINT_TORN,
        String.format(
            "%s is torn, %d of %d points of this publish are%s. HINT: `mooring logs %s` shows the"
                + " transactions",
            last.name(),
            torn.size(),
            earlier.size() + 1,
            before.torn().map(name -> "; so were the points of the publish of " + name).orElse(""),
            cluster.name()));
  }

  private PublishPolicy.ArchiveProof policy() {
    return cluster.policies().publish().archive().proof();
  }

  private List<PointsArchived> look(
      List<Primary> primaries, List<WantedPoint> wanted, Instant giveUp) {
    Duration left = Duration.between(RunbookRun.now(), giveUp);
    Duration slice = DurationText.shorter(left, LOOK_AT_ARCHIVERS_EVERY);
    return orSaid(
        PublishStep.AWAIT_ARCHIVE,
        () -> ports.awaitArchived(run.call(PublishStep.AWAIT_ARCHIVE), primaries, wanted, slice));
  }

  private List<String> reasons(
      List<Primary> primaries,
      List<WantedPoint> wanted,
      List<PointsArchived> seen,
      Instant giveUp) {
    List<String> reasons =
        new ArrayList<>(ArchiveWait.reasons(policy(), pending.name(), pending.contents(), seen));
    ServersObserved now =
        observe(PublishStep.AWAIT_ARCHIVE, primaries.stream().map(Primary::instance).toList());
    String archivers = ArchiveWait.archiversInWords(primaries, now);
    if (!archivers.isEmpty()) {
      reasons.add(archivers);
      free(primaries.get(0).instance(), giveUp).ifPresent(reasons::add);
    }
    reasons.addAll(ArchiveWait.foreign(cluster, wanted, seen, ArchiveWait.failing(primaries, now)));
    return reasons;
  }

  /** Of a cluster that streams: a rewind may have left what no watch is there to mark. */
  private Optional<String> free(Instance primary, Instant giveUp) {
    if (cluster.streaming().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> freed =
        new StuckArchiver(cluster)
            .markOnce(run.call(PublishStep.AWAIT_ARCHIVE), primary, tried, giveUp)
            .filter(StuckArchiver.Marked::isDone)
            .map(StuckArchiver.Marked::inWords);
    freed.ifPresent(degraded);
    return freed;
  }

  /**
   * @param copies WAL that the archive of another site should have, which is read once more
   * @param behindGap whether WAL since the last READY point is all that is missing
   */
  private RunbookStop notReady(List<String> reasons, List<WalToCopy> copies, boolean behindGap) {
    Call call = run.call(PublishStep.AWAIT_ARCHIVE);
    List<String> said = reasons;
    String hint = behindGap ? ". HINT: " + PublishRequest.fileBack(cluster.name()) : "";
    if (!copies.isEmpty()) {
      ArchiveObservations.Seen looks = WalToCopy.lookedFor(cluster, call, copies);
      said = WalToCopy.explained(cluster, reasons, copies, looks);
      hint = ". HINT: " + WalToCopy.hint(cluster, copies, looks);
    }
    ports.writePending(call, PointManifest.notReady(pending, said));
    return RunbookStop.failed(
        FailureCode.ARCHIVE_NOT_PROVED,
        pending.name() + " is not READY: " + String.join("; ", said) + hint);
  }

  void confirmUnchanged() {
    run.observe(
        PublishStep.CONFIRM_UNCHANGED,
        () -> {
          UnchangedLook look = new UnchangedLook(cluster, ports);
          return orSaid(
              PublishStep.CONFIRM_UNCHANGED,
              () ->
                  RunContext.failUnless(
                      look.judge(run.call(PublishStep.CONFIRM_UNCHANGED), pending.contents())));
        });
  }

  private ServersObserved observe(PublishStep step, List<Instance> instances) {
    return orSaid(step, () -> ports.observeServers(run.call(step), instances));
  }

  /** Writes the reason that ends the run to the pending manifest, for people and the next run. */
  private <T> T orSaid(PublishStep step, Supplier<T> look) {
    try {
      return look.get();
    } catch (TemporalFailure e) {
      Explained why = Explained.of(e);
      if (why.code() != FailureCode.CANCELLED) {
        say(step, "not read to the end: " + why.sentence());
      }
      throw e;
    } catch (RunbookStop e) {
      say(step, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private void say(PublishStep step, String reason) {
    try {
      ports.writePending(run.call(step), PointManifest.notReady(pending, List.of(reason)));
    } catch (TemporalFailure unwritten) {
      // the run ends with its own failure; without the store nothing can be written
      return;
    }
  }
}
