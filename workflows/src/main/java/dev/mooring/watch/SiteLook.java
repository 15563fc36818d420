package dev.mooring.watch;

import static java.util.stream.Collectors.joining;

import dev.mooring.evidence.SilentArchiver;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.ArchiverFiles;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.RoleActivities.DiskUsed;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.port.WatchActivities.WatchedSite;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One reading of the members of a site, or of the processes of a DR site.
 *
 * @param replication the members' own reports of their streaming
 * @param conflicting the standbys on which recovery cancels queries again and again
 * @param advancing the standbys that replayed more since the reading before
 * @param ends where the WAL of standbys ends that have no receiver any more, as far as it was read
 * @param writers the reports of the writable members about their archiver
 * @param hosts the right to write and the disks, from their hosts
 */
public record SiteLook(
    ReplicationObserved replication,
    List<InstanceId> conflicting,
    List<InstanceId> advancing,
    List<WalHeld> ends,
    ReadinessObserved writers,
    List<RolesObserved> hosts) {
  private static final String STREAMING = "streaming";

  /** How far below its limit a full file system must get, in percent. */
  private static final int BELOW_THE_LIMIT = 2;

  /** A sign has no exact percentage, which would change with each reading. */
  private static final int PERCENT_STEP = 5;

  public SiteLook {
    conflicting = List.copyOf(conflicting);
    advancing = List.copyOf(advancing);
    ends = List.copyOf(ends);
    hosts = List.copyOf(hosts);
  }

  /** The right to write, as far as hosts answered. */
  public List<InstanceRole> roles() {
    return hosts.stream().flatMap(host -> host.roles().stream()).toList();
  }

  /** The servers that accept writes, of which more is asked. */
  public static List<Server> writing(List<Server> servers, ReplicationObserved seen) {
    return servers.stream()
        .filter(
            server ->
                seen.members().stream()
                    .filter(one -> one.instance().equals(server.instance().id()))
                    .anyMatch(one -> !one.standing().inRecovery()))
        .toList();
  }

  /**
   * The standbys, by host, of which is to be read what their WAL ends with: they streamed by the
   * signs that counted last, and have no receiver. None while a member of the site accepts writes.
   */
  public static List<HostWork> endsToRead(
      WatchedSite site, ReplicationObserved seen, List<Sign> last) {
    if (!writing(site.members(), seen).isEmpty()) {
      return List.of();
    }
    List<InstanceId> undecided =
        seen.members().stream()
            .filter(one -> one.standing().inRecovery() && one.receivers().isEmpty())
            .map(MemberObserved::instance)
            .filter(
                id ->
                    value(last, Kind.WAL_END, id)
                        .map(Sign.RECEIVES::equals)
                        .orElseGet(() -> streamed(last, id)))
            .toList();
    return site.hosts().stream()
        .map(
            host ->
                new HostWork(
                    host.host(),
                    host.instances().stream().filter(one -> undecided.contains(one.id())).toList()))
        .filter(host -> !host.instances().isEmpty())
        .toList();
  }

  private static boolean streamed(List<Sign> last, InstanceId standby) {
    return value(last, Kind.RECEIVER, standby).filter(Sign.STREAMS::equals).isPresent();
  }

  private static Optional<String> value(List<Sign> last, Kind kind, InstanceId of) {
    return last.stream()
        .filter(sign -> sign.kind() == kind && sign.subject().equals(of))
        .map(Sign::words)
        .findFirst();
  }

  /**
   * The signs in it, which count once they are steady.
   *
   * @param standbys the names by which members stream: other names are no standbys
   * @param last the signs that counted last
   */
  public List<Sign> signs(
      List<Server> members, List<String> standbys, Limits limits, List<Sign> last) {
    List<Sign> signs = new ArrayList<>();
    for (MemberObserved member : replication.members()) {
      members.stream()
          .map(Server::instance)
          .filter(instance -> instance.id().equals(member.instance()))
          .forEach(instance -> signs.addAll(ofServer(instance, member, standbys, limits)));
    }
    for (InstanceFailure silent : replication.failures()) {
      signs.add(new Sign(Kind.ROLE, silent.instance(), silent.code().name()));
    }
    hosts.forEach(host -> signs.addAll(ofHost(host, limits, last)));
    replication.members().stream()
        .filter(member -> member.standing().inRecovery())
        .forEach(
            member ->
                walEnd(member, last)
                    .map(words -> new Sign(Kind.WAL_END, member.instance(), words))
                    .ifPresent(signs::add));
    return signs;
  }

  /** Read once: without a receiver it does not change, and after another record nothing does. */
  private Optional<String> walEnd(MemberObserved standby, List<Sign> last) {
    Optional<String> was = value(last, Kind.WAL_END, standby.instance());
    if (standby.receivers().stream().anyMatch(one -> one.status().equals(STREAMING))) {
      return was.filter(words -> !streamed(last, standby.instance()))
          .map(words -> words.equals(Sign.ANOTHER_RECORD) ? words : Sign.RECEIVES);
    }
    return was.filter(words -> !words.equals(Sign.RECEIVES))
        .or(
            () ->
                ends.stream()
                    .filter(one -> one.instance().equals(standby.instance()))
                    .map(one -> one.shutDown() ? Sign.SHUT_DOWN : Sign.ANOTHER_RECORD)
                    .findFirst())
        .or(() -> was);
  }

  private static List<Sign> ofHost(RolesObserved host, Limits limits, List<Sign> last) {
    List<Sign> signs = new ArrayList<>();
    for (InstanceRole role : host.roles()) {
      InstanceId id = role.instance();
      signs.add(new Sign(Kind.HOST, id, Sign.ANSWERS));
      process(role, host).ifPresent(process -> signs.add(new Sign(Kind.PROCESS, id, process)));
      signs.add(new Sign(Kind.AUTHORITY, id, role.authority().writer()));
      signs.add(new Sign(Kind.DISK, id, disk(id, host.disks(), limits, last)));
      if (!role.authority().newBoot().isEmpty()) {
        signs.add(new Sign(Kind.NEW_BOOT, id, role.authority().newBoot()));
      }
    }
    for (InstanceFailure silent : host.failures()) {
      signs.add(new Sign(Kind.HOST, silent.instance(), silent.code().name()));
    }
    return signs;
  }

  /** None if it is not known whether a consume started it. */
  private static Optional<String> process(InstanceRole role, RolesObserved host) {
    return switch (role.process()) {
      case STOPPED -> Optional.of(Sign.NONE);
      case ORPHANED -> Optional.of(Sign.ORPHANED);
      case RUNNING -> role.standsBy() ? inRecovery(role.instance(), host) : Optional.of(Sign.RUNS);
    };
  }

  private static Optional<String> inRecovery(InstanceId id, RolesObserved host) {
    if (host.startUnread().contains(id)) {
      return Optional.empty();
    }
    return Optional.of(host.consumed().contains(id) ? Sign.NONE : Sign.STANDS_BY);
  }

  private static String disk(InstanceId id, List<DiskUsed> disks, Limits limits, List<Sign> last) {
    List<DiskUsed> its = disks.stream().filter(disk -> disk.instance().equals(id)).toList();
    if (limits.diskUsed() > 0 && its.isEmpty()) {
      return Sign.UNREAD;
    }
    String full =
        its.stream()
            .filter(disk -> limits.diskUsed() > 0 && disk.percent() > limit(disk, limits, last))
            .map(disk -> inWords(disk) + PERCENT_STEP * step(disk) + " %")
            .collect(joining(", "));
    return full.isEmpty() ? Sign.ROOM : full;
  }

  /** One that was too full is so until it is a little below the limit. */
  private static int limit(DiskUsed disk, Limits limits, List<Sign> last) {
    boolean full =
        value(last, Kind.DISK, disk.instance())
            .filter(words -> (", " + words).contains(", " + inWords(disk)))
            .isPresent();
    return full ? limits.diskUsed() - BELOW_THE_LIMIT : limits.diskUsed();
  }

  private static String inWords(DiskUsed disk) {
    return disk.directory() + " about ";
  }

  private static int step(DiskUsed disk) {
    return (disk.percent() + PERCENT_STEP / 2) / PERCENT_STEP;
  }

  private List<Sign> ofServer(
      Instance instance, MemberObserved member, List<String> standbys, Limits limits) {
    InstanceId id = instance.id();
    Standing standing = member.standing();
    List<Sign> signs = new ArrayList<>();
    signs.add(
        new Sign(Kind.ROLE, id, standing.inRecovery() ? Sign.STANDS_BY : Sign.ACCEPTS_WRITES));
    signs.add(new Sign(Kind.SYSTEM, id, member.system().toString()));
    signs.add(new Sign(Kind.TIMELINE, id, standing.timeline().toString()));
    signs.add(new Sign(Kind.SETTINGS, id, settings(member)));
    signs.add(new Sign(Kind.SLOTS, id, slots(member)));
    signs.addAll(
        standing.inRecovery()
            ? ofStandby(instance, member, limits)
            : ofWriter(member, standbys, limits));
    for (Sender sender : member.senders()) {
      if (sender.streams() && sender.lagBytes() > limits.lagBytes()) {
        standby(sender, standbys).ifPresent(name -> signs.add(new Sign(Kind.LAGS, id, name)));
      }
    }
    for (Slot slot : member.slots()) {
      if (slot.hasLostWal()) {
        signs.add(new Sign(Kind.SLOT_LOST, id, slot.name()));
      } else if (slot.keepsForNobody()) {
        signs.add(new Sign(Kind.SLOT_UNUSED, id, slot.name()));
      }
      if (limits.slotBytes() > 0 && slot.keptBytes() > limits.slotBytes()) {
        signs.add(new Sign(Kind.SLOT_LARGE, id, slot.name()));
      }
    }
    return signs;
  }

  private static String slots(MemberObserved member) {
    return member.slots().stream()
        .filter(slot -> slot.plugin().isEmpty())
        .map(SiteLook::slot)
        .collect(joining(", "));
  }

  private static String slot(Slot slot) {
    if (slot.hasLostWal()) {
      return Sign.lost(slot.name());
    } else if (slot.walStatus().isEmpty()) {
      return Sign.unused(slot.name());
    }
    return slot.active() ? Sign.used(slot.name()) : slot.name();
  }

  private static String settings(MemberObserved member) {
    return ReplicationActivities.OF_A_PRIMARY.stream()
        .flatMap(name -> member.setting(name).map(value -> name + " " + value).stream())
        .collect(joining(", "));
  }

  /** The member of a sender; empty for a receiver of another kind, such as pg_receivewal. */
  private static Optional<String> standby(Sender sender, List<String> standbys) {
    return standbys.stream()
        .filter(name -> name.equals(sender.application()) || name.equals(sender.slot()))
        .findFirst();
  }

  private List<Sign> ofStandby(Instance instance, MemberObserved member, Limits limits) {
    List<Sign> signs = new ArrayList<>();
    signs.add(
        new Sign(
            Kind.REPLAY,
            instance.id(),
            member.standing().replay().paused() ? "paused" : Sign.REPLAYS));
    if (isLate(member, limits)) {
      signs.add(new Sign(Kind.LATE, instance.id(), ""));
    }
    if (conflicting.contains(instance.id())) {
      signs.add(new Sign(Kind.CONFLICTS, instance.id(), ""));
    }
    if (!instance.upstream().equals(Instance.ARCHIVE)) {
      member
          .setting("primary_slot_name")
          .ifPresent(slot -> signs.add(new Sign(Kind.SLOT_NAMED, instance.id(), slot)));
      String receiver = receiver(member, limits);
      signs.add(new Sign(Kind.RECEIVER, instance.id(), receiver));
      if (!List.of(Sign.STREAMS, Sign.REPLAYS_FIRST).contains(receiver)
          && !advancing.contains(instance.id())) {
        signs.add(new Sign(Kind.NOT_STREAMING, instance.id(), ""));
      }
      member.receivers().stream()
          .findFirst()
          .map(one -> Sign.sender(one.senderHost(), one.senderPort()))
          .ifPresent(sender -> signs.add(new Sign(Kind.SENDER, instance.id(), sender)));
    }
    return signs;
  }

  /** A standby with a replay delay is not late. */
  private static boolean isLate(MemberObserved member, Limits limits) {
    return member.applyDelay().isEmpty()
        && replayLag(member).filter(ago -> ago.compareTo(limits.lag()) > 0).isPresent();
  }

  /**
   * How old a standby's last replayed commit is while it has more to replay; zero if it streams and
   * has no more. While a primary is idle the last commit grows old, and nothing is left to replay.
   * Empty if no sender showed the end of its WAL: how much there is to replay is not known then.
   */
  public static Optional<Duration> replayLag(MemberObserved member) {
    if (hasMore(member)) {
      return member.standing().sinceLastCommit();
    }
    return member.receivers().stream()
            .anyMatch(one -> one.status().equals(STREAMING) && !one.senderEnd().isEmpty())
        ? Optional.of(Duration.ZERO)
        : Optional.empty();
  }

  /** On its disk, or at its sender when the sender was last heard from. */
  private static boolean hasMore(MemberObserved member) {
    Lsn replayed = member.standing().replayed();
    return replayed.isBefore(member.standing().received())
        || member.receivers().stream()
            .map(Receiver::senderEnd)
            .anyMatch(end -> !end.isEmpty() && replayed.isBefore(Lsn.parse(end)));
  }

  /** By the standby's own clock; a primary that writes nothing sends keepalives. */
  private static String receiver(MemberObserved member, Limits limits) {
    return member.receivers().stream()
        .findFirst()
        .map(
            receiver ->
                !receiver.status().equals(STREAMING)
                    ? member.replaysFirst() ? Sign.REPLAYS_FIRST : receiver.status()
                    : isSilent(
                            member.standing().clockMillis(),
                            receiver.heardMillis(),
                            limits.receiverSilent())
                        ? Sign.SILENT
                        : Sign.STREAMS)
        .orElse(member.replaysFirst() ? Sign.REPLAYS_FIRST : "none");
  }

  private static boolean isSilent(long now, long heard, Duration longest) {
    return now != 0 && heard != 0 && now - heard > longest.toMillis();
  }

  /** As the primary itself counts the standbys, also one that is no member. */
  private static String commits(MemberObserved member) {
    String names = member.setting("synchronous_standby_names").orElse("");
    long counted =
        member.senders().stream().map(Sender::sync).filter(SynchronousCommits::counts).count();
    if (!SynchronousCommits.hang(names, member.setting("synchronous_commit").orElse(""), counted)) {
      return Sign.RETURN;
    }
    String streaming =
        member.senders().stream()
            .filter(Sender::streams)
            .map(Sender::application)
            .collect(joining(", "));
    return String.format(
        "they wait for %d of '%s'; streaming: %s",
        SynchronousCommits.needed(names), names, streaming.isEmpty() ? "none" : streaming);
  }

  private List<Sign> ofWriter(MemberObserved member, List<String> standbys, Limits limits) {
    InstanceId id = member.instance();
    boolean some =
        member.senders().stream()
            .anyMatch(sender -> sender.streams() && standby(sender, standbys).isPresent());
    List<Sign> signs = new ArrayList<>();
    signs.add(new Sign(Kind.COMMITS, id, commits(member)));
    signs.add(new Sign(Kind.STANDBYS, id, some ? Sign.SOME : "none"));
    sendsTo(member, standbys).map(words -> new Sign(Kind.SENDS_TO, id, words)).forEach(signs::add);
    signs.add(new Sign(Kind.WAITS_FOR, id, member.setting("synchronous_standby_names").orElse("")));
    signs.add(
        new Sign(Kind.SYNCHRONOUS_COMMIT, id, member.setting("synchronous_commit").orElse("")));
    signs.add(new Sign(Kind.ARCHIVER, id, archiver(member, limits)));
    return signs;
  }

  /** By application names, which commits wait for, and not by slots. */
  private static Stream<String> sendsTo(MemberObserved member, List<String> standbys) {
    Stream<String> members =
        standbys.stream()
            .map(
                name ->
                    member.senders().stream()
                            .anyMatch(
                                sender ->
                                    sender.streams() && sender.application().equalsIgnoreCase(name))
                        ? Sign.streams(name)
                        : Sign.absent(name));
    Stream<String> others =
        member.senders().stream()
            .filter(Sender::confirms)
            .map(Sender::application)
            .filter(name -> standbys.stream().noneMatch(name::equalsIgnoreCase))
            .distinct()
            .sorted()
            .map(Sign::streams);
    return Stream.concat(members, others);
  }

  /** An unread archiver is never taken for a good one. */
  private String archiver(MemberObserved member, Limits limits) {
    Optional<MemberReadiness> said =
        writers.members().stream()
            .filter(one -> one.instance().equals(member.instance()))
            .findFirst();
    if (member.load().unarchived() > limits.archiveFiles()) {
      return "behind";
    }
    return said.map(MemberReadiness::archiver)
        .map(
            one ->
                !one.failed().isEmpty()
                    ? "fails"
                    : hangs(one, member, limits) ? "hangs" : Sign.ARCHIVES)
        .orElse("unread");
  }

  /** By the server's own clock. */
  private static boolean hangs(ArchiverFiles files, MemberObserved member, Limits limits) {
    Duration due =
        SilentArchiver.due(
            Duration.ofSeconds(files.timeoutSeconds()),
            Duration.ofSeconds(limits.archiveEverySeconds()));
    Instant now = Instant.ofEpochMilli(member.standing().clockMillis());
    return limits.archiveEverySeconds() > 0
        && files.quietSince().stream()
            .anyMatch(since -> SilentArchiver.is(since, member.load().unarchived(), due, now));
  }
}
