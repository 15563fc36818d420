package dev.mooring.runbook.status;

import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.LastRehearsalRow;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.UnattendedFailover;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * When the fences of the observed members were rehearsed. Those that passed are counted. If the
 * cluster file has {@code failover.automatic}, each rehearsal that such a failover does not accept
 * is a warning: the failover would wait for an approval.
 */
final class RehearsalsJudge {
  private static final String ASKED = ": a failover would wait for an approval";

  private final StatusFacts facts;
  private final Optional<Duration> within;
  private final String rehearse;

  RehearsalsJudge(StatusFacts facts) {
    this.facts = facts;
    this.within =
        facts
            .cluster()
            .streaming()
            .flatMap(streaming -> streaming.failover().unattended())
            .map(UnattendedFailover::rehearsedWithin);
    this.rehearse = Commands.rehearse(facts.cluster().name());
  }

  List<CheckRow> findings() {
    List<CheckRow> findings = new ArrayList<>();
    List<LastRehearsal> passed = new ArrayList<>();
    List<String> never = new ArrayList<>();
    int seen = 0;
    for (Instance member : facts.cluster().members()) {
      for (RehearsalsObserved host : facts.streaming().rehearsals()) {
        if (host.host().equals(member.host())) {
          CheckRow row =
              LastRehearsalRow.of(facts.cluster().name(), member.id(), host, facts.now());
          Optional<LastRehearsal> last = host.of(member.id());
          seen++;
          if (row.verdict() != Judged.GOOD) {
            findings.add(row.asWarning());
          } else if (last.isEmpty()) {
            never.add(member.id().value());
          } else {
            passed.add(last.get());
            tooOld(last.get(), row).ifPresent(findings::add);
          }
        }
      }
    }
    if (!never.isEmpty()) {
      findings.add(never(String.join(", ", never)));
    }
    if (!passed.isEmpty()) {
      findings.add(counted(passed, seen));
    }
    return findings;
  }

  private Optional<CheckRow> tooOld(LastRehearsal last, CheckRow row) {
    return within
        .flatMap(limit -> whyAPersonIsAsked(last, limit))
        .map(
            why ->
                CheckRow.warning(
                    row.id(),
                    row.subject(),
                    row.seen() + ", " + why + ASKED,
                    row.limit(),
                    rehearse));
  }

  /** Why {@code failover.automatic} would ask a person; empty if Patroni manages the members. */
  private Optional<String> whyAPersonIsAsked(LastRehearsal last, Duration limit) {
    List<Proof> lacking = last.lacking(needed(last.instance()));
    if (age(last).compareTo(limit) > 0) {
      return Optional.of("failover.automatic allows " + DurationText.of(limit));
    }
    return lacking.isEmpty() || facts.streaming().patroni().isPresent()
        ? Optional.empty()
        : Optional.of("without " + Proof.inWords(lacking));
  }

  /** On its host, and if the cluster file has a fence command, also that command. */
  private List<Proof> needed(InstanceId id) {
    boolean commanded =
        facts
            .cluster()
            .member(id)
            .flatMap(
                member ->
                    facts
                        .cluster()
                        .streaming()
                        .map(StreamingPolicy::failover)
                        .map(failover -> failover.fenceOf(member.host()).isPresent()))
            .orElse(false);
    List<Proof> needed = new ArrayList<>(Proof.OF_A_FENCE_ON_ITS_HOST);
    if (commanded) {
      needed.addAll(Proof.OF_A_FENCE_COMMAND);
    }
    return needed;
  }

  private CheckRow never(String members) {
    return within.isPresent()
        ? CheckRow.warning(LastRehearsalRow.ID, members, "never" + ASKED, "passed", rehearse)
        : CheckRow.note(
            LastRehearsalRow.ID,
            members,
            "never",
            "passed",
            rehearse + " tries them while the servers run");
  }

  private CheckRow counted(List<LastRehearsal> passed, int seen) {
    Duration greatest = passed.stream().map(this::age).max(Comparator.naturalOrder()).orElseThrow();
    return CheckRow.good(
        LastRehearsalRow.ID,
        "",
        String.format(
            "passed for the fences of %d of the %d members that were read, the oldest %s ago",
            passed.size(), seen, DurationText.of(greatest)),
        "passed");
  }

  private Duration age(LastRehearsal last) {
    return Duration.between(last.at(), facts.now());
  }
}
