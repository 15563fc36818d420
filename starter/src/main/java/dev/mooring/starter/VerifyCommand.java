package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceAudit;
import dev.mooring.starter.console.CommandFailure;
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
    header = "Verify a cluster's evidence: seals, chain, nothing gone, decisions taken again.",
    description =
        "Needs the evidence store and the trusted public keys, nothing else: no Temporal, no host,"
            + " no database. The kept histories of runs are run again by this release's code: each"
            + " decision must come out as it was recorded.")
final class VerifyCommand implements Callable<Integer> {
  private static final String CUT_OFF =
      "Receipts removed from the end of the chain can't be seen from the store alone.";

  private static final String ALTERED =
      "HINT: find out who altered or removed it. In the place of a LATEST.json that is lost or"
          + " broken, copy the newest manifest that is neither; else publish a new point before"
          + " consuming. Where a key is not trusted that once was, name its public half in"
          + " evidence.trustedKeys again to read what it sealed.";

  private static final String DECIDED_OTHERWISE =
      "HINT: the seal and the digest of such a history hold, so this release is more likely at"
          + " fault than the evidence: verify with the release that ran, and report it with the"
          + " history. Where the same release comes to another decision too, somebody who has the"
          + " signing key altered it.";

  private static final String DECIDED_BY_ANOTHER =
      "HINT: another release may decide otherwise, and that is no sign of an alteration: `mooring"
          + " verify` of the release that is named tells. Where it comes to the same as this one,"
          + " somebody who has the signing key altered the history.";

  private static final String GONE =
      "HINT: `mooring_histories_waiting` and the workers' logs tell whether they could be kept;"
          + " where they could, find out who removed them.";

  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "As that site sees it, where it reads manifests elsewhere than in the store.")
  private String site = "";

  @Option(
      names = "--decisions",
      paramLabel = "RUNS",
      description =
          "Of how many of the last runs the decisions are taken again (default: 1000, 0: of none);"
              + " digest and seal of every kept history are looked at.")
  private int last = 1000;

  VerifyCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    if (last < 0) {
      throw CommandFailure.usage("--decisions must be 0 or more, got " + last, "1000 is usual");
    }
    Cluster read = mooring.clusterFiles().read(cluster.choose(mooring.clusterFiles()));
    List<SiteName> sites = read.sites().stream().map(Site::name).toList();
    try (Evidence evidence = new Evidence(read, site, mooring.environment());
        DecisionsAudit decisions = new DecisionsAudit(evidence.reader(), Main.version())) {
      EvidenceAudit.Report report = EvidenceAudit.of(evidence.reader(), read.name(), sites);
      DecisionsAudit.Report again = decisions.ofLast(last);
      Table broken = new Table("document", "what is wrong");
      report.faults().forEach(fault -> broken.row(fault.document(), fault.reason()));
      again.broken().forEach(fault -> broken.row(fault.document(), fault.reason()));
      mooring.console().say(verdict(read, report, inOneWord(broken, again)));
      mooring.console().say(sealedBy(report.sealedBy()));
      mooring.console().say(decided(again));
      mooring.console().say(CUT_OFF);
      tell(broken, ALTERED);
      tell(histories(again.otherwise()), DECIDED_OTHERWISE);
      tell(histories(again.ofOtherReleases()), DECIDED_BY_ANOTHER);
      missed(again.gone());
      if (!broken.isEmpty() || !again.otherwise().isEmpty()) {
        return ExitCode.STATUS_CRITICAL.status();
      }
      return again.ofOtherReleases().isEmpty() && again.gone().isEmpty()
          ? ExitCode.DONE.status()
          : ExitCode.STATUS_WARNING.status();
    }
  }

  private static Table histories(List<DecisionsAudit.Fault> faults) {
    Table table = new Table("history", "what comes out otherwise");
    faults.forEach(fault -> table.row(fault.document(), fault.reason()));
    return table;
  }

  private void tell(Table found, String hint) {
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

  private static String sealedBy(Map<String, Integer> keys) {
    return "sealed by: "
        + keys.entrySet().stream()
            .map(key -> key.getKey() + " (" + key.getValue() + " documents)")
            .collect(Collectors.joining(", "));
  }

  private static String decided(DecisionsAudit.Report again) {
    int otherwise = again.otherwise().size() + again.ofOtherReleases().size();
    return String.format(
        "%d kept histories are what their sealed records name; decisions of %d histories were taken"
            + " again by this release, of which %d do not come out as recorded; of the last %d"
            + " receipts %d have no history here",
        again.whole(), again.runAgain(), otherwise, again.receipts(), again.without());
  }

  private static String inOneWord(Table broken, DecisionsAudit.Report again) {
    if (!broken.isEmpty()) {
      return "EVIDENCE BROKEN";
    }
    return again.otherwise().isEmpty()
        ? "all evidence found is as it was written"
        : "all seals hold, DECISIONS COME OUT OTHERWISE";
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
