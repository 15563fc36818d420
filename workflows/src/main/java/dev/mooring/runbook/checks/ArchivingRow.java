package dev.mooring.runbook.checks;

import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.ArchivingObserved;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.publish.ArchivingCheck;
import dev.mooring.runbook.publish.MirrorsCheck;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import java.util.Optional;

/** Whether the WAL of an instance reaches its archive; the caller chooses what it stops. */
public final class ArchivingRow {
  static final String MODE = "archive-mode";
  private static final String ID = "archiving";
  private static final String WAL_ARCHIVE = "wal-archive";

  private ArchivingRow() {}

  /** By the settings of a member. */
  public static CheckRow of(MemberObserved member) {
    return of(
        member.instance(),
        ArchivingCheck.trouble(member),
        member.setting("archive_mode").orElse("not read"),
        member.setting("wal_level").orElse("not read"));
  }

  /** By the settings of a server. */
  public static CheckRow of(InstanceId instance, Archiving settings) {
    return of(
        instance, ArchivingCheck.trouble(settings), settings.archiveMode(), settings.walLevel());
  }

  private static CheckRow of(
      InstanceId instance, Optional<String> trouble, String mode, String level) {
    return CheckRow.must(
        trouble.isEmpty(),
        ID,
        instance,
        trouble.orElse("archive_mode is " + mode),
        "archive_mode on or always, a command that hides no failure, wal_level replica or logical",
        FailureCode.ARCHIVING_UNSAFE.hint()
            + (mode.equals("off") || level.equals("minimal") ? ", and restart it" : "")
            + ": until then no restore point becomes READY, and its WAL may reach no archive");
  }

  /** Whether a mirror of a Greenplum would archive once promoted; it stops no publish. */
  public static CheckRow ofMirror(Instance mirror, Observed<ArchivingObserved> observed) {
    Optional<String> trouble = MirrorsCheck.judge(mirror, observed);
    return CheckRow.wanted(
        trouble.isEmpty(),
        ID,
        mirror.id(),
        trouble.orElse("on, by a command that hides no failure"),
        "archives as its primary does, once promoted",
        FailureCode.ARCHIVING_UNSAFE.hint());
  }

  /** Whether the mode is one that archives. */
  static CheckRow mode(Instance to, Optional<String> mode) {
    return CheckRow.must(
        mode.filter(ArchivingCheck::isArchiving).isPresent(),
        MODE,
        to.id(),
        mode.orElse("not read"),
        "on or always",
        "set it and restart that standby: WAL of the new primary would reach no archive");
  }

  /** Whether archive_mode was read and is off. */
  public static boolean isOff(MemberObserved member) {
    return member.setting("archive_mode").filter("off"::equals).isPresent();
  }

  /**
   * Whether its archive can be read on its host.
   *
   * @param whyNot empty if it was read
   */
  public static CheckRow readable(Instance one, Optional<String> whyNot) {
    return CheckRow.must(
        whyNot.isEmpty(),
        WAL_ARCHIVE,
        one.id(),
        whyNot.orElse("readable on " + one.host()),
        "readable on " + one.host(),
        "give that host access to the archive of its site, or correct `archive` of the cluster"
            + " file");
  }

  /** Whether the archive of its site is readable by the login of its host, or by its command. */
  public static CheckRow readable(
      Instance one, Site.Archive archive, String trouble, String login) {
    boolean asked = archive.as(ArchiveKind.Asked.class).isPresent();
    return CheckRow.must(
        trouble.isEmpty(),
        WAL_ARCHIVE,
        one.id(),
        trouble.isEmpty() ? "readable" : trouble,
        asked
            ? "the command of walCheck says no of a file that is not there"
            : archive.placeOf(one.content()) + " readable by " + login,
        remedy(archive, asked, login) + ", or correct `archive` of the site");
  }

  private static String remedy(Site.Archive archive, boolean asked, String login) {
    if (asked) {
      return "try `walCheck` on the worker's host with a file that is there and one that is not";
    }
    return archive.kinds().isEmpty()
        ? "mount it there and let " + login + " read it"
        : "let the worker list it and " + login + " fetch from it";
  }
}
