package dev.mooring.runbook.replication;

import dev.mooring.port.AccountActivities.AccountObserved;
import dev.mooring.port.AccountActivities.RoleSeen;
import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.replication.SetupPlan.MissingSlot;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a setup would do, by what was seen; refused before anything is changed where it could not be
 * whole. It never touches a data directory that holds anything but this cluster's standby.
 */
final class SetupCheck {
  private static final long SPARE_PERCENT = 10;

  private final Cluster cluster;
  private final Members members;
  private final List<DirectorySeen> directories;

  SetupCheck(Cluster cluster, Members members, List<DirectorySeen> directories) {
    this.cluster = cluster;
    this.members = members;
    this.directories = directories;
  }

  /** A fact that stands against it. */
  private record Against(FailureCode code, String why) {}

  Verdict<SetupPlan> judge(
      List<Instance> asked, AccountObserved account, List<String> linesBefore) {
    List<String> waiting = new ArrayList<>();
    List<Instance> able = new ArrayList<>();
    for (Instance standby : asked) {
      Optional<Against> against = unfit(standby);
      if (against.isPresent()) {
        return Verdict.never(against.get().code(), against.get().why());
      }
      if (sender(standby).isEmpty()) {
        waiting.add(
            standby.id() + " waits for " + standby.upstream() + ", which does not stream yet");
        continue;
      }
      able.add(standby);
    }
    List<Instance> following = able.stream().filter(standby -> !isFed(standby)).toList();
    Optional<Against> primary = primaryUnfit(account, able.size());
    return primary.isPresent()
        ? Verdict.never(primary.get().code(), primary.get().why())
        : Verdict.proceed(
            new SetupPlan(
                members,
                able,
                following.stream().filter(this::isVacant).toList(),
                following,
                account.role().isEmpty(),
                lacking(account),
                linesBefore,
                AccessRules.lines(cluster, cluster.members()),
                slots(able),
                commits(able),
                waiting));
  }

  private static List<String> lacking(AccountObserved account) {
    return account.role().isEmpty()
        ? List.of("role", "password", "rights")
        : account.role().get(0).lacking();
  }

  private boolean streams(Instance standby) {
    String name = standby.replicationName();
    return members.seen().stream()
        .flatMap(member -> member.senders().stream())
        .anyMatch(s -> s.slot().equals(name) && s.state().equals("streaming"));
  }

  /** Whether it has what it is to have: it streams, or replays and is fed by the archive alone. */
  private boolean isFed(Instance standby) {
    return standby.upstream().equals(Instance.ARCHIVE)
        ? members.member(standby.id()).stream()
            .anyMatch(seen -> seen.standing().inRecovery() && seen.receivers().isEmpty())
        : streams(standby);
  }

  /** Those that are set up stream before it takes effect. */
  private List<SynchronousNames> commits(List<Instance> able) {
    MemberObserved primary = members.primarySeen();
    String before = primary.setting("synchronous_standby_names").orElse("");
    SynchronousNames wanted =
        SynchronousNames.of(
            cluster,
            members.primary(),
            before,
            members.standbys().stream()
                .filter(standby -> able.contains(standby) || streams(standby))
                .toList());
    boolean so =
        wanted.names().equals(before)
            && wanted.commit().equals(primary.setting("synchronous_commit").orElse(""));
    return so ? List.of() : List.of(wanted);
  }

  private boolean isVacant(Instance standby) {
    Content content = directory(standby).map(DirectorySeen::content).orElse(Content.UNUSABLE);
    return content == Content.MISSING || content == Content.EMPTY;
  }

  private Optional<DirectorySeen> directory(Instance instance) {
    return directories.stream().filter(d -> d.instance().equals(instance.id())).findFirst();
  }

  /** Whom it streams from; empty while that one is no member that answers. */
  private Optional<Instance> sender(Instance standby) {
    Instance upstream =
        Upstreams.of(cluster, members.primary()).of(standby).orElse(members.primary());
    return Optional.of(upstream).filter(i -> i.equals(members.primary()) || streams(i));
  }

  private List<MissingSlot> slots(List<Instance> able) {
    List<MissingSlot> missing = new ArrayList<>();
    for (Instance standby : able) {
      Instance sender = sender(standby).orElseThrow();
      boolean there =
          members.member(sender.id()).stream()
              .flatMap(member -> member.slots().stream())
              .anyMatch(slot -> slot.name().equals(standby.replicationName()));
      if (!there && !standby.upstream().equals(Instance.ARCHIVE)) {
        missing.add(new MissingSlot(sender, standby.replicationName()));
      }
    }
    return missing;
  }

  private Optional<Against> unfit(Instance standby) {
    Optional<DirectorySeen> seen = directory(standby);
    if (seen.isEmpty()) {
      return against(
          FailureCode.STATE_UNREADABLE, standby.id() + ": its data directory was not looked at");
    }
    DirectorySeen directory = seen.get();
    int ours = major();
    if (directory.server().major() != ours) {
      return against(
          FailureCode.VERSION_DIFFERS,
          String.format(
              "%s has the programs of version %s, and %s is version %d",
              standby.id(), directory.server(), members.primary().id(), ours));
    }
    if (isFed(standby)) {
      return Optional.empty();
    }
    return switch (directory.content()) {
      case MISSING, EMPTY -> noRoom(standby, directory);
      case UNUSABLE ->
          against(
              FailureCode.STATE_UNREADABLE,
              standby.id()
                  + ": no server can be started on its data directory: "
                  + directory.why()
                  + ". HINT: move it away by hand, or make the instance anew");
      case READABLE -> foreign(standby, directory);
    };
  }

  private Optional<Against> noRoom(Instance standby, DirectorySeen directory) {
    if (!directory.lacking().isEmpty()) {
      return against(
          FailureCode.HOST_PROGRAM_MISSING,
          standby.id() + ": its host lacks " + String.join(", ", directory.lacking()));
    }
    long bytes = directory(members.primary()).map(d -> d.space().bytes()).orElse(0L);
    long needed = bytes + bytes * SPARE_PERCENT / 100;
    return directory.space().freeBytes() < needed
        ? against(
            FailureCode.NO_ROOM,
            String.format(
                "%s: %d bytes are free, a base backup of %s and %d %% more take %d",
                standby.id(),
                directory.space().freeBytes(),
                members.primary().id(),
                SPARE_PERCENT,
                needed))
        : Optional.empty();
  }

  private Optional<Against> foreign(Instance standby, DirectorySeen directory) {
    boolean ours =
        directory.held().stream()
            .anyMatch(
                data ->
                    data.flags().standbySignal()
                        && data.control()
                            .systemIdentifier()
                            .equals(members.primarySeen().system()));
    return ours
        ? Optional.empty()
        : against(
            FailureCode.IDENTITY_DIFFERS,
            standby.id()
                + " holds data that is no standby of "
                + members.primary().id()
                + ", and it is not overwritten. HINT: move it away by hand, or make the instance"
                + " anew");
  }

  private int major() {
    String number = members.primarySeen().setting("server_version_num").orElse("0");
    return Integer.parseInt(number) / 10_000;
  }

  private Optional<Against> primaryUnfit(AccountObserved account, int standbys) {
    List<String> low = new ArrayList<>();
    MemberObserved primary = members.primarySeen();
    if (primary.setting("wal_level").orElse("minimal").equals("minimal")) {
      low.add("wal_level = minimal, must be replica");
    }
    long foreign =
        primary.slots().stream()
            .filter(
                slot ->
                    cluster.members().stream()
                        .noneMatch(m -> m.replicationName().equals(slot.name())))
            .count();
    lower(primary, "max_replication_slots", standbys + foreign, low);
    lower(primary, "max_wal_senders", 2L * standbys, low);
    if (!low.isEmpty()) {
      return against(
          FailureCode.SETTINGS_TOO_LOW,
          primary.instance()
              + ": "
              + String.join("; ", low)
              + ". HINT: the primary_setup.sql of `mooring replicate files` sets them; they need a"
              + " restart, which is an outage and is left to you");
    }
    return accountUnfit(primary.instance(), account);
  }

  private Optional<Against> accountUnfit(InstanceId primary, AccountObserved account) {
    List<String> lacking = lacking(account);
    boolean ours = account.role().stream().allMatch(RoleSeen::ours);
    if (!lacking.isEmpty() && !(account.mayMake() && (ours || lacking.equals(List.of("rights"))))) {
      return against(
          FailureCode.DATABASE_REFUSED,
          String.format(
              "role %s on %s lacks %s, and %s",
              cluster.streaming().orElseThrow().replication().user(),
              primary,
              String.join(", ", lacking),
              account.mayMake()
                  ? "was not made by Mooring: mend it by hand"
                  : "Mooring's own role is no superuser. HINT: let a superuser run the"
                      + " primary_setup.sql of `mooring replicate files`"));
    }
    return Optional.empty();
  }

  private static void lower(MemberObserved primary, String name, long least, List<String> low) {
    String value = primary.setting(name).orElse("0");
    if (Long.parseLong(value) < least) {
      low.add(String.format("%s = %s, must be %d", name, value, least));
    }
  }

  private static Optional<Against> against(FailureCode code, String why) {
    return Optional.of(new Against(code, why));
  }
}
