package dev.mooring.runbook.failover;

import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.Witnessed;
import dev.mooring.quoting.StandbyList;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds standbys that still receive messages from a primary that answers no witness: then it runs
 * and accepts writes, and the network to it is cut in one direction or for some. A standby that
 * streams from another standby proves nothing about the primary. A standby whose sender can't be
 * matched with the cluster file, by name and address, may receive from the primary.
 *
 * @param silentFor how long a watch heard nothing of the primary before this observation; zero
 *     without a watch
 */
record StillHeard(
    Cluster cluster, Instance primary, List<MemberObserved> first, Duration silentFor) {
  /** Messages that were in transit when the silence began arrive within this time. */
  private static final Duration ON_ITS_WAY = Duration.ofSeconds(2);

  /**
   * For this long the lack of messages does not prove that no server sends them: a walreceiver asks
   * for a message after half of wal_receiver_timeout, by default 30 s.
   */
  private static final Duration LATELY = Duration.ofSeconds(45);

  StillHeard {
    first = List.copyOf(first);
  }

  /**
   * What the standbys receive.
   *
   * @param it standbys that receive from the primary
   * @param perhaps standbys that receive from a server that may be the primary, each as a piece of
   *     a sentence
   * @param lately whether a standby received a message too recently for its silence to count, or
   *     does not answer any more: an idle primary sends a message every half minute
   */
  record Hears(List<InstanceId> it, List<String> perhaps, boolean lately) {
    static final Hears NOBODY = new Hears(List.of(), List.of(), false);

    Hears {
      it = List.copyOf(it);
      perhaps = List.copyOf(perhaps);
    }
  }

  /**
   * The verdict on the primary.
   *
   * @param again observes some members once more; called only if every witness met silence and a
   *     standby streams from it
   */
  PrimaryVerdict verdict(
      List<Witnessed> witnesses, Function<List<Instance>, List<MemberObserved>> again) {
    return WitnessCheck.of(
        witnesses, WitnessCheck.isAnswered(witnesses) ? Hears.NOBODY : whoHears(again));
  }

  private Hears whoHears(Function<List<Instance>, List<MemberObserved>> again) {
    List<Instance> streaming =
        first.stream()
            .filter(seen -> sender(seen).isPresent())
            .flatMap(seen -> cluster.member(seen.instance()).stream())
            .toList();
    if (streaming.isEmpty()) {
      return Hears.NOBODY;
    }
    List<InstanceId> it = new ArrayList<>();
    List<String> perhaps = new ArrayList<>();
    List<MemberObserved> then = again.apply(streaming);
    boolean lately =
        then.size() < streaming.size()
            || then.stream().anyMatch(now -> sender(now).isPresent() && heardWithin(now, LATELY));
    for (MemberObserved now : then) {
      Optional<Receiver> from = sender(now);
      if (from.isEmpty()
          // a message that arrived after the watch's silence began
          || !(heardWithin(now, silentFor.minus(ON_ITS_WAY))
              || first.stream().anyMatch(before -> heardMore(before, now)))) {
        continue;
      }
      if (is(from.get(), primary)) {
        it.add(now.instance());
      } else {
        perhaps.add(
            String.format(
                "%s still gets messages from %s:%d, which may be it: %s",
                now.instance(),
                from.get().senderHost(),
                from.get().senderPort(),
                whatItIs(from.get())));
      }
    }
    return new Hears(it, perhaps, lately);
  }

  /** WAL or any other message: an idle primary sends only keepalives. */
  private static boolean heardMore(MemberObserved before, MemberObserved now) {
    return Candidates.gotMore(before, now)
        || (before.instance().equals(now.instance())
            && heard(before) > 0
            && heard(now) > heard(before));
  }

  /** Measured by the standby's own clock only. */
  private static boolean heardWithin(MemberObserved seen, Duration within) {
    long now = seen.standing().clockMillis();
    return heard(seen) > 0 && now > 0 && now - heard(seen) < within.toMillis();
  }

  private static long heard(MemberObserved seen) {
    return seen.receivers().stream().mapToLong(Receiver::heardMillis).max().orElse(0);
  }

  /** The sender that it streams from, if that is the primary or may be. */
  private Optional<Receiver> sender(MemberObserved seen) {
    return seen.receivers().stream()
        .filter(one -> one.status().equals("streaming"))
        .filter(one -> is(one, primary) || !isFromAnother(seen, one))
        .findFirst();
  }

  private boolean isFromAnother(MemberObserved seen, Receiver from) {
    return cluster.members().stream()
        .filter(member -> !member.equals(primary) && answers(member))
        .anyMatch(member -> is(from, member) || sendsTo(member, seen, from));
  }

  /** The server at the address of a silent member may be the primary. */
  private boolean answers(Instance member) {
    return first.stream().anyMatch(seen -> seen.instance().equals(member.id()));
  }

  private String whatItIs(Receiver from) {
    return cluster.members().stream()
        .filter(member -> is(from, member))
        .map(member -> member.id() + " is silent there")
        .findFirst()
        .orElse("the cluster file has that for no member");
  }

  private boolean is(Receiver from, Instance member) {
    return from.senderPort() == member.port()
        && from.senderHost().equals(cluster.host(member.host()).access().address());
  }

  /** Whether that member lists the standby among its walsenders. */
  private boolean sendsTo(Instance member, MemberObserved to, Receiver from) {
    Optional<String> name =
        cluster.member(to.instance()).map(cluster::applicationName).map(StandbyList::folded);
    return from.senderPort() == member.port()
        && first.stream()
            .filter(seen -> seen.instance().equals(member.id()))
            .flatMap(seen -> seen.senders().stream())
            .map(Sender::application)
            .map(StandbyList::folded)
            .anyMatch(name.orElse("")::equals);
  }
}
