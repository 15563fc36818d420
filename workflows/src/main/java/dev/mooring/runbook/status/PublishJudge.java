package dev.mooring.runbook.status;

import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.ArchiverRow;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.EvidenceRow;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Judges publishing: LATEST, its age, the archivers. */
final class PublishJudge {
  static final int FAR_TOO_LATE = 10;

  private static final String POINT = "restore-point";

  private final StatusFacts facts;
  private final boolean publishing;
  private final List<CheckRow> findings = new ArrayList<>();

  /**
   * @param publishing whether a PublishCycle is in progress
   */
  PublishJudge(StatusFacts facts, boolean publishing) {
    this.facts = facts;
    this.publishing = publishing;
  }

  List<CheckRow> findings() {
    return findings;
  }

  /** The verdict, one sentence. */
  String verdict(EvidenceObserved evidence) {
    archivers();
    newest(evidence);
    if (evidence.latest() instanceof LatestSeen.Ready ready) {
      return latest(ready);
    }
    if (evidence.latest() instanceof LatestSeen.Unsealed unsealed) {
      return "LATEST is "
          + unsealed.point()
          + " of another tool, unsigned"
          + (unsealed.ready() ? "" : " and not ready");
    }
    if (evidence.latest() instanceof LatestSeen.Refused) {
      findings.add(EvidenceRow.of("", new Observed.Seen<>(evidence)));
      return "LATEST is not to be believed";
    }
    findings.add(CheckRow.wrong(POINT, site(), "none was ever READY", "one is READY", publish()));
    return facts.cluster().name() + " has no restore point";
  }

  private String latest(LatestSeen.Ready ready) {
    Manifest.Header latest = ready.header();
    PublishPolicy policy = facts.cluster().policies().publish();
    Duration age = Duration.between(latest.createdAt(), facts.now());
    String old = "LATEST is " + DurationText.of(age) + " old";
    String limit = "one every " + DurationText.of(policy.every());
    if (age.compareTo(policy.every().multipliedBy(FAR_TOO_LATE)) > 0) {
      findings.add(CheckRow.wrong(POINT, site(), old, limit, publish()));
    } else if (age.compareTo(policy.every().multipliedBy(PublishPolicy.LATE)) > 0) {
      findings.add(CheckRow.warning(POINT, site(), old, limit, publish()));
    }
    return policy.site()
        + " published "
        + latest.restorePoint()
        + " "
        + DurationText.of(age)
        + " ago, "
        + latest.cut().inWords()
        + (ready.notProved().isEmpty()
            ? ""
            : ", by presence alone: " + String.join("; ", ready.notProved()));
  }

  /** A point after LATEST, with what the run that made it, or a later one, found against it. */
  private void newest(EvidenceObserved evidence) {
    evidence.newest().stream()
        .filter(newest -> !publishing && isAfter(newest, evidence.latest()))
        .map(
            newest ->
                CheckRow.warning(
                    "newest-point",
                    newest.name(),
                    newest.stage() == Stage.PENDING
                        ? "made, and never became READY"
                            + (evidence.reasons().isEmpty() ? "" : ": ")
                            + String.join("; ", evidence.reasons())
                        : "published, and LATEST does not name it",
                    "READY, and named by LATEST",
                    publish()))
        .forEach(findings::add);
  }

  private static boolean isAfter(Shelved newest, LatestSeen latest) {
    return latest instanceof LatestSeen.Ready ready
        ? newest.name().compareTo(ready.header().restorePoint()) > 0
        : latest instanceof LatestSeen.None && newest.stage() == Stage.PENDING;
  }

  private void archivers() {
    facts.instances().stream()
        .filter(InstanceFacts::isWritable)
        .flatMap(one -> one.server().seen().stream())
        .map(server -> ArchiverRow.of(facts.cluster(), server, facts.now()))
        .filter(row -> row.verdict() != Judged.GOOD)
        .forEach(findings::add);
  }

  private SiteName site() {
    return facts.cluster().policies().publish().site();
  }

  private String publish() {
    return Commands.publish(facts.cluster().name());
  }
}
