package dev.mooring.starter.status;

import dev.mooring.port.SenderPositions;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.replication.ObservedStandbys;
import dev.mooring.runbook.replication.ObservedStandbys.Connection;
import dev.mooring.runbook.replication.ObservedStandbys.SenderRow;
import dev.mooring.runbook.replication.ObservedStandbys.SlotRow;
import dev.mooring.runbook.replication.ObservedStandbys.StandbyRow;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.starter.console.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How standbys stream, for people: the verdict, a row for each standby, the standbys as their
 * senders report them, the slots, what is wrong.
 */
public final class ReplicationLines {
  private ReplicationLines() {}

  /**
   * The result as lines, the verdict first.
   *
   * @param width how wide a table may be, or {@link Table#UNLIMITED}
   */
  public static List<String> of(ReplicationResult result, int width) {
    ObservedStandbys observed = result.observed();
    List<String> lines = new ArrayList<>(List.of(result.headline(), ""));
    Table standbys =
        new Table(
            "standby",
            "",
            "from",
            "state",
            "lag",
            "caught up",
            "slot",
            "received",
            "replayed",
            "last transaction");
    observed.standbys().forEach(row -> standbys.row(cells(row, result.worst(row))));
    lines.addAll(standbys.lines(width));
    addSenders(lines, observed.senders(), width);
    addSlots(lines, observed, width);
    lines.add("");
    for (CheckRow row : result.checks()) {
      if (row.verdict() != Judged.GOOD) {
        lines.add(ReplicationResult.health(row.verdict()) + "  " + row.asFinding());
        lines.add("      fix: " + row.remedy());
      }
    }
    result.degraded().forEach(sentence -> lines.add("attention: " + sentence));
    observed.senders().stream()
        .filter(row -> row.of().isEmpty())
        .forEach(row -> lines.add("note: " + stranger(row)));
    return lines;
  }

  private static void addSenders(List<String> lines, List<SenderRow> rows, int width) {
    if (rows.isEmpty()) {
      return;
    }
    lines.add("");
    Table senders =
        new Table(
            "sender",
            "sends to",
            "of",
            "address",
            "state",
            "sync",
            "priority",
            "sent",
            "written",
            "flushed",
            "replayed");
    rows.forEach(row -> senders.row(cells(row)));
    lines.addAll(senders.lines(width));
  }

  private static void addSlots(List<String> lines, ObservedStandbys observed, int width) {
    if (observed.slots().isEmpty()) {
      return;
    }
    lines.add("");
    Table slots = new Table("slot of " + observed.primary(), "of", "", "keeps", "WAL");
    observed.slots().forEach(slot -> slots.row(cells(slot)));
    lines.addAll(slots.lines(width));
  }

  private static String stranger(SenderRow row) {
    return row.sender()
        + " sends to "
        + (row.application().isEmpty()
            ? "one without a name, and every member of the cluster file has one"
            : row.application() + ": no member of the cluster file bears that name");
  }

  private static String[] cells(StandbyRow row, Judged worst) {
    Connection connection = row.connection();
    return new String[] {
      row.instance().value(),
      ReplicationResult.health(worst),
      row.upstream(),
      connection.state(),
      connection.lagBytes() < 0 ? "" : connection.lagBytes() + " B",
      row.caughtUpMillis() < 0
          ? "no"
          : String.format(Locale.ROOT, "within %.1f s", row.caughtUpMillis() / 1000.0),
      connection.slot(),
      row.position().received(),
      row.position().replayed(),
      row.position().lastTransaction()
    };
  }

  private static String[] cells(SenderRow row) {
    SenderPositions at = row.positions();
    return new String[] {
      row.sender().value(),
      row.application(),
      row.of(),
      row.address(),
      row.state(),
      row.sync(),
      at.priority() < 0 ? "" : String.valueOf(at.priority()),
      at.sent(),
      at.written(),
      at.flushed(),
      at.replayed()
    };
  }

  private static String[] cells(SlotRow slot) {
    return new String[] {
      slot.name(),
      slot.plugin().isEmpty() ? slot.of() : "logical, " + slot.plugin(),
      slot.active() ? "in use" : "unused",
      slot.keptBytes() + " B",
      slot.walStatus()
    };
  }
}
