package dev.mooring.port;

/**
 * The recovery settings in effect on an instance, as {@code postgres -C} prints them; empty where a
 * setting is empty.
 *
 * @param name recovery_target_name
 * @param action recovery_target_action
 * @param timeline recovery_target_timeline
 * @param others recovery_target, _lsn, _time and _xid, those that are set, joined by commas
 * @param restoreCommand restore_command
 */
public record TargetSettings(
    String name, String action, String timeline, String others, String restoreCommand) {
  /** The restore gate's program; its file's name on a host goes on with its digest. */
  public static final String GATE = "mooring-restore";

  /** Whether what is restored comes through the gate. */
  public boolean throughGate() {
    return restoreCommand.contains(GATE);
  }
}
