package dev.mooring.runbook.status;

import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Span;
import dev.mooring.topology.PublishPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How publishing goes: LATEST, its age, the archivers. */
final class PublishJudge {
  static final int LATE = 2;
  static final int FAR_TOO_LATE = 10;

  private final StatusFacts facts;
  private final boolean publishing;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param publishing whether a PublishCycle is under way
   */
  PublishJudge(StatusFacts facts, boolean publishing) {
    this.facts = facts;
    this.publishing = publishing;
  }

  List<Finding> findings() {
    return findings;
  }

  /** The verdict, one sentence. */
  String verdict(EvidenceObserved evidence) {
    archivers();
    if (evidence.latest() instanceof LatestSeen.Ready ready) {
      return latest(evidence, ready);
    }
    if (evidence.latest() instanceof LatestSeen.Unsealed unsealed) {
      return "LATEST is "
          + unsealed.point()
          + " of another tool, unsigned"
          + (unsealed.ready() ? "" : " and not ready");
    }
    if (evidence.latest() instanceof LatestSeen.Refused refused) {
      findings.add(
          Finding.critical(
              "LATEST is not to be believed: " + refused.reason(),
              Commands.verify(facts.cluster().name())));
      return "LATEST is not to be believed";
    }
    findings.add(
        Finding.critical(
            "no restore point of " + facts.cluster().name() + " was ever READY", publish()));
    return facts.cluster().name() + " has no restore point";
  }

  private String latest(EvidenceObserved evidence, LatestSeen.Ready ready) {
    Manifest.Header latest = ready.header();
    PublishPolicy policy = facts.cluster().policies().publish();
    Duration age = Duration.between(latest.createdAt(), facts.now());
    String fact =
        "LATEST is " + Span.of(age) + " old; a point is wanted every " + Span.of(policy.every());
    if (age.compareTo(policy.every().multipliedBy(FAR_TOO_LATE)) > 0) {
      findings.add(Finding.critical(fact, publish()));
    } else if (age.compareTo(policy.every().multipliedBy(LATE)) > 0) {
      findings.add(Finding.warning(fact, publish()));
    }
    pendingSince(evidence, latest);
    return policy.site()
        + " published "
        + latest.restorePoint()
        + " "
        + Span.of(age)
        + " ago, "
        + latest.cut().inWords()
        + (ready.notProved().isEmpty()
            ? ""
            : ", by presence alone: " + String.join("; ", ready.notProved()));
  }

  private void pendingSince(EvidenceObserved evidence, Manifest.Header latest) {
    Optional<Shelved> newest = evidence.newest().stream().findFirst();
    if (!publishing
        && newest.isPresent()
        && newest.get().stage() == Stage.PENDING
        && newest.get().name().compareTo(latest.restorePoint()) > 0) {
      findings.add(
          Finding.warning(
              newest.get().name() + " was made and never became READY",
              Commands.logs(facts.cluster().name()) + " says why; " + publish()));
    }
  }

  private void archivers() {
    for (InstanceFacts one : facts.instances()) {
      one.server()
          .seen()
          .filter(server -> !server.position().inRecovery())
          .filter(server -> InstanceRows.isFailing(server.archiver()))
          .ifPresent(
              server ->
                  findings.add(
                      Finding.warning(
                          one.instance().id()
                              + " can't archive "
                              + server.archiver().lastFailed()
                              + " since "
                              + server.archiver().lastFailedAt(),
                          "read that server's log for what its archive_command said")));
      one.server().seen().ifPresent(server -> stalled(one, server));
    }
  }

  /**
   * An archiver that reports nothing, neither success nor failure, while WAL waits for it: its
   * command hangs, as on a disk that stalls. Each publish ends a WAL file, so one is due in each
   * interval; it is late after two, as LATEST is. The rule is GitLab's, of 2026: an alarm when the
   * last archived file is older than twice the time in which one is due. Its time is the server's,
   * now is Temporal's: both are said.
   */
  private void stalled(InstanceFacts one, ServerObserved server) {
    Archiver archiver = server.archiver();
    Optional<Instant> last = time(archiver.lastArchivedAt());
    if (server.position().inRecovery() || InstanceRows.isFailing(archiver) || last.isEmpty()) {
      return;
    }
    Duration due = facts.cluster().policies().publish().every();
    Duration age = Duration.between(last.get(), facts.now());
    long waiting = waiting(server);
    if (waiting > 0 && age.compareTo(due.multipliedBy(LATE)) > 0) {
      findings.add(
          Finding.warning(
              String.format(
                  "%s archived %s last, at %s, %s ago, and %d WAL files wait; one is due every %s",
                  one.instance().id(),
                  archiver.lastArchived(),
                  archiver.lastArchivedAt(),
                  Span.of(age),
                  waiting,
                  Span.of(due)),
              "see whether its archive_command hangs, and the disk or host it writes to"));
    }
  }

  /** Nothing where the server has none; histories of older code hold it in another form. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }

  /** Files that are ended and not archived; 0 where the last archived one is no WAL file. */
  private static long waiting(ServerObserved server) {
    Position position = server.position();
    String last = server.archiver().lastArchived();
    if (!WalFileName.isOne(last)) {
      return 0;
    }
    WalFileName current =
        WalFileName.containingByteBefore(
            position.timeline(), position.lsn(), position.walSegmentSize());
    return current.segmentNumber(position.walSegmentSize())
        - new WalFileName(last).segmentNumber(position.walSegmentSize())
        - 1;
  }

  private String publish() {
    return Commands.publish(facts.cluster().name());
  }
}
