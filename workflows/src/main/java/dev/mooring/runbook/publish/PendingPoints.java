package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.MissingWal.Kind;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities.CopyNeeds;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.publish.ArchiveWait.Undecodable;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.PublishPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Checks the points again that earlier runs did not prove in time, the oldest first. The conditions
 * for READY are the same: the archived bytes hold the record at the reported position, no file
 * since the last READY point is missing, and every primary is the same postmaster on the same
 * timeline; in a Greenplum the point must also not be torn. A torn point gets its manifest beside
 * LATEST and is not checked again. A primary that was restarted since can't report what it lost, so
 * its point stays pending for good, with that reason. LATEST never goes back.
 *
 * <p>If the archived bytes of one can't be decoded, or those of a file that a consumer found bad,
 * no later point can be READY: a copy would have to replay them. Each publish reads them again,
 * until the file is back as it was written. If a person overrides it, the manifests since then name
 * it.
 */
final class PendingPoints {
  /** Presence is enough only after a full wait, which one check of an old point is not. */
  private static final PublishPolicy.ArchiveProof POLICY = PublishPolicy.ArchiveProof.BYTES;

  /** The newest points are worth most, and a store full of old ones must not delay the next. */
  static final int AT_MOST = 4;

  private final Cluster cluster;

  private final PublishCalls ports;
  private final RunbookRun run;
  private final List<String> published = new ArrayList<>();
  private final List<Undecodable> undecodable = new ArrayList<>();
  private final List<ContentWal> overridden = new ArrayList<>();
  private final List<ContentWal> found = new ArrayList<>();
  private final Map<RestorePointName, List<PointsArchived>> archived = new LinkedHashMap<>();
  private final Consumer<String> degraded;

  /**
   * @param degraded takes what is not proved about a point that becomes READY
   */
  PendingPoints(Cluster cluster, PublishCalls ports, RunbookRun run, Consumer<String> degraded) {
    this.cluster = cluster;
    this.ports = ports;
    this.run = run;
    this.degraded = degraded;
  }

  /**
   * Reads the archive of the pending points, also of those that can't become READY any more, and
   * the files that were found bad before, each from the end of the one before on.
   */
  void look(Call call, LastPoint before, List<Primary> primaries) {
    overridden.addAll(before.overridden());
    found.addAll(before.found());
    for (List<ContentWal> files : before.suspects()) {
      before.ready().ifPresent(last -> lookAgain(call, last, files, primaries));
    }
    for (Manifest pending : before.pending()) {
      List<ContentEvidence> contents = readThrough(primaries, pending.contents());
      archived.put(
          pending.name(),
          look(call, primaries, contents, wanted(pending, contents, before.ready())));
    }
  }

  private void lookAgain(
      Call call, Manifest last, List<ContentWal> files, List<Primary> primaries) {
    List<Primary> here =
        primaries.stream()
            .filter(p -> files.stream().anyMatch(f -> f.content().equals(p.instance().content())))
            .toList();
    List<ContentEvidence> ends =
        readThrough(
            here,
            files.stream()
                .flatMap(
                    bad ->
                        last.evidenceOf(bad.content()).stream()
                            .map(content -> content.endingWith(bad.file())))
                .toList());
    List<PointsArchived> seen =
        look(
            call,
            here,
            ends,
            ArchiveWait.wanted(ports.site(), last.name(), ends, Optional.empty(), List.of()));
    for (ContentEvidence end : ends) {
      seen.stream()
          .flatMap(host -> host.points().stream())
          .filter(point -> point.owner().equals(end.owner().instance()))
          .forEach(point -> judgeAgain(end.target(), point));
    }
  }

  /** Bytes that are not such a file are as bad; only what was read to its end is whole. */
  private void judgeAgain(ContentTarget end, PointArchived point) {
    ContentWal file = new ContentWal(end.content(), end.walFile());
    List<MissingWal> damaged =
        point.missing().stream().filter(one -> one.kind() == Kind.DAMAGED).toList();
    if (!damaged.isEmpty()) {
      String why = ManifestReadiness.inWords(damaged);
      undecodable.add(new Undecodable(file, ManifestReadiness.undecodable(end, why)));
    } else if (point.undecodable().isEmpty()
        && point.notRead().isEmpty()
        && point.missing().isEmpty()) {
      overridden.remove(file);
    }
    if (point.notRead().isEmpty()) {
      found.remove(file);
    }
  }

  private List<PointsArchived> look(
      Call call,
      List<Primary> primaries,
      List<ContentEvidence> contents,
      List<WantedPoint> wanted) {
    List<PointsArchived> seen = ports.awaitArchived(call, primaries, wanted, Duration.ZERO);
    undecodable.addAll(ArchiveWait.undecodable(contents, seen));
    return seen;
  }

  /** Contents, each with the primary that it has now: another may have made the point. */
  private static List<ContentEvidence> readThrough(
      List<Primary> primaries, List<ContentEvidence> contents) {
    return contents.stream()
        .map(
            content ->
                primaries.stream()
                    .map(Primary::instance)
                    .filter(now -> now.content().equals(content.target().content()))
                    .findFirst()
                    .map(now -> content.ownedBy(now.id()))
                    .orElse(content))
        .toList();
  }

  /**
   * Refuses any later point if archived bytes before it can't be decoded.
   *
   * @param overridden whether that is only reported
   */
  void requireDecodable(LastPoint before, boolean overridden) {
    List<String> against = sentences(before.overridden(), undecodable.stream());
    if (overridden) {
      against.forEach(file -> degraded.accept(PublishRequest.overridden(file)));
    } else if (!against.isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.ARCHIVE_NOT_PROVED,
          String.join("; ", against) + ". HINT: " + PublishRequest.fileBack(cluster.name()));
    }
  }

  private static List<String> sentences(
      List<ContentWal> overridden, Stream<Undecodable> undecodable) {
    return undecodable
        .filter(one -> !overridden.contains(one.file()))
        .map(Undecodable::sentence)
        .distinct()
        .toList();
  }

  /**
   * The files that can't be decoded, and those of the last READY point that were not seen whole
   * since; a later point exists only if a person overrode them.
   */
  List<ContentWal> undecodable() {
    return Stream.concat(undecodable.stream().map(Undecodable::file), overridden.stream())
        .distinct()
        .toList();
  }

  /** Those, and what consumers found and was not read now; for the receipt. */
  List<Receipt.ProofRecord> foundBad() {
    return Stream.concat(undecodable().stream(), found.stream())
        .distinct()
        .map(ContentWal::inReceipt)
        .toList();
  }

  /** Why a point can't become READY: it needs files that can't be decoded. */
  private List<String> barred(Manifest pending, List<ContentWal> overridden) {
    return sentences(overridden, undecodable.stream().filter(one -> pending.needs(one.file())));
  }

  private List<PointsArchived> seen(Manifest pending) {
    return archived.getOrDefault(pending.name(), List.of());
  }

  /** The last READY point after the pending ones were checked. */
  Optional<Manifest> settle(LastPoint before, List<Primary> primaries) {
    if (before.pending().isEmpty()) {
      return before.ready();
    }
    return run.step(
        PublishStep.SETTLE_PENDING,
        () -> {
          Optional<Manifest> last = before.ready();
          List<String> notes = new ArrayList<>();
          for (Manifest pending : before.pending()) {
            Optional<Manifest> ready =
                settleOne(pending, barred(pending, before.overridden()), primaries, notes);
            last = ready.isPresent() ? ready : last;
          }
          run.note(PublishStep.SETTLE_PENDING, String.join("; ", notes));
          return last;
        },
        Undo.nothing("a READY point stays valid"));
  }

  /** The points that earlier runs left pending and this run made READY. */
  List<String> published() {
    return List.copyOf(published);
  }

  private Optional<Manifest> settleOne(
      Manifest pending, List<String> barred, List<Primary> primaries, List<String> notes) {
    Looked seen = look(pending, primaries);
    if (!barred.isEmpty() && !seen.isProvedTorn()) {
      seen =
          Looked.notProved(
              pending, Stream.concat(barred.stream(), seen.reasons().stream()).distinct().toList());
    }
    if (seen.reasons().isEmpty()) {
      Manifest ready =
          PointManifest.ready(
              seen.point(), seen.proofs(), undecodable().stream().filter(pending::needs).toList());
      RunbookRun.untilOutcomeKnown(
          () -> ports.writeReady(run.call(PublishStep.SETTLE_PENDING), ready, List.of()));
      published.add(ready.name().value());
      ready.unproved().forEach(degraded);
      notes.add(ready.name() + " is READY now");
      return Optional.of(ready);
    }
    if (seen.isProvedTorn()) {
      ports.writeTorn(
          run.call(PublishStep.SETTLE_PENDING),
          PointManifest.torn(seen.point(), seen.proofs(), seen.reasons()));
      notes.add(pending.name() + " is torn");
      return Optional.empty();
    }
    if (!pending.reasons().equals(seen.reasons())) {
      ports.writePending(
          run.call(PublishStep.SETTLE_PENDING),
          PointManifest.notReady(seen.point(), seen.reasons()));
    }
    notes.add(pending.name() + " stays pending: " + String.join("; ", seen.reasons()));
    return Optional.empty();
  }

  private Looked look(Manifest pending, List<Primary> primaries) {
    Optional<String> against =
        against(IdentityCheck.judge(pending, primaries))
            .or(
                () ->
                    against(UnchangedCheck.judge(cluster, pending.contents(), servers(primaries))));
    if (against.isPresent()) {
      return Looked.notProved(pending, List.of(against.get()));
    }
    List<PointsArchived> seen = seen(pending);
    return ArchiveWait.judge(POLICY, pending.name(), pending.contents(), seen)
        .match(
            proved -> untorn(pending, proved.conclusion(), seen),
            notYet -> Looked.notProved(pending, reasons(pending, seen)),
            never -> Looked.notProved(pending, reasons(pending, seen)));
  }

  private List<WantedPoint> wanted(
      Manifest pending, List<ContentEvidence> contents, Optional<Manifest> last) {
    List<WantedPoint> wanted =
        ArchiveWait.wanted(ports.site(), pending.name(), contents, last, List.of());
    return TornPointCheck.concerns(cluster)
        ? TornPointCheck.deciding(wanted, contents, contents)
        : wanted;
  }

  private Looked untorn(Manifest pending, List<Manifested> proofs, List<PointsArchived> seen) {
    if (!TornPointCheck.concerns(cluster)) {
      return stillUnchanged(pending, proofs);
    }
    boolean knownTorn = pending.isTorn();
    Optional<String> late = TornPointCheck.late(pending.contents(), seen);
    if (!knownTorn && late.isPresent() && RunbookRun.now().isBefore(waitedUntil(pending))) {
      return Looked.notProved(pending, List.of(late.get()));
    }
    Cut made = pending.header().cut();
    Cut cut = knownTorn ? made : TornPointCheck.judge(made, pending.contents(), seen);
    Manifest claimed = PointManifest.claiming(pending, cut);
    return cut.isTorn()
        ? new Looked(claimed, proofs, List.of(claimed.name() + " is " + cut.inWords()))
        : stillUnchanged(claimed, proofs);
  }

  /** How long to wait for the WAL that shows whether it is torn; without it then: unproved. */
  private Instant waitedUntil(Manifest pending) {
    return pending.header().createdAt().plus(cluster.policies().publish().archive().atMost());
  }

  private List<String> reasons(Manifest pending, List<PointsArchived> seen) {
    List<String> reasons =
        new ArrayList<>(ArchiveWait.reasons(POLICY, pending.name(), pending.contents(), seen));
    reasons.addAll(
        ArchiveWait.foreign(
            cluster, wanted(pending, pending.contents(), Optional.empty()), seen, List.of()));
    return reasons;
  }

  /** The proof holds only for a postmaster that still ran after the bytes were read. */
  private Looked stillUnchanged(Manifest pending, List<Manifested> proofs) {
    return against(
            new UnchangedLook(cluster, ports)
                .judge(run.call(PublishStep.SETTLE_PENDING), pending.contents()))
        .map(why -> Looked.notProved(pending, List.of(why)))
        .orElse(new Looked(pending, proofs, List.of()));
  }

  private static ServersObserved servers(List<Primary> primaries) {
    return new ServersObserved(primaries.stream().map(Primary::server).toList(), List.of());
  }

  private static Optional<String> against(Verdict<?> verdict) {
    return verdict.match(
        proceed -> Optional.empty(),
        notYet -> Optional.of(notYet.awaiting()),
        never -> Optional.of(never.reason()));
  }

  /**
   * The result of a check: proofs, or the reasons against them; for a torn point both.
   *
   * @param point with what may be claimed of its cut
   */
  private record Looked(Manifest point, List<Manifested> proofs, List<String> reasons) {
    boolean isProvedTorn() {
      return point.isTorn() && !proofs.isEmpty();
    }

    static Looked notProved(Manifest point, List<String> reasons) {
      return new Looked(point, List.of(), reasons);
    }
  }

  /**
   * The points before this run's in the store.
   *
   * @param ready the last READY one, which LATEST names
   * @param pending those created after it, the oldest first
   * @param needs the WAL that copies need
   * @param torn the newest point since then whose publish created only torn points
   * @param found the files that consumers found missing or damaged
   */
  record LastPoint(
      Optional<Manifest> ready,
      List<Manifest> pending,
      List<CopyNeeds> needs,
      Optional<RestorePointName> torn,
      List<ContentWal> found) {

    /** The files that were bad when the last READY point was made, overridden by a person. */
    List<ContentWal> overridden() {
      return ready.map(Manifest::overridden).orElse(List.of());
    }

    /** The files to be read again, in groups with at most one of a content. */
    List<List<ContentWal>> suspects() {
      Map<ContentId, Integer> of = new LinkedHashMap<>();
      List<List<ContentWal>> groups = new ArrayList<>();
      for (ContentWal one :
          Stream.concat(overridden().stream(), found.stream()).distinct().toList()) {
        int group = of.merge(one.content(), 1, Integer::sum) - 1;
        if (group == groups.size()) {
          groups.add(new ArrayList<>());
        }
        groups.get(group).add(one);
      }
      return groups.subList(0, Math.min(groups.size(), ContentWal.OF_A_CONTENT));
    }
  }
}
