package dev.mooring.runbook.check;

import dev.mooring.port.RehearsalActivities.InstanceRehearsed;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.RehearsalActivities.Shown;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.check.Rehearsing.RehearsedOn;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.LastRehearsalRow;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import java.time.Instant;
import java.util.List;

/** The rows of rehearsals: one for each proof of this run's own, and when the last one was. */
final class RehearsalRows {
  private static final String REHEARSAL = "rehearsal";

  private final ClusterName cluster;
  private final CheckRows rows;

  RehearsalRows(ClusterName cluster, CheckRows rows) {
    this.cluster = cluster;
    this.rows = rows;
  }

  /** The rehearsals of this run on every host. */
  static CheckResult judge(ClusterName cluster, List<RehearsedOn> rehearsed, Instant now) {
    CheckRows rows = new CheckRows(List.of());
    rehearsed.forEach(new RehearsalRows(cluster, rows)::rehearsed);
    long wrong = rows.count(Judged.WRONG);
    long left = rows.count(Judged.WARNING);
    String verdict = wrong > 0 ? "FAILED" : left > 0 ? "passed in part" : "passed";
    return CheckResult.of(
        cluster,
        String.format(
            "rehearsal %s: %d of %d proofs hold%s%s",
            verdict,
            rows.count(Judged.GOOD),
            rows.all().size(),
            wrong == 0 ? "" : ", " + wrong + " WRONG",
            left == 0 ? "" : ", " + left + " not rehearsed"),
        rows.all(),
        now);
  }

  private void rehearsed(RehearsedOn on) {
    String limit = "rehearsed";
    if (on.observed() instanceof Observed.Unseen<?> unseen) {
      rows.unseen(REHEARSAL, on.work().host().name(), unseen, limit);
    }
    on.observed()
        .seen()
        .ifPresent(
            seen -> {
              seen.rehearsed().forEach(this::instance);
              seen.failures()
                  .forEach(
                      failure ->
                          rows.unseen(
                              REHEARSAL,
                              failure.instance(),
                              new Observed.Unseen<>(failure),
                              limit));
            });
  }

  private void instance(InstanceRehearsed one) {
    for (Shown shown : one.shown()) {
      String id = LastRehearsalRow.id(shown.proof());
      String limit = limit(shown.proof());
      switch (shown.ended()) {
        case SHOWN -> rows.good(id, one.instance(), shown.words(), limit);
        case FAILED -> rows.wrong(id, one.instance(), shown.words(), limit, remedy(shown.proof()));
        case NOT_REHEARSED ->
            rows.warning(
                id,
                one.instance(),
                "NOT REHEARSED: " + shown.words(),
                limit,
                remedy(shown.proof()));
      }
    }
  }

  private static String limit(Proof proof) {
    return switch (proof) {
      case FENCE, LAUNCHER -> "does not start what is fenced";
      case GUARDED_LAUNCHER -> "asks the guard";
      case UNIT -> "its own start check refuses what may not write, and nothing else";
      case GUARD -> "refuses what may not write, and nothing else";
      case BOOT -> "refuses what was named before its host's last boot, and nothing else";
      case HOOK -> "refuses an instance that may not write or is fenced, and no other";
      case GATE -> "serves nothing beyond its target, and what lies before it";
      case CONTROL -> "starts when nothing is against it";
      case POWER -> "says that its host is on, while it is (exit status 1)";
      case AFTER_REBOOT -> "asks the guard with --this-boot";
    };
  }

  private static String remedy(Proof proof) {
    return switch (proof) {
      case FENCE, LAUNCHER ->
          "power is the only fence of that host until this is explained: read what it said";
      case GUARDED_LAUNCHER, UNIT ->
          "put the guard before it, as operations/fencing.md shows, and test it by hand if it can't"
              + " be rehearsed";
      case GUARD, BOOT -> "`mooring replicate setup` brings the guard up to date";
      case HOOK ->
          "`mooring adopt` of the leader installs it again: until then Patroni's own promotions"
              + " ask no authority file";
      case GATE -> "the next consume brings the gate up to date: park nothing there before it";
      case CONTROL -> "read what it said: as long as nothing starts, its refusals prove nothing";
      case AFTER_REBOOT ->
          "put --this-boot there, as operations/fencing.md shows; without it a failover without a"
              + " person does not power this host off";
      case POWER ->
          "fix failover.fences[].check: until it reports a host that is on, its report that a host"
              + " is off is no fence";
    };
  }

  /** When the fences on one host were last rehearsed; a silent host has rows of its own. */
  void last(OnHost on, Instant now) {
    if (on.host().seen().isEmpty() || on.rehearsals().isEmpty()) {
      return;
    }
    Observed<RehearsalsObserved> observed = on.rehearsals().get();
    if (observed instanceof Observed.Unseen<?> unseen) {
      rows.unseen(LastRehearsalRow.ID, on.work().host().name(), unseen, "readable");
    }
    observed.seen().stream()
        .flatMap(seen -> on.work().instances().stream().map(one -> last(one, seen, now)))
        .forEach(rows::add);
  }

  private CheckRow last(Instance instance, RehearsalsObserved seen, Instant now) {
    return LastRehearsalRow.of(cluster, instance.id(), seen, now);
  }
}
