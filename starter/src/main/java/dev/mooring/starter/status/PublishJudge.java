package dev.mooring.starter.status;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Outcome;
import dev.mooring.starter.console.Span;
import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.EvidenceFacts.ReceiptSeen;
import dev.mooring.starter.look.InstanceFacts;
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
  String verdict(EvidenceFacts evidence) {
    archivers();
    lastRuns(evidence);
    if (evidence.latest().isEmpty()) {
      findings.add(
          Finding.critical(
              "no restore point of " + facts.cluster().name() + " was ever READY", publish()));
      return facts.cluster().name() + " has no restore point";
    }
    return evidence
        .latest()
        .get()
        .match(
            intact -> latest(evidence, intact.content()),
            refused -> {
              findings.add(
                  Finding.critical(
                      "LATEST is not to be believed: " + refused.reason(),
                      "`mooring verify " + facts.cluster().name() + "`"));
              return "LATEST is not to be believed";
            });
  }

  private String latest(EvidenceFacts evidence, Manifest latest) {
    PublishPolicy policy = facts.cluster().policies().publish();
    Duration age = Duration.between(latest.header().createdAt(), facts.now());
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
        + latest.name()
        + " "
        + Span.of(age)
        + " ago, "
        + latest.header().cut().inWords();
  }

  private void pendingSince(EvidenceFacts evidence, Manifest latest) {
    Optional<Shelved> newest = evidence.manifests().stream().findFirst();
    if (!publishing
        && newest.isPresent()
        && newest.get().stage() == Stage.PENDING
        && newest.get().name().compareTo(latest.name()) > 0) {
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
  private void lastRuns(EvidenceFacts evidence) {
    Set<String> told = new LinkedHashSet<>();
    for (ReceiptSeen seen : evidence.receipts()) {
      Optional<Receipt> receipt = receipt(seen.document());
      if (receipt.isEmpty()) {
        findings.add(
            Finding.critical(
                "receipt " + seen.path() + " is not to be believed",
                "`mooring verify " + facts.cluster().name() + "`"));
      } else if (told.add(receipt.get().run().runbook() + receipt.get().run().scope())) {
        ending(seen.path(), receipt.get());
      }
    }
  }

  private static Optional<Receipt> receipt(Document<ChainedReceipt> document) {
    return document.match(
        intact -> Optional.of(intact.content().receipt()), refused -> Optional.empty());
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
