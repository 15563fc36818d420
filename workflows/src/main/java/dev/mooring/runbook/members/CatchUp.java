package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.AwaitStreaming;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StandbyNames;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Waits until standbys have caught up with their primary. One that applies WAL late on purpose, and
 * comes by itself, is not waited for unless it is required. What happens when another never does
 * depends on the run:
 *
 * <ul>
 *   <li>The target of a switchover is not promoted: {@code promote.sh} refuses it, and the old
 *       primary accepts writes again.
 *   <li>After a promotion the run holds for an old primary that does not follow. Every other
 *       standby is reported as degraded.
 *   <li>A resilver, also that of a failback, holds; a retry waits again.
 *   <li>A replication setup is undone. It holds once a base backup is in its place.
 *   <li>A start of a primary reports the standby as degraded.
 * </ul>
 */
public final class CatchUp {
  private static final Duration FIRST_SPELL = Duration.ofSeconds(15);
  private static final Duration LONGEST_SPELL = Duration.ofMinutes(10);

  private final Cluster cluster;

  /** For that cluster's members. */
  public CatchUp(Cluster cluster) {
    this.cluster = cluster;
  }

  private static String named(List<Instance> standbys) {
    return standbys.size() == 1
        ? standbys.get(0).id() + " streams"
        : standbys.size() + " standbys stream";
  }

  private StandbyNames names(Instance standby) {
    return new StandbyNames(cluster.applicationName(standby), cluster.slotName(standby));
  }

  /** Waits until the standbys stream and have what the primary has now, and these positions. */
  public StandbysAwaited await(
      Call call, Instance primary, List<Instance> standbys, Duration atMost, List<Lsn> beyond) {
    return Workflow.newActivityStub(
            ReplicationActivities.class,
            ActivityPolicies.await(
                ActivityPolicies.queueOf(primary.site()), "wait until " + named(standbys), atMost))
        .awaitStreaming(
            new AwaitStreaming(
                call,
                cluster.policies().database(),
                WorkLists.server(cluster, primary),
                WorkLists.servers(cluster, standbys),
                standbys.stream().map(this::names).toList(),
                atMost,
                beyond));
  }

  /**
   * Waits in spells, for a run that holds no lock meanwhile. Each spell awaits the position that
   * the primary has at its beginning.
   *
   * @param stillPrimary checked before each spell; any verdict but proceed ends the wait
   * @param spell waits for that long
   */
  public static <T> Verdict<T> inSpells(
      Duration within,
      Supplier<Verdict<T>> stillPrimary,
      Function<Duration, StandbysAwaited> spell) {
    Duration left = within;
    for (Duration next = FIRST_SPELL; ; next = DurationText.twice(next, LONGEST_SPELL)) {
      Verdict<T> seen = stillPrimary.get();
      if (!(seen instanceof Verdict.Proceed)) {
        return seen;
      }
      Duration now = DurationText.shorter(next, left);
      StandbysAwaited awaited = spell.apply(now);
      left = left.minus(now);
      if (awaited.missing().isEmpty()) {
        return seen;
      }
      if (left.isZero()) {
        requireAll(awaited);
      }
    }
  }

  /** Fails the step if any standby that is waited for is behind. */
  public static void requireAll(StandbysAwaited awaited) {
    if (!awaited.missing().isEmpty()) {
      throw RunbookStop.failed(FailureCode.NOT_CAUGHT_UP, FanOut.inWords(awaited.missing()));
    }
  }

  /**
   * The standbys that are behind and waited for, one sentence each.
   *
   * @param required whether the step fails if that standby is behind, also one that is late
   */
  public static List<String> degraded(StandbysAwaited awaited, Predicate<InstanceId> required) {
    awaited.behind().stream()
        .filter(one -> required.test(one.instance()))
        .findFirst()
        .ifPresent(
            one -> {
              throw RunbookStop.failed(one.code(), inWords(one));
            });
    return awaited.missing().stream().map(CatchUp::inWords).toList();
  }

  /** Why a standby is behind. */
  public static String inWords(InstanceFailure behind) {
    return behind.instance() + ": " + behind.message();
  }
}
