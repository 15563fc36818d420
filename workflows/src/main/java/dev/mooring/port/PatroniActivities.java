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
 * Patroni, if it runs the members of a cluster: read and changed over its REST API.
 *
 * <p>Patroni knows no epoch. What keeps a call that comes too late from moving the primary is the
 * leader that it names: Patroni compares it, and refuses if another member is the leader by then.
 *
 * <p>Of every call: {@link FailureCode#IDENTITY_DIFFERS} if a REST API speaks for another scope,
 * {@link FailureCode#AUTHENTICATION_REFUSED} if it refuses the login.
 */
@ActivityInterface
public interface PatroniActivities {

  /**
   * Asks every member at once, and one that answers for the cluster's settings and history, which
   * stand in the store that Patroni votes in. A member that is silent is among the failures, and so
   * is the store; no view of the cluster is made of what members say of themselves.
   */
  PatroniObserved observePatroni(AskPatroni request);

  /**
   * Makes Patroni move the primary, as planned: it stops the old one in an orderly way before the
   * new one is promoted, without a loss if the new one had everything. Nothing is done if the new
   * one is the leader already. What Patroni answers is not believed: the leader is read until it is
   * the new one.
   *
   * <p>{@link FailureCode#PATRONI_REFUSED} with its words if Patroni refuses, and if neither of the
   * two leads; {@link FailureCode#OUTCOME_UNKNOWN} if the new one does not lead in time, with any
   * answer.
   */
  PatroniMoved ensureSwitchedOver(MovePatroni request);

  /**
   * Makes Patroni promote a member when the leader may be gone. If there is a leader still, Patroni
   * stops it before; it checks no lag. Failures as of {@link #ensureSwitchedOver}.
   */
  PatroniMoved ensureFailedOver(MovePatroni request);

  /**
   * Makes Patroni reinitialize a member; what is in its data directory is removed. Nothing is done
   * if Patroni does so already. {@link FailureCode#PATRONI_REFUSED} if that member is the leader.
   */
  PatroniReinitializing ensureReinitializing(AboutMember request);

  /**
   * Waits until a member follows the leader on its timeline, with a server started after that.
   *
   * <p>{@link FailureCode#START_FAILED} with its state if it does not within the time given.
   */
  MemberSeen awaitFollowing(AwaitMember request);

  /**
   * Pauses Patroni, so that it moves and starts nothing by itself until it is resumed; clients
   * notice nothing. A member that can't be asked is in the failures.
   */
  PatroniPaused ensurePatroniPaused(AskPatroni request);

  /** Resumes Patroni. */
  PatroniPaused revertPatroniPaused(AskPatroni request);

  /**
   * A question to all members.
   *
   * @param policy how they are asked
   */
  record AskPatroni(Call call, PatroniPolicy policy) implements ForCall {}

  /**
   * A move.
   *
   * @param from the leader it is to be moved away from
   * @param to the next leader
   * @param within how long it may take until that one is seen as the leader
   */
  record MovePatroni(
      Call call, PatroniPolicy policy, InstanceId from, InstanceId to, Duration within)
      implements ForCall {}

  record AboutMember(Call call, PatroniPolicy policy, InstanceId instance) implements ForCall {}

  /**
   * A wait.
   *
   * @param serverStartedBefore when its server had started before it was made anew; empty if it did
   *     not run
   * @param within how long is waited
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
   * @param cluster what one of them knows of the cluster by the store; one, or none
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
   * A member, as its own Patroni has it.
   *
   * @param state of its server, in Patroni's word: {@code running}, {@code streaming}, {@code
   *     stopped}, {@code creating replica}, {@code start failed}
   * @param timeline its server's; one, or none if that does not run
   * @param serverStarted when its postmaster started, as Patroni writes it; empty if none runs
   * @param facts what holds of it
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

  /** What a member is in the eyes of Patroni. */
  enum Role {
    /** Of a member's own word: its server is a primary. Of the store's: it has the leader lock. */
    LEADER,
    /** The member is the leader of a cluster that is itself a standby of another one. */
    STANDBY_LEADER,
    REPLICA,
    /** Of the store's word alone: by synchronous_mode every commit waited for this replica. */
    SYNC_STANDBY,
    /** Patroni is about to make it something else, or knows of no server. */
    OTHER
  }

  enum Fact {
    /** Patroni does not act by itself. */
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
    /** Tag: its REST API says that it serves no reads. */
    NO_LOAD_BALANCE
  }

  /**
   * What the store holds of the cluster.
   *
   * @param members in Patroni's names, in its order
   * @param settings in effect, Patroni's own defaults filled in
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
   * @param name Patroni's
   * @param instance the cluster file's; one, or none if that has no such member
   * @param lag how far it is behind; one, or none if Patroni does not know
   */
  record ListedMember(
      String name, List<InstanceId> instance, Role role, String state, List<Lag> lag) {
    public ListedMember {
      instance = List.copyOf(instance);
      lag = List.copyOf(lag);
    }
  }

  /** How far a member is behind the leader, as Patroni counts it. */
  record Lag(long bytes) {}

  /**
   * The dynamic configuration, as far as it says which member may be promoted when.
   *
   * @param maximumLagBytes {@code maximum_lag_on_failover}
   * @param paused whether Patroni acts by itself
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
    /** How long a leader may take to see that it can't renew its lock, and to stop. */
    public Duration needed() {
      return loopWait.plus(retryTimeout.multipliedBy(2));
    }

    /** Whether an old leader has stopped before a new one may begin. */
    public boolean letsAnOldLeaderStop() {
      return ttl.compareTo(needed()) >= 0;
    }
  }

  /** What {@code synchronous_mode} and {@code synchronous_mode_strict} come to. */
  enum Synchronous {
    OFF,
    /**
     * One that had every commit is promoted, and commits go on if no standby is left to wait for.
     */
    ON,
    /** The same, and commits wait then. */
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
   * @param timeline which ended
   * @param reason PostgreSQL's
   * @param when as Patroni writes it; empty in a history of before Patroni 1.6
   * @param leader the one after it, in Patroni's name; empty in a history of before Patroni 2.1
   */
  record LeaderChange(TimelineId timeline, String reason, String when, String leader) {}

  /**
   * A member, or the store, that could not be asked.
   *
   * @param member the instance; one, or none for the store that Patroni votes in
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
   * A member that is made anew.
   *
   * @param serverStartedBefore what {@link AwaitMember} is to be given
   */
  record PatroniReinitializing(InstanceId instance, String serverStartedBefore) {}

  /**
   * The members that know of a pause, or of its end.
   *
   * @param known by these members
   * @param failures the members that could not be asked
   */
  record PatroniPaused(List<InstanceId> known, List<PatroniFailure> failures) {
    public PatroniPaused {
      known = List.copyOf(known);
      failures = List.copyOf(failures);
    }
  }
}
