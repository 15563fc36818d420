package dev.mooring.runbook.status;

import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.Span;
import dev.mooring.topology.PublishPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How publishing goes: LATEST, its age, the archivers, how the last runs ended. */
final class PublishJudge {
  private static final int LATE = 2;
  private static final int FAR_TOO_LATE = 10;

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
    lastRuns(evidence);
    if (evidence.latest() instanceof LatestSeen.Ready ready) {
      return latest(evidence, ready.header());
    }
    if (evidence.latest() instanceof LatestSeen.Refused refused) {
      findings.add(
          Finding.critical(
              "LATEST is not to be believed: " + refused.reason(),
              "`mooring verify " + facts.cluster().name() + "`"));
      return "LATEST is not to be believed";
    }
    findings.add(
        Finding.critical(
            "no restore point of " + facts.cluster().name() + " was ever READY", publish()));
    return facts.cluster().name() + " has no restore point";
  }

  private String latest(EvidenceObserved evidence, Manifest.Header latest) {
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
        + latest.cut().inWords();
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
              "`mooring logs " + facts.cluster().name() + "` says why; " + publish()));
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
    }
  }

  /** How the last run of each runbook and site ended. */
  private void lastRuns(EvidenceObserved evidence) {
    Set<String> told = new LinkedHashSet<>();
    for (ReceiptSeen seen : evidence.receipts()) {
      if (seen.read() instanceof ReceiptRead.Intact intact) {
        Receipt receipt = intact.receipt();
        if (told.add(receipt.run().runbook() + receipt.run().scope())) {
          ending(seen.path(), receipt);
        }
      } else {
        findings.add(
            Finding.critical(
                "receipt " + seen.path() + " is not to be believed",
                "`mooring verify " + facts.cluster().name() + "`"));
      }
    }
  }

  private void ending(String path, Receipt receipt) {
    String outcome = receipt.ending().outcome();
    if (outcome.equals(Outcome.COMPLETED.name())) {
      return;
    }
    String fact =
        String.format(
            "the last %s at %s ended %s: %s",
            receipt.run().runbook(), receipt.run().scope(), outcome, receipt.ending().headline());
    boolean byPerson =
        outcome.equals(Outcome.REFUSED.name()) || outcome.equals(Outcome.ROLLED_BACK.name());
    findings.add(
        new Finding(
            byPerson ? Finding.Level.NOTE : Finding.Level.WARNING, fact, "its receipt: " + path));
  }

  private String publish() {
    return "`mooring publish " + facts.cluster().name() + "`";
  }
}
