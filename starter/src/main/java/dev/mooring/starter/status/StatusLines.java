package dev.mooring.starter.status;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.starter.console.Table;
import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.EvidenceFacts.ReceiptSeen;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Status for a person: the verdict, the instances, what goes on, what is wrong. */
public final class StatusLines {
  private StatusLines() {}

  /** The report as lines, the verdict first. */
  public static List<String> of(StatusReport report) {
    List<String> lines = new ArrayList<>(report.verdicts());
    lines.add("");
    Table table =
        new Table(
            "content", "instance", "site", "host", "state", "timeline", "LSN", "floor", "archive");
    for (InstanceRow row : report.instances()) {
      table.row(
          row.content(),
          row.instance(),
          row.site(),
          row.host(),
          row.state(),
          row.timeline(),
          row.lsn(),
          row.floor(),
          row.archive());
    }
    lines.addAll(table.lines());
    if (!report.runs().isEmpty()) {
      lines.add("");
      lines.addAll(report.runs());
    }
    if (!report.findings().isEmpty()) {
      lines.add("");
      report.findings().forEach(finding -> lines.addAll(inWords(finding)));
    }
    return lines;
  }

  private static List<String> inWords(Finding finding) {
    String line =
        String.format("%-8s  %s", finding.level().name().toLowerCase(Locale.ROOT), finding.fact());
    return finding.remedy().isEmpty()
        ? List.of(line)
        : List.of(line, " ".repeat(10) + "mend it: " + finding.remedy());
  }

  /** The last receipts, newest first, as the reference tool lists them. */
  public static List<String> history(EvidenceFacts evidence, int atMost) {
    Table table = new Table("checked_at_utc", "runbook", "status", "current", "target", "file");
    evidence.receipts().stream().limit(atMost).forEach(seen -> table.row(row(seen)));
    List<String> lines = new ArrayList<>(List.of("", "RECENT RECEIPTS:"));
    lines.addAll(table.isEmpty() ? List.of("none") : table.lines());
    return lines;
  }

  private static List<String> row(ReceiptSeen seen) {
    return seen.document()
        .match(
            intact -> row(seen.path(), intact.content()),
            refused -> List.of("", "", "not to be believed", "", "", seen.path()));
  }

  private static List<String> row(String path, ChainedReceipt chained) {
    Receipt receipt = chained.receipt();
    String at = receipt.ending().at().truncatedTo(ChronoUnit.SECONDS).toString();
    String runbook = receipt.run().runbook();
    if (receipt.seen().consume() instanceof ConsumeRecord.Attempt attempt) {
      return List.of(
          at, runbook, attempt.status().text(), attempt.current(), attempt.target().value(), path);
    }
    String ended = receipt.ending().outcome().toLowerCase(Locale.ROOT);
    return List.of(at, runbook, ended, "", receipt.ending().restorePoint(), path);
  }
}
