package dev.mooring.runbook.check;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Sight;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.check.CheckRow.Judged;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The rows of a check as they come together. */
final class Rows {
  private final List<CheckRow> rows = new ArrayList<>();

  List<CheckRow> all() {
    return List.copyOf(rows);
  }

  /** How many of them have that verdict. */
  long count(Judged judged) {
    return rows.stream().filter(row -> row.judged() == judged).count();
  }

  /** All of them under a verdict in words. */
  CheckResult result(ClusterName cluster, String verdict, Instant now) {
    return new CheckResult(
        cluster + ": " + verdict,
        rows.stream().map(CheckRow::judged).reduce(Judged.GOOD, Judged::or),
        cluster,
        now,
        rows);
  }

  void good(String looked, String seen, String limit) {
    rows.add(new CheckRow(looked, seen, limit, Judged.GOOD, ""));
  }

  void warning(String looked, String seen, String limit, String remedy) {
    rows.add(new CheckRow(looked, seen, limit, Judged.WARNING, remedy));
  }

  void wrong(String looked, String seen, String limit, String remedy) {
    rows.add(new CheckRow(looked, seen, limit, Judged.WRONG, remedy));
  }

  /** Good where that holds, else wrong. */
  void row(boolean holds, String looked, String seen, String limit, String remedy) {
    if (holds) {
      good(looked, seen, limit);
    } else {
      wrong(looked, seen, limit, remedy);
    }
  }

  /** Nothing was seen of it. */
  void unseen(String looked, Sight.Unseen<?> unseen, String limit) {
    wrong(looked, "NOT SEEN: " + unseen.why(), limit, unseen.remedy());
  }

  /** A runbook's own verdict on it. */
  void judged(String looked, Verdict<?> verdict, String seen, String limit) {
    verdict.match(
        proceed -> {
          good(looked, seen, limit);
          return true;
        },
        notYet -> {
          wrong(looked, notYet.awaiting(), limit, FailureCode.BUG.hint());
          return false;
        },
        never -> {
          wrong(looked, never.reason(), limit, never.code().hint());
          return false;
        });
  }
}
