package dev.mooring.contract;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import java.util.List;
import java.util.function.Consumer;

/** What people and faults do behind the ports, on the instances and archive of one content. */
public interface Hands extends EvidenceHands {

  // ---- the primary

  /** Its archiver works from now on, or its command fails. */
  void archiverWorks(int content, boolean works);

  /**
   * Lets something act on the primaries while the one of that content loses the message that makes
   * its restore point.
   */
  void whileThePointIsLost(int content, Consumer<List<Server>> act);

  // ---- the archive

  void hideWal(int content, WalFileName file);

  void showWal(int content, WalFileName file);

  /** Hides it and leaves twelve bytes of it in its place. */
  void truncateWal(int content, WalFileName file);

  /** The archive says that timeline 2 left the first one there. */
  void fork(int content, Lsn at);

  /** The history files of the primary's base backups are gone from it. */
  void loseBackupHistories(int content);

  // ---- the copy at west

  /** It has no backup_manifest, as a base backup of a PostgreSQL before 13. */
  void loseManifest(int content);

  /** A person writes a recovery target of that name into its configuration. */
  void setTarget(int content, String name);

  /** A person takes the target out of its configuration; the restore command stays. */
  void removeTarget(int content);

  /** A person starts it with what is configured. */
  void start(int content);

  /** A person takes its standby.signal away and starts it with what is configured. */
  void open(int content);

  /** A person makes a primary of it. */
  void promote(int content);

  /** A person resumes its paused replay; the restore gate stays in place. */
  void resume(int content);

  /** The file that its restore gate reads is gone; the gate stays in place. */
  void loseGateFile(int content);

  /** The logs of the starts that runs made of it lose their content, as in a power cut. */
  void loseLogs(int content);

  /** Its postmaster is killed. */
  void kill(int content);

  void recoverySignal(int content, boolean there);

  /** Its control file can be read, or not. */
  void controlFile(int content, boolean whole);

  /** Its tablespace 99 points to /not/there, which is not there. */
  void tablespaceLost(int content);

  /** Its data directory says that a server of that major version made it. */
  void dataOfMajor(int content, int major);

  /**
   * Archivers work, hidden WAL is shown, there is no second timeline, control files are whole, no
   * recovery.signal is there, no tablespace is lost, data directories say what made them, manifests
   * and histories of base backups are there.
   */
  void mend();
}
