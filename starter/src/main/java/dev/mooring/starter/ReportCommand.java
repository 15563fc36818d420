package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.report.HistoryFacts;
import dev.mooring.starter.report.ReportJson;
import dev.mooring.starter.report.ReportPage;
import dev.mooring.starter.report.RunReport;
import dev.mooring.topology.Cluster;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring report}. */
@Command(
    name = "report",
    header = "Show who ran a run, when, what it did, the proof, and how it ended.",
    description = {
      "From the run's receipt, after its seal is verified, and its history, from the evidence store"
          + " or from Temporal. Without a history it has only the receipt.",
      ""
    })
final class ReportCommand implements Callable<Integer> {
  /** How a report is written. */
  private enum Format {
    /** Markdown, for people. */
    MD,
    /** One HTML file with a picture, for people. */
    HTML,
    /** For programs. */
    JSON
  }

  private final MooringCommand mooring;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN|RECEIPT|CLUSTER",
      description =
          "A workflow id (its last run), a run id, the number of a receipt, or a cluster (its last"
              + " run that is no plan).")
  private String named = "";

  @Option(
      names = "--cluster",
      paramLabel = "CLUSTER",
      description = "The cluster of the run; optional if there is one cluster file.")
  private String cluster = "";

  @Option(
      names = "--format",
      paramLabel = "md|html|json",
      description =
          "md for people (default), html for people with a picture of when each act ran on which"
              + " host, json for programs.")
  private Format format = Format.MD;

  ReportCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    RunName run = RunName.of(named);
    String whose = cluster.isEmpty() ? run.cluster() : cluster;
    Cluster read = mooring.clusterFiles().read(mooring.clusterFiles().choose(whose));
    try (Evidence evidence = new Evidence(read, "", mooring.environment())) {
      RunReport report =
          report(evidence.reader(), new ReportHistories(evidence.reader(), mooring::connect), run);
      switch (format) {
        case JSON -> mooring.console().sayText(ReportJson.of(report));
        case HTML -> mooring.console().sayText(ReportPage.html(report));
        case MD -> mooring.console().say(ReportPage.markdown(report));
      }
      if (report.history().source().kept() == HistoryFacts.Kept.BROKEN) {
        mooring.console().complain("the history is " + report.history().source().where());
        mooring
            .console()
            .complain(
                "HINT: this report is made of the receipt alone; `mooring verify` says what else is"
                    + " wrong");
        return ExitCode.FAILED.status();
      }
      return ExitCode.DONE.status();
    }
  }

  private static RunReport report(EvidenceReader reader, ReportHistories histories, RunName run) {
    EvidenceReader.Entry<ChainedReceipt> entry =
        receipt(reader, histories, run)
            .orElseThrow(
                () ->
                    CommandFailure.failed(
                        "no receipt is of " + run.inWords(),
                        "a run has a receipt once it has ended; `mooring follow` shows an open run,"
                            + " `mooring logs` the last receipts"));
    Document.Intact<ChainedReceipt> intact =
        entry
            .document()
            .match(
                whole -> whole,
                refused -> {
                  throw CommandFailure.failed(
                      entry.path() + " is not believed: " + refused.reason(),
                      "`mooring verify` says what else is wrong");
                });
    RunReport.Sealed seal = new RunReport.Sealed(entry.path(), intact.sha256(), intact.keyId());
    return new RunReport(intact.content(), seal, histories.of(intact.content()));
  }

  /** A run's receipt, or a broken receipt that may be its; no older run is taken instead. */
  private static Optional<EvidenceReader.Entry<ChainedReceipt>> receipt(
      EvidenceReader reader, ReportHistories histories, RunName run) {
    if (run.receipt().isPresent()) {
      return reader.receiptNumbered(run.receipt().getAsLong());
    }
    Optional<EvidenceReader.Entry<ChainedReceipt>> found =
        reader.receiptOf(run::isOf, run.runId().isPresent());
    boolean isKnown =
        found.filter(entry -> entry.document().match(i -> true, r -> false)).isPresent();
    return isKnown ? found : run.runId().flatMap(histories::receiptOfReset).or(() -> found);
  }
}
