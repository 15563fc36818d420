package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceAudit;
import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.ReceiptHead;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring verify}. */
@Command(
    name = "verify",
    header = "Verify a cluster's evidence: seals, chain, nothing gone, histories replay.",
    description =
        "Needs the evidence store and the trusted public keys, nothing else: no Temporal, no"
            + " database. Hosts that answer within 3 seconds name the newest receipt that they"
            + " recorded, which must be in the store. Every kept history is compared with its"
            + " sealed digest; those of the last 1,000 receipts are replayed by this release's"
            + " code.")
final class VerifyCommand implements Callable<Integer> {
  /** A replay takes a tenth of a second. */
  private static final int REPLAYED_RECEIPTS = 1000;

  private static final String CUT_OFF =
      "Receipts removed from the end of the chain can't be detected from the store alone, and no"
          + " host answered with the newest that it recorded.";

  private static final String RESTORED =
      "HINT: find out which person removed the receipts. If the store was restored from a backup or"
          + " begun anew, or a record can't be read, remove CLUSTER/evidence.head in Mooring's"
          + " directory on each host that is named: that acknowledges the loss.";

  private static final String ALTERED =
      "HINT: find out which person altered or removed it. In the place of a LATEST.json that is"
          + " lost or broken, copy the newest manifest that is neither; else publish a new point"
          + " before consuming. If a key is no longer trusted, name its public half in"
          + " evidence.trustedKeys again to read what it sealed.";

  private static final String NOT_REPLAYED =
      "HINT: the seal and the digest of such a history hold, so a release that changed the runbook"
          + " is more likely at fault than the evidence: verify with the release that ran. If it"
          + " does not replay there, a person who has the signing key altered it.";

  private static final String GONE =
      "HINT: `mooring_histories_waiting` and the workers' logs show whether they could be kept;"
          + " if they could, find out which person removed them.";

  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "As that site reads it, if it reads manifests elsewhere than in the store.")
  private String site = "";

  VerifyCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    Cluster read = mooring.clusterFiles().read(cluster.choose(mooring.clusterFiles()));
    List<SiteName> sites = read.sites().stream().map(Site::name).toList();
    try (Evidence evidence = new Evidence(read, site, mooring.environment());
        HistoriesAudit audit = new HistoriesAudit(evidence.reader(), Main.version())) {
      // before the receipts, of which a run may write one meanwhile
      List<ReceiptHead> heads = evidence.heads();
      EvidenceAudit.Report report =
          EvidenceAudit.of(evidence.reader(), read.name(), sites, read.approvals());
      HistoriesAudit.Report histories = audit.ofLast(REPLAYED_RECEIPTS);
      Table broken = new Table("document", "what is wrong");
      report.faults().forEach(fault -> broken.row(fault.document(), fault.reason()));
      histories.broken().forEach(fault -> broken.row(fault.document(), fault.reason()));
      long removed = removed(heads, evidence.reader(), broken);
      mooring.console().say(verdict(read, report, inOneWord(broken, histories)));
      mooring.console().say(sealedBy(report.sealedBy()));
      unverified(report.unverifiedApprovals());
      mooring.console().say(replayed(histories));
      mooring.console().say(heads.isEmpty() ? CUT_OFF : ending(heads, removed));
      report(broken, ALTERED);
      if (removed > 0) {
        mooring.console().say(RESTORED);
      }
      Table failed = new Table("history", "why it does not replay");
      histories.failed().forEach(fault -> failed.row(fault.document(), fault.reason()));
      report(failed, NOT_REPLAYED);
      missed(histories.receipts().gone());
      if (!broken.isEmpty() || !histories.onlyOfOtherReleases()) {
        return ExitCode.STATUS_CRITICAL.status();
      }
      return failed.isEmpty() && histories.receipts().gone().isEmpty()
          ? ExitCode.DONE.status()
          : ExitCode.STATUS_WARNING.status();
    }
  }

  /** How many hosts recorded a receipt that is not there any more, or what can't be read. */
  private static long removed(List<ReceiptHead> heads, EvidenceReader reader, Table broken) {
    return heads.stream()
        .flatMap(
            head ->
                head.fault(reader::receiptDigest).stream()
                    .map(why -> broken.row(head.document(), why)))
        .count();
  }

  private static String ending(List<ReceiptHead> heads, long removed) {
    return String.format(
        "of %d hosts that answered, %d recorded a receipt that is in the store; the newest"
            + " recorded is %d. The removal of later ones can't be detected.",
        heads.size(),
        heads.size() - removed,
        heads.stream().mapToLong(ReceiptHead::sequence).max().orElseThrow());
  }

  private void report(Table found, String hint) {
    if (!found.isEmpty()) {
      mooring.console().say("");
      mooring.console().say(found.lines(mooring.console().width()));
      mooring.console().say(hint);
    }
  }

  private void missed(List<Long> receipts) {
    if (!receipts.isEmpty()) {
      mooring.console().say("");
      mooring.console().say("gone, or never kept: the histories of receipts " + receipts);
      mooring.console().say(GONE);
    }
  }

  private void unverified(int approvals) {
    if (approvals > 0) {
      mooring
          .console()
          .say(approvals + " signed approvals not verified: their keys are not listed");
    }
  }

  private static String sealedBy(Map<String, Integer> keys) {
    return "sealed by: "
        + keys.entrySet().stream()
            .map(key -> key.getKey() + " (" + key.getValue() + " documents)")
            .collect(Collectors.joining(", "));
  }

  private static String replayed(HistoriesAudit.Report histories) {
    return String.format(
        "%d kept histories are what their sealed records name; %d histories were replayed by this"
            + " release, of which %d failed; of the last %d receipts %d have no history here",
        histories.whole(),
        histories.replayed(),
        histories.failed().size(),
        histories.receipts().number(),
        histories.receipts().without());
  }

  private static String inOneWord(Table broken, HistoriesAudit.Report histories) {
    if (!broken.isEmpty()) {
      return "EVIDENCE BROKEN";
    }
    return histories.failed().isEmpty()
        ? "all evidence found is as it was written"
        : "all seals hold, HISTORIES DO NOT REPLAY";
  }

  private static String verdict(Cluster read, EvidenceAudit.Report report, String word) {
    return String.format(
        "%s: %s; %d manifests and states sealed and intact, %d receipts in one chain%s",
        read.name(),
        word,
        report.intact(),
        report.receipts(),
        report.byPresence() == 0
            ? ""
            : "; " + report.byPresence() + " points are READY by their files' presence alone");
  }
}
