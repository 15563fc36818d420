package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.ReceiptChain;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mooring verify}. */
@Command(
    name = "verify",
    header = "Verify every seal of a cluster's evidence and the chain of its receipts.",
    description =
        "Needs the evidence store and the trusted public keys, nothing else: no Temporal, no host,"
            + " no database.")
final class VerifyCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Parameters(index = "0", paramLabel = "CLUSTER", arity = "0..1", description = "Which cluster.")
  private String cluster = "";

  VerifyCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    Cluster read = mooring.clusterFiles().read(mooring.clusterFiles().choose(cluster));
    try (Evidence evidence = new Evidence(read)) {
      Table broken = new Table("document", "what is wrong");
      int intact = manifests(evidence.reader(), broken) + states(read, evidence.reader(), broken);
      ReceiptChain.Verdict chain = evidence.reader().verifyReceipts();
      long receipts = chain.match(ReceiptChain.Verdict.Whole::count, fault -> fault.sequence() - 1);
      chain.match(
          whole -> broken,
          fault -> broken.row("receipt " + fault.sequence() + " and later", fault.reason()));
      mooring.console().say(verdict(read, broken.isEmpty(), intact, receipts));
      if (broken.isEmpty()) {
        return ExitCode.DONE.status();
      }
      mooring.console().say("");
      mooring.console().say(broken.lines());
      mooring.console().say("HINT: find out who altered it; publish a new point before consuming.");
      return ExitCode.STATUS_CRITICAL.status();
    }
  }

  private static String verdict(Cluster read, boolean whole, int intact, long receipts) {
    return String.format(
        "%s: %s; %d manifests and states sealed and intact, %d receipts in one chain",
        read.name(),
        whole ? "all evidence is as it was written" : "EVIDENCE BROKEN",
        intact,
        receipts);
  }

  private static int manifests(EvidenceReader reader, Table broken) {
    int intact = 0;
    for (var shelved : reader.manifestsNewestFirst()) {
      intact += judge(reader.manifest(shelved), broken);
    }
    return intact + judge(reader.latest(), broken);
  }

  private static int states(Cluster read, EvidenceReader reader, Table broken) {
    int intact = 0;
    for (Site site : read.sites()) {
      intact += judge(reader.state(site.name()), broken);
    }
    return intact;
  }

  private static <T> int judge(Optional<EvidenceReader.Entry<T>> entry, Table broken) {
    if (entry.isEmpty()) {
      return 0;
    }
    if (entry.get().document() instanceof Document.Refused<T> refused) {
      broken.row(entry.get().path(), refused.reason());
      return 0;
    }
    return 1;
  }
}
