package dev.mooring.runbook.checks;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.ClusterName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Collects rows and summarizes them. */
public final class CheckRows {
  private final List<String> overrides;
  private final List<CheckRow> rows = new ArrayList<>();

  /**
   * @param overrides rules that are overridden by name
   */
  public CheckRows(List<String> overrides) {
    this.overrides = List.copyOf(overrides);
  }

  public List<CheckRow> all() {
    return List.copyOf(rows);
  }

  /** The number of rows with that verdict. */
  public long count(Judged verdict) {
    return rows.stream().filter(row -> row.verdict() == verdict).count();
  }

  /** Adds a row that was judged elsewhere. */
  public void add(CheckRow row) {
    rows.add(row);
  }

  public void good(String id, Object subject, String seen, String limit) {
    rows.add(CheckRow.good(id, subject, seen, limit));
  }

  public void warning(String id, Object subject, String seen, String limit, String remedy) {
    rows.add(CheckRow.warning(id, subject, seen, limit, remedy));
  }

  public void wrong(String id, Object subject, String seen, String limit, String remedy) {
    rows.add(CheckRow.wrong(id, subject, seen, limit, remedy));
  }

  /** Adds a row of {@link CheckRow#must}. */
  public void must(
      boolean holds, String id, Object subject, String seen, String limit, String remedy) {
    rows.add(CheckRow.must(holds, id, subject, seen, limit, remedy));
  }

  /** Adds a row of {@link CheckRow#wanted}. */
  public void wanted(
      boolean holds, String id, Object subject, String seen, String limit, String remedy) {
    rows.add(CheckRow.wanted(holds, id, subject, seen, limit, remedy));
  }

  /** Adds a row of {@link CheckRow#by}. */
  public void by(
      String rule,
      boolean holds,
      String id,
      Object subject,
      String seen,
      String limit,
      String remedy) {
    by(rule, CheckRow.must(holds, id, subject, seen, limit, remedy));
  }

  /** Adds a row with a rule: if it is wrong, overriding the rule lets the run go on. */
  public void by(String rule, CheckRow row) {
    rows.add(row.by(rule, overrides.contains(rule)));
  }

  /** Adds a row of {@link CheckRow#unseen}. */
  public void unseen(String id, Object subject, Observed.Unseen<?> unseen, String limit) {
    rows.add(CheckRow.unseen(id, subject, unseen, limit));
  }

  /** Adds a row of {@link CheckRow#judged}. */
  public void judged(String id, Object subject, Verdict<?> verdict, String seen, String limit) {
    rows.add(CheckRow.judged(id, subject, verdict, seen, limit));
  }

  /** The rows that stop the run, with their remedies; empty if none does. */
  public static List<String> against(List<CheckRow> rows) {
    return rows.stream()
        .filter(row -> row.verdict() == Judged.WRONG)
        .map(row -> row.inWords() + "; " + row.remedy())
        .toList();
  }

  /** The rows that stop the run, without their remedies, for a headline. */
  public static List<String> inShort(List<CheckRow> rows) {
    return rows.stream()
        .filter(row -> row.verdict() == Judged.WRONG)
        .map(CheckRow::inWords)
        .toList();
  }

  /** Refuses the run if anything stops it. */
  public static void refuseOn(List<String> against) {
    if (!against.isEmpty()) {
      throw RunbookStop.refused(FailureCode.PREFLIGHT, String.join("; ", against));
    }
  }

  /** The rules that are overridden by name and would otherwise stop the run, each once. */
  public static List<String> overridden(List<CheckRow> rows) {
    return rows.stream()
        .filter(row -> row.verdict() == Judged.OVERRIDDEN)
        .map(CheckRow::rule)
        .distinct()
        .toList();
  }

  /**
   * The rows while two instances accept writes: first those that say so, and with all others
   * nothing is advised but to end that.
   *
   * @param split empty unless two do
   */
  public static List<CheckRow> whileTwoWrite(
      ClusterName cluster, List<CheckRow> split, List<CheckRow> others) {
    return Stream.concat(
            split.stream(),
            others.stream()
                .map(row -> split.isEmpty() ? row : row.withRemedy(OneWriter.firstEnd(cluster))))
        .toList();
  }

  /** The rows as measured facts of a plan. */
  public static List<Fact> facts(List<CheckRow> rows) {
    return rows.stream().map(CheckRow::fact).toList();
  }
}
