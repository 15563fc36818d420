package dev.mooring.runbook.check;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RehearsalActivities.InstanceRehearsed;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.RehearsalActivities.Shown;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Sight;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.check.CheckRow.Judged;
import dev.mooring.runbook.check.Rehearsing.RehearsedOn;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What came of rehearsals: of this run's own, one row for each proof, and when the last was. */
final class RehearsalRows {
  private final ClusterName cluster;
  private final Rows rows;

  RehearsalRows(ClusterName cluster, Rows rows) {
    this.cluster = cluster;
    this.rows = rows;
  }

  /** This run's own, on every host. */
  static CheckResult judge(ClusterName cluster, List<RehearsedOn> rehearsed, Instant now) {
    Rows rows = new Rows();
    rehearsed.forEach(new RehearsalRows(cluster, rows)::rehearsed);
    long wrong = rows.count(Judged.WRONG);
    long left = rows.count(Judged.WARNING);
    String verdict = wrong > 0 ? "FAILED" : left > 0 ? "passed in part" : "passed";
    return rows.result(
        cluster,
        String.format(
            "rehearsal %s: %d of %d proofs hold%s%s",
            verdict,
            rows.count(Judged.GOOD),
            rows.all().size(),
            wrong == 0 ? "" : ", " + wrong + " WRONG",
            left == 0 ? "" : ", " + left + " not rehearsed"),
        now);
  }

  private void rehearsed(RehearsedOn on) {
    String limit = "rehearsed";
    if (on.sight() instanceof Sight.Unseen<?> unseen) {
      rows.unseen("host " + on.work().host().name() + ": fences", unseen, limit);
    }
    on.sight()
        .seen()
        .ifPresent(
            seen -> {
              seen.rehearsed().forEach(this::instance);
              seen.failures().forEach(failure -> failed(failure, limit));
            });
  }

  private void instance(InstanceRehearsed one) {
    for (Shown shown : one.shown()) {
      String looked = one.instance() + ": " + thing(shown.proof());
      String limit = limit(shown.proof());
      switch (shown.ended()) {
        case SHOWN -> rows.good(looked, shown.words(), limit);
        case FAILED -> rows.wrong(looked, shown.words(), limit, remedy(shown.proof()));
        case NOT_REHEARSED ->
            rows.warning(looked, "NOT REHEARSED: " + shown.words(), limit, remedy(shown.proof()));
      }
    }
  }

  private static String thing(Proof proof) {
    return switch (proof) {
      case FENCE -> "fence";
      case LAUNCHER -> "launcher, fenced";
      case GUARDED_LAUNCHER -> "launcher, another named";
      case GUARD -> "guard";
      case BOOT -> "guard, after a reboot";
      case HOOK -> "what Patroni asks before a promotion";
      case GATE -> "restore gate";
      case CONTROL -> "control of the rehearsal";
      case UNIT -> "unit";
      case POWER -> "check of its fence command";
      case AFTER_REBOOT -> "its start after it was powered off";
    };
  }

  private static String things(List<Proof> proofs) {
    return String.join(", ", proofs.stream().map(RehearsalRows::thing).toList());
  }

  private static String limit(Proof proof) {
    return switch (proof) {
      case FENCE, LAUNCHER -> "does not start what is fenced";
      case GUARDED_LAUNCHER -> "asks the guard";
      case UNIT -> "its own start check refuses what may not write, and nothing else";
      case GUARD -> "refuses what may not write, and nothing else";
      case BOOT -> "refuses what was named before its host's last boot, and nothing else";
      case HOOK -> "refuses what the authority does not let write, and nothing else";
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
          "put the guard before it, as operations/fencing.md shows, and try it by hand where it"
              + " can't be rehearsed";
      case GUARD, BOOT -> "`mooring replicate setup` brings the guard up to date";
      case HOOK ->
          "`mooring adopt` of the leader puts it there anew: until then its own promotions ask"
              + " nobody";
      case GATE -> "the next consume brings the gate up to date: park nothing there before it";
      case CONTROL -> "read what it said: as long as nothing starts, its refusals prove nothing";
      case AFTER_REBOOT ->
          "put --this-boot there, as operations/fencing.md shows; without it a failover without a"
              + " person does not power this host off";
      case POWER ->
          "mend failover.fences[].check: as long as it tells nothing of a host that is on, what it"
              + " says of one that is off is no fence";
    };
  }

  /** When those of one host were rehearsed last; one that is silent has rows that say so. */
  void last(OnHost on, Instant now) {
    if (on.host().seen().isEmpty() || on.rehearsals().isEmpty()) {
      return;
    }
    Sight<RehearsalsObserved> sight = on.rehearsals().get();
    if (sight instanceof Sight.Unseen<?> unseen) {
      rows.unseen("host " + on.work().host().name() + ": last rehearsal", unseen, "readable");
    }
    sight
        .seen()
        .ifPresent(
            seen -> {
              seen.failures().forEach(failure -> failed(failure, "readable"));
              on.work().instances().forEach(instance -> last(instance, seen, now));
            });
  }

  private void last(Instance instance, RehearsalsObserved seen, Instant now) {
    String looked = looked(instance.id().value());
    String again = Commands.rehearse(cluster);
    if (seen.failures().stream().anyMatch(one -> one.instance().equals(instance.id()))) {
      return;
    }
    seen.of(instance.id())
        .ifPresentOrElse(
            last -> last(looked, last, now, again),
            () -> rows.good(looked, "never", again + " rehearses them"));
  }

  private void last(String looked, LastRehearsal last, Instant now, String again) {
    String ago = Span.of(Duration.between(last.at(), now)) + " ago";
    if (last.passed()) {
      String part =
          last.notRehearsed().isEmpty()
              ? ""
              : ", in part, without " + things(last.notRehearsed()) + ": " + last.words();
      rows.good(looked, ago + part, "the last rehearsal passed");
    } else {
      rows.warning(
          looked,
          ago + ", and FAILED: " + last.words(),
          "the last rehearsal passed",
          "mend what failed, then " + again);
    }
  }

  private void failed(InstanceFailure failure, String limit) {
    String code = failure.code().hint();
    rows.wrong(looked(failure.instance().value()), "NOT SEEN: " + failure.message(), limit, code);
  }

  private static String looked(String instance) {
    return instance + ": fences rehearsed";
  }
}
