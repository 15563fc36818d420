package dev.mooring.runbook.replication;

import dev.mooring.port.AccountActivities.AccountObserved;
import dev.mooring.port.AccountActivities.RoleSeen;
import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PrimaryActivities.ArchiveSeen;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.replication.SetupPlan.Access;
import dev.mooring.runbook.replication.SetupPlan.Anew;
import dev.mooring.runbook.replication.SetupPlan.Copies;
import dev.mooring.runbook.replication.SetupPlan.MissingSlot;
import dev.mooring.runbook.replication.SetupPlan.Role;
import dev.mooring.runbook.replication.SetupPlan.Slots;
import dev.mooring.runbook.replication.SetupPlan.Standbys;
import dev.mooring.runbook.resilver.CopyCheck;
import dev.mooring.runbook.resilver.CopyCheck.Copied;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a setup would do, by what was seen; refused before anything is changed where it could not be
 * whole. Data that is no standby of this cluster is kept aside whole, with an approval; where it is
 * of this cluster, or runs, it is not touched.
 */
final class SetupCheck {
  private final Cluster cluster;
  private final Members members;
  private final List<DirectorySeen> directories;

  SetupCheck(Cluster cluster, Members members, List<DirectorySeen> directories) {
    this.cluster = cluster;
    this.members = members;
    this.directories = directories;
  }

  /** A fact that blocks it. */
  private record Against(FailureCode code, String why) {}

  /** What was seen of the primary and its host, and whether it may be restarted. */
  record PrimaryObservations(
      AccountObserved account, List<String> lines, ArchiveSeen archive, boolean mayRestart) {
    PrimaryObservations {
      lines = List.copyOf(lines);
    }
  }

  Verdict<SetupPlan> judge(List<Instance> asked, PrimaryObservations primary) {
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
    return new PrimaryCheck(cluster, members, primary.mayRestart())
        .judge(able.size(), !copied(able).isEmpty(), primary.archive())
        .then(raised -> planned(raised, able, waiting, primary));
  }

  private Verdict<SetupPlan> planned(
      PrimaryPlan raised, List<Instance> able, List<String> waiting, PrimaryObservations primary) {
    AccountObserved account = primary.account();
    List<Anew> anew = anew(able);
    List<Instance> following = new ArrayList<>(able);
    following.removeIf(this::isFed);
    anew.forEach(one -> following.add(one.standby()));
    List<Instance> copied = copied(able);
    Optional<Against> against =
        accountUnfit(members.primary().id(), account)
            .or(
                () ->
                    accessUnparsed(account.instance(), account)
                        .map(why -> new Against(FailureCode.HOST_REFUSED, why)))
            .or(() -> uncopied(copied))
            .or(() -> unconfirmed(anew));
    return against.isPresent()
        ? Verdict.never(against.get().code(), against.get().why())
        : Verdict.proceed(
            new SetupPlan(
                members,
                raised,
                new Role(!account.role().isEmpty(), lacking(account)),
                new Access(primary.lines(), AccessRules.lines(cluster, cluster.members())),
                new Slots(slots(able), SlotsLeft.of(cluster, members, able, following)),
                new Standbys(able, copies(copied), following, anew, waiting),
                commits(able)));
  }

  private Copies copies(List<Instance> copied) {
    return new Copies(copied, unconfigured(copied), replaced(copied));
  }

  private List<Instance> copied(List<Instance> able) {
    return able.stream().filter(standby -> !isFed(standby) && isCopied(standby)).toList();
  }

  /** Those nearest to the primary first: for a moment two would stream from one another. */
  private List<Anew> anew(List<Instance> able) {
    Connections connections = new Connections(cluster, members);
    return Upstreams.of(cluster, members.primary()).fromTheTop(able).stream()
        .filter(standby -> isFed(standby) && !connections.differences(standby).isEmpty())
        .map(standby -> new Anew(standby, connections.differences(standby)))
        .toList();
  }

  /** Only who streams from the primary itself confirms its commits. */
  private Optional<Against> unconfirmed(List<Anew> anew) {
    Connections connections = new Connections(cluster, members);
    return anew.stream()
        .map(Anew::standby)
        .filter(standby -> !sender(standby).orElseThrow().equals(members.primary()))
        .filter(connections::isWaitedFor)
        .findFirst()
        .flatMap(
            standby ->
                against(
                    FailureCode.DATABASE_REFUSED,
                    String.format(
                        "commits on %s wait for %s, which would follow %s then and confirm none."
                            + " HINT: take it out of replication.synchronous, or of"
                            + " synchronous_standby_names, by a setup before this one",
                        members.primary().id(), standby.id(), standby.upstream())));
  }

  private static List<String> lacking(AccountObserved account) {
    return account.role().isEmpty()
        ? List.of("role", "password", "rights")
        : account.role().get(0).lacking();
  }

  private boolean streams(Instance standby) {
    String name = cluster.slotName(standby);
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
    Content content =
        directory(standby).map(seen -> seen.contents().kind()).orElse(Content.UNUSABLE);
    return content == Content.MISSING || content == Content.EMPTY;
  }

  private boolean isCopied(Instance standby) {
    return isVacant(standby) || !directory(standby).map(this::isOurStandby).orElse(false);
  }

  private Optional<DirectorySeen> directory(Instance instance) {
    return directories.stream().filter(d -> d.instance().equals(instance.id())).findFirst();
  }

  /** Its upstream; empty while that is no member that answers. */
  private Optional<Instance> sender(Instance standby) {
    Instance upstream =
        Upstreams.of(cluster, members.primary()).of(standby).orElse(members.primary());
    return Optional.of(upstream).filter(i -> i.equals(members.primary()) || streams(i));
  }

  private List<MissingSlot> slots(List<Instance> able) {
    List<MissingSlot> missing = new ArrayList<>();
    for (Instance standby : able) {
      Instance sender = sender(standby).orElseThrow();
      Optional<Slot> there =
          members.member(sender.id()).stream()
              .flatMap(member -> member.slots().stream())
              .filter(slot -> slot.name().equals(cluster.slotName(standby)))
              .findFirst();
      String without = there.filter(slot -> !slot.active()).map(SetupCheck::without).orElse("");
      if ((there.isEmpty() || !without.isEmpty()) && !standby.upstream().equals(Instance.ARCHIVE)) {
        missing.add(new MissingSlot(sender, cluster.slotName(standby), without));
      }
    }
    return missing;
  }

  /** A slot whose WAL is lost is of no use; a slot that was never used keeps no WAL for a copy. */
  private static String without(Slot slot) {
    return switch (slot.walStatus()) {
      case "lost" -> "its WAL is lost";
      case "" -> "it keeps no WAL yet";
      default -> "";
    };
  }

  private Optional<Against> unfit(Instance standby) {
    Optional<DirectorySeen> seen = directory(standby);
    if (seen.isEmpty()) {
      return against(
          FailureCode.STATE_UNREADABLE, standby.id() + ": its data directory was not read");
    }
    DirectorySeen directory = seen.get();
    int ours = major();
    if (directory.programs().server().major() != ours) {
      return against(
          FailureCode.VERSION_DIFFERS,
          String.format(
              "%s has the programs of version %s, and %s is version %d",
              standby.id(), directory.programs().server(), members.primary().id(), ours));
    }
    if (isFed(standby)) {
      return Optional.empty();
    }
    if (isVacant(standby) || isOurStandby(directory)) {
      return Optional.empty();
    }
    if (directory.process() != ServerProcess.STOPPED) {
      return against(
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "the server of %s is %s on data that is no standby of %s: stop it first",
              standby.id(), directory.process(), members.primary().id()));
    }
    return isOfThisSystem(directory)
        ? against(
            FailureCode.IDENTITY_DIFFERS,
            String.format(
                "%s holds data of this cluster that is no standby of %s, and may have WAL that no"
                    + " other member has. HINT: `mooring resilver %s --instances %s` keeps that and"
                    + " makes it a standby",
                standby.id(), members.primary().id(), cluster.name(), standby.id()))
        : Optional.empty();
  }

  /** Programs, places of tablespaces and room for all base backups of a host together. */
  private Optional<Against> uncopied(List<Instance> copied) {
    DirectorySeen source = directory(members.primary()).orElse(null);
    if (copied.isEmpty() || source == null) {
      return copied.isEmpty()
          ? Optional.empty()
          : against(
              FailureCode.STATE_UNREADABLE,
              members.primary().id() + ": its data directory was not read");
    }
    return CopyCheck.judge(copied.stream().map(this::asCopied).toList(), source)
        .match(
            enough -> Optional.empty(),
            notYet -> against(FailureCode.BUG, notYet.awaiting()),
            never -> against(never.code(), never.reason()));
  }

  /** Those that get the primary's configuration with its data. */
  private List<Instance> unconfigured(List<Instance> copied) {
    return copied.stream().filter(one -> CopyCheck.takesConfiguration(asCopied(one))).toList();
  }

  private Copied asCopied(Instance one) {
    return new Copied(one, directory(one).orElseThrow(), isOwn(one));
  }

  /** Nothing is as much its own as data of this system. */
  private boolean isOwn(Instance standby) {
    return isVacant(standby) || directory(standby).filter(this::isOfThisSystem).isPresent();
  }

  private boolean isOurStandby(DirectorySeen directory) {
    return isOfThisSystem(directory)
        && directory.contents().held().stream().anyMatch(data -> data.flags().standbySignal());
  }

  private boolean isOfThisSystem(DirectorySeen directory) {
    return directory.contents().held().stream()
        .anyMatch(data -> data.control().systemIdentifier().equals(members.primarySeen().system()));
  }

  /** What is in the place of a copy, and is kept aside by another name: a sentence each. */
  private List<String> replaced(List<Instance> copied) {
    List<String> replaced = new ArrayList<>();
    for (Instance standby : copied) {
      directory(standby)
          .filter(directory -> !isVacant(standby))
          .ifPresent(
              directory ->
                  replaced.add(
                      standby.id()
                          + ": what is in "
                          + standby.dataDirectory()
                          + " is kept aside: "
                          + inWords(directory)));
    }
    return replaced;
  }

  private static String inWords(DirectorySeen directory) {
    return directory.contents().held().stream()
        .findFirst()
        .map(data -> "system " + data.control().systemIdentifier() + ", " + data.control().state())
        .orElse(directory.contents().why());
  }

  private int major() {
    return members.primarySeen().version().map(ServerVersion::major).orElse(0);
  }

  private Optional<Against> accountUnfit(InstanceId primary, AccountObserved account) {
    List<String> lacking = lacking(account);
    boolean ours = account.role().stream().allMatch(RoleSeen::ours);
    if (!lacking.isEmpty() && !(account.mayMake() && (ours || lacking.equals(List.of("rights"))))) {
      return against(
          FailureCode.DATABASE_REFUSED,
          String.format(
              "role %s on %s lacks %s, and %s",
              cluster.streaming().orElseThrow().replication().login().user(),
              primary,
              String.join(", ", lacking),
              account.mayMake()
                  ? "was not made by Mooring: fix it by hand"
                  : "Mooring's own role is no superuser. HINT: as a superuser, run the"
                      + " primary_setup.sql of `mooring replicate files`"));
    }
    return Optional.empty();
  }

  /** Why its server refuses a reload of its access rules, and its next start, if it does. */
  static Optional<String> accessUnparsed(InstanceId primary, AccountObserved account) {
    return Optional.of(account.unparsedAccess())
        .filter(lines -> !lines.isEmpty())
        .map(lines -> primary + " can't parse its access rules (pg_hba.conf): " + lines);
  }

  private static Optional<Against> against(FailureCode code, String why) {
    return Optional.of(new Against(code, why));
  }
}
