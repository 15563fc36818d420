package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ManifestActivities.CopyNeeds;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.PublishPolicy.ArchiveProof;
import dev.mooring.topology.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges one observation of the archive of every content. */
final class ArchiveWait {
  private ArchiveWait() {}

  /**
   * The files to find: each content's point, all WAL since the last READY point, and the WAL that
   * copies still need.
   *
   * @param site the site of the primaries, whose archive is read
   */
  static List<WantedPoint> wanted(
      Site site,
      RestorePointName name,
      List<ContentEvidence> contents,
      Optional<Manifest> last,
      List<CopyNeeds> needs) {
    List<WantedPoint> wanted = new ArrayList<>();
    for (ContentEvidence content : contents) {
      WalFileName since =
          last.flatMap(m -> m.evidenceOf(content.target().content()))
              .map(before -> before.target().walFile())
              .orElse(content.target().walFile());
      wanted.add(
          new WantedPoint(
              content.owner().instance(),
              name,
              content.target(),
              site.archive(),
              since,
              needs.stream()
                  .filter(need -> need.content().equals(content.target().content()))
                  .map(CopyNeeds::oldest)
                  .distinct()
                  .toList()));
    }
    return wanted;
  }

  /**
   * One sentence for each copy whose WAL the archive has already removed: it has no WAL to start
   * from. The point itself can still be READY.
   */
  static List<String> keptTooShort(
      ClusterName cluster,
      List<ContentEvidence> contents,
      List<CopyNeeds> needs,
      List<PointsArchived> seen) {
    return needs.stream()
        .filter(need -> isGone(need, contents, seen))
        .map(
            need ->
                String.format(
                    "the archive of content %s no longer has %s, which %s still needs: keep WAL"
                        + " longer (`mooring archive-floor %s` says from where on), and put that"
                        + " file back or make the copy anew",
                    need.content(), need.oldest(), need.copy(), cluster))
        .toList();
  }

  /** Files of different contents may have the same name. */
  private static boolean isGone(
      CopyNeeds need, List<ContentEvidence> contents, List<PointsArchived> seen) {
    return contents.stream()
        .filter(content -> content.target().content().equals(need.content()))
        .anyMatch(
            content ->
                seen.stream()
                    .flatMap(host -> host.points().stream())
                    .anyMatch(
                        point ->
                            point.owner().equals(content.owner().instance())
                                && point.gone().contains(need.oldest())));
  }

  /** Proceed with every content's proof, not yet with what is missing, or never. */
  static Verdict<List<Manifested>> judge(
      ArchiveProof policy,
      RestorePointName name,
      List<ContentEvidence> contents,
      List<PointsArchived> seen) {
    List<Manifested> shown = new ArrayList<>();
    List<String> awaiting = new ArrayList<>();
    for (ContentEvidence content : contents) {
      Verdict<Manifested> verdict = judgeOne(name, content, policy, seen);
      if (verdict instanceof Verdict.Never<Manifested> never) {
        return Verdict.never(never.code(), never.reason());
      }
      if (verdict instanceof Verdict.NotYet<Manifested> notYet) {
        awaiting.add(notYet.awaiting());
      }
      if (verdict instanceof Verdict.Proceed<Manifested> proceed) {
        shown.add(proceed.conclusion());
      }
    }
    return awaiting.isEmpty()
        ? Verdict.proceed(List.copyOf(shown))
        : Verdict.notYet(String.join("; ", awaiting));
  }

  /** Why the point is not READY: one sentence for each unproved content. */
  static List<String> reasons(
      ArchiveProof policy,
      RestorePointName name,
      List<ContentEvidence> contents,
      List<PointsArchived> seen) {
    List<String> reasons = new ArrayList<>();
    for (ContentEvidence content : contents) {
      String reason =
          judgeOne(name, content, policy, seen)
              .match(proceed -> "", notYet -> notYet.awaiting(), never -> never.reason());
      if (!reason.isEmpty()) {
        reasons.add(reason);
      }
    }
    return reasons;
  }

  /**
   * A file whose archived bytes can't be decoded.
   *
   * @param sentence what is wrong, and what to do
   */
  record Undecodable(ContentWal file, String sentence) {}

  /** The file of each content whose archived bytes can't be decoded to its target. */
  static List<Undecodable> undecodable(List<ContentEvidence> contents, List<PointsArchived> seen) {
    List<Undecodable> files = new ArrayList<>();
    for (ContentEvidence content : contents) {
      seen.stream()
          .flatMap(host -> host.points().stream())
          .filter(point -> point.owner().equals(content.owner().instance()))
          .filter(point -> !point.undecodable().isEmpty())
          .map(
              point ->
                  new Undecodable(
                      new ContentWal(content.target().content(), content.target().walFile()),
                      ManifestReadiness.undecodable(content.target(), point.undecodable())))
          .forEach(files::add);
    }
    return files;
  }

  private static Verdict<Manifested> judgeOne(
      RestorePointName name,
      ContentEvidence content,
      ArchiveProof policy,
      List<PointsArchived> seen) {
    for (PointsArchived host : seen) {
      for (PointArchived point : host.points()) {
        if (point.owner().equals(content.owner().instance())) {
          return ManifestReadiness.judge(name, content, policy, point);
        }
      }
      for (InstanceFailure failure : host.failures()) {
        if (failure.instance().equals(content.owner().instance())) {
          return Verdict.notYet("content " + content.target().content() + ": " + failure.message());
        }
      }
    }
    return Verdict.never(
        FailureCode.BUG, "content " + content.target().content() + " was not read");
  }

  /** The archivers that reported failures since the point. */
  static String archiversInWords(List<PrimariesCheck.Primary> before, ServersObserved now) {
    List<String> words = new ArrayList<>();
    for (ServerObserved server : failing(before, now)) {
      words.add(
          String.format(
              "the archiver of %s failed %d times since the point, last with %s at %s",
              server.instance(),
              failures(before, server),
              server.archiver().lastFailed(),
              server.archiver().lastFailedAt()));
    }
    return String.join("; ", words);
  }

  /** The servers whose archivers reported failures since the point. */
  static List<ServerObserved> failing(List<PrimariesCheck.Primary> before, ServersObserved now) {
    return now.observed().stream().filter(server -> failures(before, server) > 0).toList();
  }

  private static long failures(List<PrimariesCheck.Primary> before, ServerObserved now) {
    return before.stream()
        .filter(primary -> primary.instance().id().equals(now.instance()))
        .mapToLong(p -> now.archiver().failedCount() - p.server().archiver().failedCount())
        .sum();
  }

  /**
   * One sentence for each content with a file in the archive that its primary may not have written,
   * and the instances that may: the point's own file, if its bytes are decoded and hold no point,
   * or the file that the primary's archiver fails with although the archive has it. An instance
   * that a person opens on production's timeline writes files of the same names.
   *
   * @param failing the servers whose archivers fail
   */
  static List<String> foreign(
      Cluster cluster,
      List<WantedPoint> wanted,
      List<PointsArchived> seen,
      List<ServerObserved> failing) {
    List<String> sentences = new ArrayList<>();
    for (WantedPoint one : wanted) {
      Optional<String> suspects = ArchivingCheck.suspects(cluster, one.owner());
      seen.stream()
          .flatMap(host -> host.points().stream())
          .filter(point -> point.owner().equals(one.owner()) && suspects.isPresent())
          .flatMap(point -> foreign(one, point, failing).stream())
          .map(
              file ->
                  String.format(
                      "%s in the archive of content %s may have been written by %s: %s shows what"
                          + " became of each",
                      file,
                      one.target().content(),
                      suspects.get(),
                      Commands.status(cluster.name())))
          .forEach(sentences::add);
    }
    return sentences;
  }

  private static Optional<String> foreign(
      WantedPoint wanted, PointArchived point, List<ServerObserved> failing) {
    String last = wanted.target().walFile().text();
    if (!point.files().isEmpty()
        && point.missing().isEmpty()
        && point.undecodable().isEmpty()
        && point.records().isEmpty()) {
      return Optional.of(last);
    }
    return failing.stream()
        .filter(server -> server.instance().equals(point.owner()))
        .map(server -> server.archiver().lastFailed())
        .filter(file -> file.compareTo(wanted.since().text()) >= 0 && file.compareTo(last) <= 0)
        .filter(file -> point.missing().stream().noneMatch(m -> m.file().compareTo(file) <= 0))
        .findFirst();
  }
}
