package dev.mooring.runbook.status;

import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.publish.ArchiverCheck;
import dev.mooring.topology.PublishPolicy;
import java.time.Duration;
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
        "LATEST is "
            + DurationText.of(age)
            + " old; a point is wanted every "
            + DurationText.of(policy.every());
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
        + DurationText.of(age)
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
        && newest.get().name().compareTo(latest.restorePoint()) > 0) {
      findings.add(
          Finding.warning(
              newest.get().name()
                  + (newest.get().stage() == Stage.PENDING
                      ? " was made and never became READY"
                      : " was published and LATEST does not name it"),
              Commands.logs(facts.cluster().name()) + " says why; " + publish()));
    }
  }

  private void archivers() {
    Duration every = facts.cluster().policies().publish().every();
    for (InstanceFacts one : facts.instances()) {
      one.server().seen().stream()
          .flatMap(server -> ArchiverCheck.failing(server).stream())
          .map(fact -> Finding.warning(fact, ArchiverCheck.FAILS_REMEDY))
          .forEach(findings::add);
      one.server().seen().stream()
          .flatMap(server -> ArchiverCheck.silent(server, every, facts.now()).stream())
          .map(fact -> Finding.warning(fact, ArchiverCheck.HANGS_REMEDY))
          .forEach(findings::add);
    }
  }

  private String publish() {
    return Commands.publish(facts.cluster().name());
  }
}
