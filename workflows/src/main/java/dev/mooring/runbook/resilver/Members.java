package dev.mooring.runbook.resilver;

import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The members of a cluster as they answered over SQL.
 *
 * @param cluster they are of
 * @param answered those that answered
 * @param silent those that did not, and why
 */
record Members(Cluster cluster, List<MemberObserved> answered, List<InstanceFailure> silent) {
  private static final String STREAMS = "streaming";

  Members {
    answered = List.copyOf(answered);
    silent = List.copyOf(silent);
  }

  /** An instance that may be made anew, and what was seen of it. */
  record Outdated(Instance instance, DirectorySeen directory, Optional<MemberObserved> member) {}

  /** The one that accepts writes; there must be one, and no other. */
  Verdict<MemberObserved> primary() {
    return OneWriter.of(cluster, answered, silent);
  }

  /** Those that are asked for; when none is named every member that does not stream. */
  Verdict<List<Instance>> wanted(List<InstanceId> named, InstanceId primary) {
    List<Instance> members = cluster.members();
    for (InstanceId name : named) {
      if (members.stream().noneMatch(member -> member.id().equals(name))) {
        return Verdict.never(
            FailureCode.BAD_INPUT,
            String.format(
                "%s is no member of %s that streams; they are %s",
                name, cluster.name(), members.stream().map(Instance::id).toList()));
      }
      if (name.equals(primary)) {
        return Verdict.never(
            FailureCode.BAD_INPUT, name + " is the primary: the others are made from it");
      }
    }
    List<Instance> wanted = new ArrayList<>();
    for (Instance member : members) {
      boolean asked = named.isEmpty() ? !isGood(member, primary) : named.contains(member.id());
      if (asked && !member.id().equals(primary)) {
        wanted.add(member);
      }
    }
    return Verdict.proceed(wanted);
  }

  /** Whether it streams; or is fed by the archive, as it is to be, up to the primary's timeline. */
  private boolean isGood(Instance member, InstanceId primary) {
    if (!member.upstream().equals(Instance.ARCHIVE)) {
      return streams(member);
    }
    Optional<TimelineId> now = answerOf(primary).map(seen -> seen.standing().timeline());
    return answerOf(member.id())
        .filter(seen -> seen.standing().inRecovery())
        .map(seen -> seen.standing().timeline())
        .equals(now);
  }

  /** Whether any member sends WAL to it, and it is up to date with what it is sent. */
  boolean streams(Instance standby) {
    return answered.stream().anyMatch(member -> sends(member, standby));
  }

  /**
   * Whether nothing is to be resilvered any more of what was planned: those that are named stream
   * from their upstreams, or every member is as it should be if none is named. The primary must be
   * the one that the plan was made with, or they stream what no person has seen.
   */
  Verdict<Boolean> needNone(List<InstanceId> named, InstanceId planned) {
    return primary()
        .then(
            now -> {
              InstanceId primary = now.instance();
              boolean asPlanned = primary.equals(planned);
              return named.isEmpty()
                  ? wanted(named, primary).then(all -> Verdict.proceed(asPlanned && all.isEmpty()))
                  : Verdict.proceed(asPlanned && allStream(named, primary));
            });
  }

  private boolean allStream(List<InstanceId> named, InstanceId primary) {
    return named.stream().allMatch(one -> streamsFromItsUpstream(instance(one), primary));
  }

  private boolean streamsFromItsUpstream(Instance standby, InstanceId primary) {
    return upstreams(primary, List.of())
        .of(standby)
        .flatMap(upstream -> answerOf(upstream.id()))
        .filter(upstream -> sends(upstream, standby))
        .isPresent();
  }

  private boolean sends(MemberObserved upstream, Instance standby) {
    return upstream.senders().stream()
        .anyMatch(sender -> isOf(standby, sender) && sender.state().equals(STREAMS));
  }

  /** Whether any member sends WAL to it, also while it catches up. */
  boolean isSentWal(Instance standby) {
    return answered.stream()
        .flatMap(member -> member.senders().stream())
        .anyMatch(sender -> isOf(standby, sender));
  }

  private boolean isOf(Instance standby, Sender sender) {
    return cluster.replicationNames(standby).contains(sender.application());
  }

  /** What that member answered. */
  Optional<MemberObserved> answerOf(InstanceId instance) {
    return answered.stream().filter(member -> member.instance().equals(instance)).findFirst();
  }

  /** The instance of that name. */
  Instance instance(InstanceId id) {
    return cluster.member(id).orElseThrow();
  }

  /**
   * The instance that each standby is to stream from, if that member is the primary. One that does
   * not answer is gone, unless it is resilvered too: its slots are not known.
   */
  Upstreams upstreams(InstanceId primary, List<Instance> resilvered) {
    return Upstreams.of(cluster, instance(primary))
        .without(
            cluster.members().stream()
                .filter(one -> answerOf(one.id()).isEmpty() && !resilvered.contains(one))
                .toList());
  }
}
