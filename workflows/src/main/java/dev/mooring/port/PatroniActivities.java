package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/**
 * Patroni, if it manages the members of a cluster, over its REST API.
 *
 * <p>Patroni knows no epoch. A late call is refused if another member than the named one leads by
 * then; in a switchover Patroni compares that too, in a failover only this adapter, before it asks.
 *
 * <p>Every call: {@link FailureCode#IDENTITY_DIFFERS} if a REST API answers for another scope,
 * {@link FailureCode#AUTHENTICATION_REFUSED} if it refuses the login.
 */
@ActivityInterface
public interface PatroniActivities {

  /**
   * Asks every member in parallel, and one that answers for the cluster's settings and history from
   * Patroni's store. A silent member, and a silent store, are in the failures; members' own reports
   * never replace the store's view of the cluster.
   */
  PatroniObserved observePatroni(AskPatroni request);

  /**
   * Makes Patroni move the primary as planned: it stops the old one cleanly before it promotes the
   * new one, without loss if the new one had everything. Nothing is done if the new one is the
   * leader already. Patroni's answer is no proof: the leader is read until it is the new one.
   *
   * <p>{@link FailureCode#PATRONI_REFUSED} with its message if Patroni refuses, or neither of the
   * two is the leader; {@link FailureCode#OUTCOME_UNKNOWN} if the new one is not the leader in
   * time, whatever Patroni answered.
   */
  PatroniMoved ensureSwitchedOver(MovePatroni request);

  /**
   * Makes Patroni promote a member when the leader may be gone. If there still is a leader, Patroni
   * stops it first; Patroni checks no lag. Failures as in {@link #ensureSwitchedOver}.
   */
  PatroniMoved ensureFailedOver(MovePatroni request);

  /**
   * Makes Patroni reinitialize a member, which removes its data directory. Nothing is done if a
   * reinitialization is in progress. {@link FailureCode#PATRONI_REFUSED} if that member is the
   * leader.
   */
  PatroniReinitializing ensureReinitializing(AboutMember request);

  /**
   * Waits until a member follows the leader on its timeline, with a server started after the given
   * time.
   *
   * <p>{@link FailureCode#START_FAILED} with its state if it does not within the time limit.
   */
  MemberSeen awaitFollowing(AwaitMember request);

  /**
   * A request to all members.
   *
   * @param policy how they are reached
   */
  record AskPatroni(Call call, PatroniPolicy policy) implements ForCall {}

  /**
   * A move.
   *
   * @param from the leader to move away from; refused if another member leads
   * @param to the next leader
   * @param within the time limit until that one is seen as the leader
   */
  record MovePatroni(
      Call call, PatroniPolicy policy, InstanceId from, InstanceId to, Duration within)
      implements ForCall {}

  record AboutMember(Call call, PatroniPolicy policy, InstanceId instance) implements ForCall {}

  /**
   * A wait.
   *
   * @param serverStartedBefore the start time of its server before the reinitialization; empty if
   *     it did not run
   * @param within the time limit
   */
  record AwaitMember(AboutMember about, String serverStartedBefore, Duration within)
      implements ForCall {
    @Override
    public Call call() {
      return about.call();
    }
  }

  /**
   * Patroni as it was read.
   *
   * @param members the members that answered, in the order of the policy
   * @param cluster the store's view from one of them; one, or none
   * @param failures the members that did not answer, and why
   */
  record PatroniObserved(
      List<MemberSeen> members, List<ClusterSeen> cluster, List<PatroniFailure> failures) {
    public PatroniObserved {
      members = List.copyOf(members);
      cluster = List.copyOf(cluster);
      failures = List.copyOf(failures);
    }

    /**
     * The members whose server is a primary; more than one if an old leader could not be stopped.
     */
    public List<InstanceId> leaders() {
      return members.stream()
          .filter(m -> m.role() == Role.LEADER)
          .map(MemberSeen::instance)
          .toList();
    }
  }

  /**
   * A member, as its own Patroni reports it.
   *
   * @param state of its server, in Patroni's word: {@code running}, {@code streaming}, {@code
   *     stopped}, {@code creating replica}, {@code start failed}
   * @param timeline its server's; one, or none if that does not run
   * @param serverStarted the start time of its postmaster, as Patroni writes it; empty if none runs
   * @param facts what holds for it
   * @param version of this Patroni
   */
  record MemberSeen(
      InstanceId instance,
      Role role,
      String state,
      List<TimelineId> timeline,
      String serverStarted,
      List<Fact> facts,
      String version) {
    public MemberSeen {
      timeline = List.copyOf(timeline);
      facts = List.copyOf(facts);
    }

    public boolean has(Fact fact) {
      return facts.contains(fact);
    }
  }

  /** The role of a member by Patroni. */
  enum Role {
    /** By the member: its server is a primary. By the store: it has the leader lock. */
    LEADER,
    /** The member is the leader of a cluster that is itself a standby of another one. */
    STANDBY_LEADER,
    REPLICA,
    /** By the store only: by synchronous_mode every commit waited for this replica. */
    SYNC_STANDBY,
    /** Patroni is changing it, or knows of no server. */
    OTHER
  }

  enum Fact {
    /** Patroni is paused. */
    PAUSED,
    /** The member sees no holder of the leader lock, or can't read the store. */
    UNLOCKED,
    /** Settings wait for a restart of its server. */
    PENDING_RESTART,
    /** The leader stays the leader without the store, because it reaches every member. */
    FAILSAFE,
    /** Tag: the member is never promoted. */
    NO_FAILOVER,
    /** Tag: others are copied from it. */
    CLONE_FROM,
    /** Tag: commits never wait for it. */
    NO_SYNC,
    /** Tag: its REST API reports that it serves no reads. */
    NO_LOAD_BALANCE
  }

  /**
   * The store's content for the cluster.
   *
   * @param members in Patroni's names, in its order
   * @param settings in effect, with Patroni's own defaults
   * @param history each change of the leader, the oldest first
   */
  record ClusterSeen(
      List<ListedMember> members, PatroniSettings settings, List<LeaderChange> history) {
    public ClusterSeen {
      members = List.copyOf(members);
      history = List.copyOf(history);
    }
  }

  /**
   * A line of {@code /cluster}.
   *
   * @param name Patroni's name
   * @param instance the cluster file's member; one, or none if it has none
   * @param lag how far it is behind; one, or none if Patroni does not know
   */
  record ListedMember(
      String name, List<InstanceId> instance, Role role, String state, List<Lag> lag) {
    public ListedMember {
      instance = List.copyOf(instance);
      lag = List.copyOf(lag);
    }
  }

  /** How far a member is behind the leader, by Patroni. */
  record Lag(long bytes) {}

  /**
   * The dynamic configuration, as far as it decides which member may be promoted when.
   *
   * @param maximumLagBytes {@code maximum_lag_on_failover}
   * @param paused whether Patroni is paused
   */
  record PatroniSettings(
      LockTimes times,
      long maximumLagBytes,
      Synchronous synchronous,
      Failsafe failsafe,
      boolean paused) {}

  /**
   * The times of the leader lock.
   *
   * @param ttl after which a lock that is not renewed is free
   * @param loopWait between two rounds of Patroni
   * @param retryTimeout how long it tries to reach the store and its server
   */
  record LockTimes(Duration ttl, Duration loopWait, Duration retryTimeout) {
    /** The time for a leader to notice that it can't renew its lock, and to stop. */
    public Duration needed() {
      return loopWait.plus(retryTimeout.multipliedBy(2));
    }

    /** Whether an old leader has stopped before a new one may begin. */
    public boolean letsAnOldLeaderStop() {
      return ttl.compareTo(needed()) >= 0;
    }
  }

  /** The effect of {@code synchronous_mode} and {@code synchronous_mode_strict}. */
  enum Synchronous {
    OFF,
    /** A standby with every commit is promoted; commits continue if no standby is left. */
    ON,
    /** The same, but commits wait then. */
    STRICT,
    /** Any of several (Patroni 4). */
    QUORUM
  }

  enum Failsafe {
    OFF,
    ON
  }

  /**
   * A change of the leader.
   *
   * @param timeline that ended
   * @param reason PostgreSQL's
   * @param when as Patroni writes it; empty in a history from before Patroni 1.6
   * @param leader the next leader in Patroni's name; empty in a history from before Patroni 2.1
   */
  record LeaderChange(TimelineId timeline, String reason, String when, String leader) {}

  /**
   * A member, or the store, that did not answer.
   *
   * @param member the instance; one, or none for Patroni's store
   */
  record PatroniFailure(
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<InstanceId> member,
      FailureCode code,
      String message) {
    public PatroniFailure {
      member = List.copyOf(member);
    }
  }

  /**
   * The leader after a move.
   *
   * @param timeline it writes on
   * @param moved whether this call moved it
   */
  record PatroniMoved(InstanceId leader, TimelineId timeline, boolean moved) {}

  /**
   * A member that is being reinitialized.
   *
   * @param serverStartedBefore the value for {@link AwaitMember}
   */
  record PatroniReinitializing(InstanceId instance, String serverStartedBefore) {}
}
