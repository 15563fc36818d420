package dev.mooring.port;

import dev.mooring.topology.ParkMode;

/**
 * The settings in effect on an instance that decide how far it replays and what it archives, as
 * {@code postgres -C} prints them; empty if a setting is empty.
 *
 * @param name recovery_target_name
 * @param action recovery_target_action
 * @param timeline recovery_target_timeline
 * @param others recovery_target, _lsn, _time and _xid, those that are set, joined by commas
 * @param restoreCommand restore_command
 * @param archiveMode archive_mode; off at an instance that has a target, so that its WAL is in no
 *     archive if a person opens it
 */
public record TargetSettings(
    String name,
    String action,
    String timeline,
    String others,
    String restoreCommand,
    String archiveMode) {
  /** The archive_mode of an instance that has a target. */
  public static final String ARCHIVES_NOTHING = "off";

  /** The restore gate's program; its file name on a host also has its digest. */
  public static final String GATE = "mooring-restore";

  /**
   * The gate's last argument on an instance that is parked readable: its server may not leave
   * recovery. It is in the command itself, beside the action, so that it holds whenever the pause
   * does.
   */
  private static final String ENDS_REFUSED = " ends=refused";

  /** The end of the gate's command for that park mode. */
  public static String lastWord(ParkMode mode) {
    return mode == ParkMode.READABLE ? ENDS_REFUSED : "";
  }

  /** Whether the gate, called by this command, ends a server that is about to leave recovery. */
  public boolean endsRefused() {
    return throughGate() && restoreCommand.endsWith(ENDS_REFUSED);
  }

  /** The same for a history: a restore_command that is not Mooring's may hold secrets. */
  public TargetSettings shown() {
    return restoreCommand.isEmpty() || throughGate()
        ? this
        : new TargetSettings(name, action, timeline, others, "set", archiveMode);
  }

  /** Whether WAL is restored through the gate. */
  public boolean throughGate() {
    return restoreCommand.contains(GATE);
  }
}
