package dev.mooring.runbook.status;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
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
 * When the fences of the members that were seen were rehearsed. Those that passed are counted. If
 * the cluster file has {@code failover.automatic}, each rehearsal that such a failover does not
 * accept is a warning: it would wait for an approval.
 */
final class RehearsalsJudge {
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

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    List<LastRehearsal> passed = new ArrayList<>();
    List<String> never = new ArrayList<>();
    int seen = 0;
    for (Instance member : facts.cluster().members()) {
      InstanceId id = member.id();
      for (RehearsalsObserved host : facts.rehearsals()) {
        if (host.host().equals(member.host())) {
          Optional<LastRehearsal> last = host.of(id);
          Optional<InstanceFailure> failure =
              host.failures().stream().filter(one -> one.instance().equals(id)).findFirst();
          seen++;
          failure.map(this::unread).ifPresent(findings::add);
          last.flatMap(this::notGood).ifPresent(findings::add);
          last.filter(LastRehearsal::passed).ifPresent(passed::add);
          if (last.isEmpty() && failure.isEmpty()) {
            never.add(id.value());
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

  private Finding unread(InstanceFailure failure) {
    return Finding.warning(
        String.format(
            "when the fences of %s were rehearsed can't be read: %s",
            failure.instance(), failure.message()),
        failure.code().hint());
  }

  private Optional<Finding> notGood(LastRehearsal last) {
    String ago = DurationText.of(age(last));
    if (!last.passed()) {
      return Optional.of(
          Finding.warning(
              String.format(
                  "the last rehearsal of the fences of %s, %s ago, FAILED: %s",
                  last.instance(), ago, last.words()),
              "repair what failed, then " + rehearse));
    }
    return within
        .flatMap(limit -> whyAPersonIsAsked(last, limit))
        .map(
            why ->
                Finding.warning(
                    String.format(
                        "the fences of %s were rehearsed %s ago, %s: a failover would wait for an"
                            + " approval",
                        last.instance(), ago, why),
                    rehearse));
  }

  /** As {@code failover.automatic} has it; empty where Patroni runs the members. */
  private Optional<String> whyAPersonIsAsked(LastRehearsal last, Duration limit) {
    List<Proof> lacking = last.lacking(needed(last.instance()));
    if (age(last).compareTo(limit) > 0) {
      return Optional.of("failover.automatic allows " + DurationText.of(limit));
    }
    return lacking.isEmpty() || facts.patroni().isPresent()
        ? Optional.empty()
        : Optional.of("without " + Proof.inWords(lacking));
  }

  /** On its host, and where that is silent by the command that the file has for it. */
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

  private Finding never(String members) {
    String fact = "the fences of " + members + " were never rehearsed";
    return within.isPresent()
        ? Finding.warning(fact + ": a failover would wait for an approval", rehearse)
        : Finding.note(fact, rehearse + " tries them while the servers go on");
  }

  private Finding counted(List<LastRehearsal> passed, int seen) {
    Duration greatest = passed.stream().map(this::age).max(Comparator.naturalOrder()).orElseThrow();
    return Finding.note(
        String.format(
            "the fences of %d of the %d members that were seen passed their last rehearsal, the"
                + " oldest %s ago",
            passed.size(), seen, DurationText.of(greatest)),
        "");
  }

  private Duration age(LastRehearsal last) {
    return Duration.between(last.at(), facts.now());
  }
}
