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
          "Of how many of the last runs the decisions are taken again (default: 1000, 0: of none).")
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
        DecisionsAudit decisions = new DecisionsAudit(evidence.reader())) {
      EvidenceAudit.Report report = EvidenceAudit.of(evidence.reader(), read.name(), sites);
      DecisionsAudit.Report again = decisions.ofLast(last);
      Table broken = new Table("document", "what is wrong");
      report.faults().forEach(fault -> broken.row(fault.document(), fault.reason()));
      again.faults().forEach(fault -> broken.row(fault.document(), fault.reason()));
      mooring.console().say(verdict(read, report, broken.isEmpty()));
      mooring.console().say(sealedBy(report.sealedBy()));
      mooring.console().say(decided(again));
      mooring.console().say(CUT_OFF);
      if (broken.isEmpty()) {
        return missed(again.gone());
      }
      mooring.console().say("");
      mooring.console().say(broken.lines());
      mooring
          .console()
          .say(
              "HINT: find out who altered or removed it. In the place of a LATEST.json that is lost"
                  + " or broken, copy the newest manifest that is neither; else publish a new point"
                  + " before consuming. Where a key is not trusted that once was, name its public"
                  + " half in evidence.trustedKeys again to read what it sealed.");
      return ExitCode.STATUS_CRITICAL.status();
    }
  }

  private int missed(List<Long> receipts) {
    if (receipts.isEmpty()) {
      return ExitCode.DONE.status();
    }
    mooring.console().say("");
    mooring.console().say("gone, or never kept: the histories of receipts " + receipts);
    mooring
        .console()
        .say(
            "HINT: `mooring_histories_waiting` and the workers' logs tell whether they could be"
                + " kept; where they could, find out who removed them.");
    return ExitCode.STATUS_WARNING.status();
  }

  private static String sealedBy(Map<String, Integer> keys) {
    return "sealed by: "
        + keys.entrySet().stream()
            .map(key -> key.getKey() + " (" + key.getValue() + " documents)")
            .collect(Collectors.joining(", "));
  }

  private static String decided(DecisionsAudit.Report again) {
    return String.format(
        "decisions of %d histories were taken again by this release, of which %d do not come out as"
            + " recorded; %d receipts have no history here",
        again.runAgain(), again.faults().size(), again.without());
  }

  private static String verdict(Cluster read, EvidenceAudit.Report report, boolean whole) {
    return String.format(
        "%s: %s; %d manifests and states sealed and intact, %d receipts in one chain%s",
        read.name(),
        whole ? "all evidence found is as it was written" : "EVIDENCE BROKEN",
        report.intact(),
        report.receipts(),
        report.byPresence() == 0
            ? ""
            : "; " + report.byPresence() + " points are READY by their files' presence alone");
  }
}
