package dev.mooring.runbook.failover;

import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.Witnessed;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Standbys that go on hearing from a primary which answers no other witness: it runs then, and
 * accepts writes, and the way to it is cut in one direction or for some. One that streams from a
 * standby above it says nothing of the primary: that standby is asked itself. One whose sender
 * can't be told, since it connects by another name or address than the cluster file has, may hear
 * the primary.
 *
 * @param silentFor for how long a watch heard nothing of the primary before this look; zero without
 *     one
 */
record StillHeard(
    Cluster cluster, Instance primary, List<MemberObserved> first, Duration silentFor) {
  /** What was on its way when the silence began comes within this. */
  private static final Duration ON_ITS_WAY = Duration.ofSeconds(2);

  /**
   * For so long no message is no sign that no server sends one: a receiver asks for it after half
   * of wal_receiver_timeout, by default 30 s.
   */
  private static final Duration LATELY = Duration.ofSeconds(45);

  StillHeard {
    first = List.copyOf(first);
  }

  /**
   * What standbys hear.
   *
   * @param it those that hear the primary
   * @param perhaps those that hear a server that may be it, each as a piece of a sentence
   * @param lately whether one heard it so lately that its silence says nothing, or gives no answer
   *     any more: a primary without clients sends a word each half minute
   */
  record Hears(List<InstanceId> it, List<String> perhaps, boolean lately) {
    static final Hears NOBODY = new Hears(List.of(), List.of(), false);

    Hears {
      it = List.copyOf(it);
      perhaps = List.copyOf(perhaps);
    }
  }

  /**
   * What became of the primary.
   *
   * @param again looks at some members once more; called only where all witnesses met silence,
   *     however few they are, and a standby streams from it
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
          // a word that came after the silence of the watch began
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

  /** WAL, or any word: a primary without clients has nothing to send but that it is there. */
  private static boolean heardMore(MemberObserved before, MemberObserved now) {
    return Candidates.gotMore(before, now)
        || (before.instance().equals(now.instance())
            && heard(before) > 0
            && heard(now) > heard(before));
  }

  /** By this one's own clock alone. */
  private static boolean heardWithin(MemberObserved seen, Duration within) {
    long now = seen.standing().clockMillis();
    return heard(seen) > 0 && now > 0 && now - heard(seen) < within.toMillis();
  }

  private static long heard(MemberObserved seen) {
    return seen.receivers().stream().mapToLong(Receiver::heardMillis).max().orElse(0);
  }

  /** What it streams from, where that is the primary or may be. */
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

  /** One that is silent may be another than it is taken for. */
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

  /** Whether that member shows it among those that stream from it. */
  private boolean sendsTo(Instance member, MemberObserved to, Receiver from) {
    Optional<String> name =
        cluster
            .member(to.instance())
            .map(Instance::replicationName)
            .map(SynchronousStandbyNames::folded);
    return from.senderPort() == member.port()
        && first.stream()
            .filter(seen -> seen.instance().equals(member.id()))
            .flatMap(seen -> seen.senders().stream())
            .map(Sender::application)
            .map(SynchronousStandbyNames::folded)
            .anyMatch(name.orElse("")::equals);
  }
}
