package dev.mooring.starter.status;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.status.InstanceRow;
import dev.mooring.runbook.status.MemberRow;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.console.Table;
import dev.mooring.topology.InstanceId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Status for people: the verdict, the instances, open runs, what is wrong. */
public final class StatusLines {
  private StatusLines() {}

  /**
   * The report as lines, the verdict first.
   *
   * @param width how wide a table may be, or {@link Table#UNLIMITED}
   */
  public static List<String> of(StatusResult result, int width) {
    List<String> lines = new ArrayList<>(result.verdicts());
    lines.addAll(members(result.members(), width));
    lines.addAll(instances(result, width));
    if (!result.runs().isEmpty()) {
      lines.add("");
      lines.addAll(result.runs());
    }
    if (!result.findings().isEmpty()) {
      lines.add("");
      result.findings().forEach(finding -> lines.addAll(inWords(finding)));
    }
    return lines;
  }

  private static List<String> members(List<MemberRow> members, int width) {
    Table table =
        new Table(
            "member",
            "host",
            "role",
            "state",
            "timeline",
            "lag bytes",
            "WAL end",
            "read from",
            "replayed",
            "replay s",
            "sync",
            "site",
            "streams from",
            "heard s ago",
            "slot");
    for (MemberRow row : members) {
      table.row(
          row.instance().value(),
          row.host().value(),
          row.role(),
          row.state(),
          row.place().timeline(),
          row.stream().lag().bytes(),
          row.place().walEnd(),
          row.place().readFrom(),
          row.place().replayed(),
          row.stream().lag().seconds(),
          row.stream().sync(),
          row.site().value(),
          row.stream().upstream(),
          row.stream().heardSeconds(),
          row.stream().slot());
    }
    List<String> lines = new ArrayList<>(below(table, width));
    members.stream().limit(1).forEach(row -> lines.add(row.stream().lag().limits().inWords()));
    return lines;
  }

  /** Instances that are no members: a cluster may have copies beside its standbys. */
  private static List<String> instances(StatusResult result, int width) {
    List<InstanceId> members = result.members().stream().map(MemberRow::instance).toList();
    Table table =
        new Table(
            "content",
            "instance",
            "site",
            "host",
            "state",
            "timeline",
            "LSN",
            "floor",
            "archive",
            "system");
    for (InstanceRow row : result.instances()) {
      if (!members.contains(row.instance())) {
        table.row(
            row.content().toString(),
            row.instance().value(),
            row.site().value(),
            row.host().value(),
            row.state(),
            row.timeline(),
            row.lsn(),
            row.floor(),
            row.archive(),
            row.system());
      }
    }
    return below(table, width);
  }

  private static List<String> below(Table table, int width) {
    if (table.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(List.of(""));
    lines.addAll(table.lines(width));
    return lines;
  }

  private static List<String> inWords(CheckRow finding) {
    String line = String.format("%-8s  %s", finding.verdict().level(), finding.asFinding());
    return finding.remedy().isEmpty()
        ? List.of(line)
        : List.of(line, " ".repeat(10) + "fix: " + finding.remedy());
  }

  /**
   * The last receipts, newest first, as the reference tool lists them.
   *
   * @param width how wide the table may be, or {@link Table#UNLIMITED}
   */
  public static List<String> history(EvidenceObserved evidence, int atMost, int width) {
    Table table = new Table("checked_at_utc", "runbook", "status", "current", "target", "file");
    evidence.receipts().stream().limit(atMost).forEach(seen -> table.row(row(seen)));
    List<String> lines = new ArrayList<>(List.of("", "RECENT RECEIPTS:"));
    lines.addAll(table.isEmpty() ? List.of("none") : table.lines(width));
    return lines;
  }

  private static List<String> row(ReceiptSeen seen) {
    return seen.read() instanceof ReceiptRead.Intact intact
        ? row(seen.path(), intact.receipt())
        : List.of("", "", "not to be believed", "", "", seen.path());
  }

  private static List<String> row(String path, Receipt receipt) {
    String at = receipt.ending().at().truncatedTo(ChronoUnit.SECONDS).toString();
    String runbook = receipt.run().runbook();
    if (!receipt.asked().planOnly()
        && receipt.seen().consume() instanceof ConsumeRecord.Attempt attempt) {
      return List.of(
          at, runbook, attempt.status().text(), attempt.current(), attempt.target().value(), path);
    }
    String ended = receipt.endedAs().toLowerCase(Locale.ROOT);
    return List.of(at, runbook, ended, "", receipt.ending().restorePoint(), path);
  }
}
