package dev.mooring.runbook.status;

import dev.mooring.evidence.Receipt;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LastRuns;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.port.EvidenceActivities.RunsOf;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.ClusterName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The ending of the last run of each runbook and site, by their receipts. */
final class LastRunsJudge {
  private static final String LAST = "last-run";
  private static final String COMPLETED = "COMPLETED";

  private LastRunsJudge() {}

  static List<CheckRow> findings(ClusterName cluster, EvidenceObserved evidence) {
    LastRuns last = evidence.lastRuns();
    List<CheckRow> findings = new ArrayList<>();
    Set<String> read = new LinkedHashSet<>();
    Set<RunsOf> reported = new LinkedHashSet<>();
    Set<RunsOf> planned = new LinkedHashSet<>();
    Stream.concat(evidence.receipts().stream(), last.found().stream())
        .filter(seen -> read.add(seen.path()))
        .forEach(seen -> report(cluster, seen, reported, planned, findings));
    for (RunsOf runs : last.unfound()) {
      if (!reported.contains(runs) && !runs.isAny()) {
        findings.add(
            CheckRow.good(
                LAST,
                runs.runbook() + " at " + runs.site(),
                "not known: none is among the last " + last.searched() + " receipts",
                COMPLETED));
      }
    }
    return findings;
  }

  private static void report(
      ClusterName cluster,
      ReceiptSeen seen,
      Set<RunsOf> reported,
      Set<RunsOf> planned,
      List<CheckRow> findings) {
    if (!(seen.read() instanceof ReceiptRead.Intact intact)) {
      findings.add(
          CheckRow.wrong(
              "receipt",
              seen.path(),
              "not to be believed",
              "sealed by a trusted key",
              Commands.verify(cluster)));
    } else if (isLast(intact.receipt(), reported, planned)
        && !intact.receipt().ending().outcome().equals(COMPLETED)) {
      findings.add(ending(cluster, seen.path(), intact.receipt()));
    }
  }

  /** Also of a plan that found WAL missing or bad, if nothing has looked since. */
  private static boolean isLast(Receipt receipt, Set<RunsOf> reported, Set<RunsOf> planned) {
    RunsOf runs = RunsOf.of(receipt);
    if (!receipt.asked().planOnly()) {
      return reported.add(runs);
    }
    return planned.add(runs)
        && !reported.contains(runs)
        && receipt.ending().code().equals(FailureCode.WAL_MISSING.name());
  }

  private static CheckRow ending(ClusterName cluster, String path, Receipt receipt) {
    Receipt.RunReference run = receipt.run();
    String outcome = receipt.ending().outcome();
    return new CheckRow(
        LAST,
        (receipt.asked().planOnly() ? "plan of " : "") + run.runbook() + run.atScope(),
        String.format("%s: %s (receipt %s)", outcome, receipt.ending().headline(), path),
        COMPLETED,
        needsOperator(receipt.ending()) ? Judged.WARNING : Judged.GOOD,
        "",
        hint(receipt.ending().code()) + Commands.again(run.runbook(), cluster, run.scope()));
  }

  /** An ending that this version does not know needs an operator. */
  private static boolean needsOperator(Receipt.Ending ending) {
    return Stream.of(Outcome.values())
        .filter(known -> known.name().equals(ending.outcome()))
        .findFirst()
        .flatMap(outcome -> FailureCode.named(ending.code()).map(outcome::needsOperator))
        .orElse(true);
  }

  private static String hint(String code) {
    return FailureCode.named(code).map(known -> known.hint() + "; then ").orElse("");
  }
}
