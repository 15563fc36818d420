package dev.mooring.starter.status;

import dev.mooring.port.SenderPositions;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.replication.ReplicationResult.SenderRow;
import dev.mooring.runbook.replication.ReplicationResult.SlotRow;
import dev.mooring.runbook.replication.ReplicationResult.StandbyRow;
import dev.mooring.starter.console.ExitCode;
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
    result.standbys().forEach(row -> standbys.row(cells(row)));
    lines.addAll(standbys.lines(width));
    addSenders(lines, result.senders(), width);
    addSlots(lines, result, width);
    lines.add("");
    for (StandbyRow row : result.standbys()) {
      if (!row.why().isEmpty()) {
        lines.add(word(row) + "  " + row.instance() + ": " + row.why());
      }
    }
    result.degraded().forEach(sentence -> lines.add("attention: " + sentence));
    result.senders().stream()
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

  private static void addSlots(List<String> lines, ReplicationResult result, int width) {
    if (result.slots().isEmpty()) {
      return;
    }
    lines.add("");
    Table slots = new Table("slot of " + result.primary(), "of", "", "keeps", "WAL");
    result.slots().forEach(slot -> slots.row(cells(slot)));
    lines.addAll(slots.lines(width));
  }

  private static String stranger(SenderRow row) {
    return row.sender()
        + " sends to "
        + (row.application().isEmpty()
            ? "one without a name, and every member of the cluster file has one"
            : row.application() + ": no member of the cluster file bears that name");
  }

  private static String[] cells(StandbyRow row) {
    return new String[] {
      row.instance().value(),
      word(row),
      row.upstream(),
      row.state(),
      row.lagBytes() < 0 ? "" : row.lagBytes() + " B",
      row.lagMillis() < 0
          ? "no"
          : String.format(Locale.ROOT, "within %.1f s", row.lagMillis() / 1000.0),
      row.slot(),
      row.received(),
      row.replayed(),
      row.lastReplayed()
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

  private static String word(StandbyRow row) {
    return switch (row.health()) {
      case HEALTHY -> "healthy";
      case HIGH -> "high";
      case DOWN -> "DOWN";
    };
  }

  /** The exit code of a command that shows it. */
  public static ExitCode exitCode(ReplicationResult result) {
    return switch (result.worst()) {
      case HEALTHY -> ExitCode.DONE;
      case HIGH -> ExitCode.STATUS_WARNING;
      case DOWN -> ExitCode.STATUS_CRITICAL;
    };
  }
}
