package dev.mooring.runbook.replication;

import dev.mooring.port.FailureCode;
import dev.mooring.port.PrimaryActivities.ArchiveSeen;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.checks.ArchivingRow;
import dev.mooring.runbook.publish.ArchivingCheck;
import dev.mooring.runbook.replication.PrimaryPlan.Lacking;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Site.Archive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which settings of a primary do not suffice for its standbys. What suffices is never touched, and
 * what only a start takes is set where its restart is asked for by name.
 */
final class PrimaryCheck {
  /** The word that asks for a restart of the primary, among the rules that are overridden. */
  static final String RESTART = "restart";

  /** PostgreSQL's own: the next standby needs no restart then. */
  private static final int USUAL = 10;

  private final Cluster cluster;
  private final Members members;
  private final MemberObserved primary;
  private final boolean mayRestart;

  PrimaryCheck(Cluster cluster, Members members, boolean mayRestart) {
    this.cluster = cluster;
    this.members = members;
    this.primary = members.primarySeen();
    this.mayRestart = mayRestart;
  }

  /** The directory that the primary's host sees as its archive; empty where it is none. */
  static String archiveOf(Cluster cluster, Members members) {
    Archive archive = archive(cluster, members);
    ContentId content = members.primary().content();
    return archive.kindOf(content).isPresent() ? "" : archive.directoryOf(content);
  }

  private static Archive archive(Cluster cluster, Members members) {
    return cluster.site(members.primary().site()).orElseThrow().archive();
  }

  /**
   * What is to be set for so many standbys.
   *
   * @param copies whether any of them is made by a base backup, which takes the settings along
   * @param seen what is at the place of the archive directory
   */
  Verdict<PrimaryPlan> judge(int standbys, boolean copies, ArchiveSeen seen) {
    List<Lacking> needed = needed(standbys);
    if (!needed.isEmpty() && !mayRestart) {
      return Verdict.never(FailureCode.SETTINGS_TOO_LOW, refused(needed));
    }
    Optional<String> stopped = wouldStop(needed);
    if (stopped.isPresent()) {
      return Verdict.never(FailureCode.SETTINGS_TOO_LOW, stopped.get());
    }
    List<Lacking> good = good(seen);
    List<Lacking> settings = new ArrayList<>(mayRestart ? needed : List.of());
    List<String> restart = new ArrayList<>(needed.stream().map(Lacking::name).toList());
    List<String> reported = new ArrayList<>();
    if (mayRestart) {
      settings.addAll(good);
      good.forEach(one -> restart.add(one.name()));
    } else {
      good.forEach(one -> reported.add(inWords(one)));
    }
    ArchivingCheck.commandTrouble(primary)
        .filter(why -> hasCommand())
        .ifPresent(why -> reported.add(primary.instance() + ": " + why));
    boolean archives =
        !ArchivingRow.isOff(primary) || settings.stream().anyMatch(one -> isArchiveMode(one));
    Optional<Lacking> command = command(seen).filter(one -> archives);
    command.ifPresent(settings::add);
    readable(copies).ifPresent(settings::add);
    return Verdict.proceed(
        new PrimaryPlan(
            members.primary(),
            settings,
            restart,
            others(restart),
            command.isPresent() && seen == ArchiveSeen.MISSING ? archiveOf(cluster, members) : "",
            reported,
            poolers()));
  }

  /** What waits for a start beside that, and comes with it. */
  private List<String> others(List<String> restart) {
    return restart.isEmpty()
        ? List.of()
        : primary.settings().stream()
            .filter(Setting::pendingRestart)
            .map(Setting::name)
            .filter(name -> !restart.contains(name))
            .toList();
  }

  /** A pause lasts for the outage of a move, which is bounded; a restart may take longer. */
  private List<String> poolers() {
    return cluster.streaming().orElseThrow().poolers().stream().map(Endpoint::name).toList();
  }

  private String value(String name, String otherwise) {
    return primary.setting(name).orElse(otherwise);
  }

  /** Without these no standby can be made, or none can be looked at. */
  private List<Lacking> needed(int standbys) {
    List<Lacking> needed = new ArrayList<>();
    if (value("wal_level", "minimal").equals("minimal")) {
      needed.add(new Lacking("wal_level", "minimal", "replica", "replica"));
    }
    long foreign =
        primary.slots().stream()
            .filter(
                slot ->
                    cluster.members().stream()
                        .noneMatch(m -> cluster.slotName(m).equals(slot.name())))
            .count();
    lower("max_replication_slots", standbys + foreign, needed);
    lower("max_wal_senders", senders(standbys), needed);
    return needed;
  }

  /**
   * A standby that accepts no connections can't be observed. On a primary it does nothing, so
   * nothing is restarted for it.
   */
  private Optional<Lacking> readable(boolean copies) {
    return copies && value("hot_standby", "on").equals("off") && !isWaiting("hot_standby")
        ? Optional.of(new Lacking("hot_standby", "off", "on", "on"))
        : Optional.empty();
  }

  private boolean isWaiting(String name) {
    return primary.settings().stream()
        .anyMatch(one -> one.name().equals(name) && one.pendingRestart());
  }

  /**
   * A base backup takes two at once: one for the data, one for the WAL that is written meanwhile.
   */
  static long senders(int standbys) {
    return 2L * standbys;
  }

  private void lower(String name, long least, List<Lacking> low) {
    String value = value(name, "0");
    if (Long.parseLong(value) < least) {
      low.add(
          new Lacking(name, value, String.valueOf(least), String.valueOf(Math.max(least, USUAL))));
    }
  }

  /** Standbys do without these; a rewind and restore points do not. */
  private List<Lacking> good(ArchiveSeen seen) {
    List<Lacking> good = new ArrayList<>();
    if (value("data_checksums", "on").equals("off") && value("wal_log_hints", "on").equals("off")) {
      good.add(new Lacking("wal_log_hints", "off", "on", "on"));
    }
    if (ArchivingRow.isOff(primary) && (hasCommand() || command(seen).isPresent())) {
      good.add(new Lacking("archive_mode", "off", "on", "on"));
    }
    return good;
  }

  /** One that was not read is not set anew. */
  private boolean hasCommand() {
    return primary.setting("archive_command").filter(one -> !ArchiveCommand.isSet(one)).isEmpty()
        || !value("archive_library", "").isEmpty();
  }

  private static boolean isArchiveMode(Lacking one) {
    return one.name().equals("archive_mode");
  }

  /** What an administrator set stays; where nothing is set a directory that hosts see is enough. */
  private Optional<Lacking> command(ArchiveSeen seen) {
    String directory = archiveOf(cluster, members);
    return hasCommand()
            || directory.isEmpty()
            || seen == ArchiveSeen.NO_DIRECTORY
            || directory.matches(".*[\"`$\\\\].*")
        ? Optional.empty()
        : Optional.of(
            new Lacking(
                PrimaryPlan.ARCHIVE_COMMAND,
                "",
                "set",
                archive(cluster, members).archiveCommandOf(members.primary().content())));
  }

  private String refused(List<Lacking> needed) {
    return String.format(
        "%s: %s. HINT: with `--override %s` and a reason a setup sets these and restarts it: an"
            + " outage, which its plan shows; or by hand: %s and a restart; the primary_setup.sql"
            + " of `mooring replicate files` has these too",
        primary.instance(),
        String.join("; ", needed.stream().map(Lacking::inWords).toList()),
        RESTART,
        String.join(" ", needed.stream().map(Lacking::statement).toList()));
  }

  private String inWords(Lacking one) {
    return String.format(
        "%s: %s = %s; with `--override %s` a setup sets it and restarts the server, or by hand: %s",
        primary.instance(), one.name(), one.value(), RESTART, one.statement());
  }

  /** A standby that has fewer than its primary stops its replay (PostgreSQL's hot standby page). */
  private Optional<String> wouldStop(List<Lacking> needed) {
    Optional<Lacking> senders =
        needed.stream().filter(one -> one.name().equals("max_wal_senders")).findFirst();
    if (senders.isEmpty()) {
      return Optional.empty();
    }
    long wanted = Long.parseLong(senders.get().wanted());
    return members.seen().stream()
        .filter(one -> one.standing().inRecovery())
        .filter(one -> Long.parseLong(one.setting("max_wal_senders").orElse("0")) < wanted)
        .findFirst()
        .map(
            one ->
                String.format(
                    "%s has max_wal_senders = %s, and would stop its replay once %s has %d. HINT:"
                        + " there first: %s and a restart of it",
                    one.instance(),
                    one.setting("max_wal_senders").orElse("0"),
                    primary.instance(),
                    wanted,
                    senders.get().statement()));
  }
}
