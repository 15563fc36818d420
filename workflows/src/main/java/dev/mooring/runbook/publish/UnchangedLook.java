package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The observation after the proof. The primaries that created the point must answer. Other
 * instances of the site, such as a Greenplum's mirrors, are judged if they answer; most standbys
 * don't, and a silent one delays the run by one wave of connections at most. The members of a
 * streaming cluster are asked from each of their sites: a split network may hide a second primary
 * from the first one's site.
 */
final class UnchangedLook {
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(15);

  /** Few enough to ask in parallel: lost hosts cost one connection timeout. */
  private static final int WAVE = 32;

  private static final int TRIES = 3;

  private final Cluster cluster;
  private final PublishCalls ports;

  UnchangedLook(Cluster cluster, PublishCalls ports) {
    this.cluster = cluster;
    this.ports = ports;
  }

  /** A silent primary is asked again: the packets may have been lost. */
  Verdict<List<ContentEvidence>> judge(Call call, List<ContentEvidence> contents) {
    Verdict<List<ContentEvidence>> seen = look(call, contents);
    for (int tries = 1; tries < TRIES && isUnheard(seen); tries++) {
      seen = look(call, contents);
    }
    return seen;
  }

  private Verdict<List<ContentEvidence>> look(Call call, List<ContentEvidence> contents) {
    return UnchangedCheck.judge(cluster, contents, observe(call, contents));
  }

  private static boolean isUnheard(Verdict<List<ContentEvidence>> seen) {
    return seen.match(
        same -> false, later -> false, never -> never.code() == FailureCode.DATABASE_UNREACHABLE);
  }

  private ServersObserved observe(Call call, List<ContentEvidence> contents) {
    List<Instance> owners = new ArrayList<>();
    List<Instance> others = new ArrayList<>();
    for (Instance instance : cluster.publishing()) {
      boolean owner = contents.stream().anyMatch(c -> c.owner().instance().equals(instance.id()));
      (owner ? owners : others).add(instance);
    }
    if (others.isEmpty()) {
      return ports.observeServers(call, cluster.publishing());
    }
    List<Promise<Observed<ServersObserved>>> begun = glances(call, others);
    ServersObserved made = ports.observeServers(call, owners);
    List<ServerObserved> answered = new ArrayList<>(made.observed());
    for (Promise<Observed<ServersObserved>> glance : begun) {
      glance.get().seen().ifPresent(seen -> answered.addAll(seen.observed()));
    }
    return new ServersObserved(answered, made.failures());
  }

  private List<Promise<Observed<ServersObserved>>> glances(Call call, List<Instance> others) {
    Observations looks = new Observations(ANSWERED_WITHIN);
    List<Promise<Observed<ServersObserved>>> begun = new ArrayList<>();
    for (SiteName from : cluster.publishingSites()) {
      for (int first = 0; first < others.size(); first += WAVE) {
        List<Instance> wave = others.subList(first, Math.min(first + WAVE, others.size()));
        begun.add(glance(looks, call, from, wave));
      }
    }
    return begun;
  }

  private Promise<Observed<ServersObserved>> glance(
      Observations looks, Call call, SiteName from, List<Instance> wave) {
    return looks.begin(
        new Observations.At(
            "whether " + wave.size() + " others accept writes",
            ActivityPolicies.queueOf(from),
            FailureCode.DATABASE_UNREACHABLE),
        DatabaseActivities.class,
        port -> port::observeServers,
        new OnServers(call, cluster.policies().database(), WorkLists.servers(cluster, wave)));
  }
}
