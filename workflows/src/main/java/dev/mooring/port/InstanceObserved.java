package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;

/**
 * One instance on its host: processes, control file, and the files that decide what a start does.
 *
 * @param process whether anything runs on the data directory
 * @param controlFile its control file
 * @param recovery what decides where recovery begins and ends
 * @param software the versions of data directory and programs
 * @param pgWalFreeBytes free space on the file system of pg_wal
 * @param missing what its next start needs and its host lacks, one sentence each; not checked once
 *     it is started
 */
public record InstanceObserved(
    InstanceId instance,
    ServerProcess process,
    ControlFile controlFile,
    Recovery recovery,
    Software software,
    long pgWalFreeBytes,
    List<String> missing) {
  public InstanceObserved {
    missing = List.copyOf(missing);
  }

  /** The output of pg_controldata. */
  public ControlData control() {
    return controlFile.data();
  }

  /** SHA-256 of its control file's bytes. */
  public String controlDigest() {
    return controlFile.digest();
  }

  /**
   * A control file.
   *
   * @param data the output of pg_controldata
   * @param digest SHA-256 of its bytes; unchanged means nothing ran here since
   */
  public record ControlFile(ControlData data, String digest) {}

  /**
   * The oldest WAL file that its next start replays: that of its base backup's start, or of its
   * latest checkpoint's REDO. Empty for a primary, or a copy that was opened: they fetch none. A
   * fresh base backup also says "in production", because it was copied from a primary.
   */
  public Optional<WalFileName> oldestNeeded() {
    if (recovery.backup() instanceof Backup.Fresh backup) {
      return Optional.of(
          WalFileName.containing(
              backup.timeline(), backup.start(), control().identity().layout().walSegmentSize()));
    }
    return control().state() == InstanceState.IN_PRODUCTION
        ? Optional.empty()
        : Optional.of(control().checkpoint().redo().walFile());
  }

  /**
   * The versions of an instance.
   *
   * @param dataMajor the major version of the data directory (PG_VERSION)
   * @param server the server program in the manager's directory of programs
   * @param tools the other programs there that a runbook uses, if installed
   */
  public record Software(int dataMajor, ServerVersion server, List<Program> tools) {
    public Software {
      tools = List.copyOf(tools);
    }
  }

  /**
   * A program and its answer to {@code --version}.
   *
   * @param name its file's name
   */
  public record Program(String name, ServerVersion version) {}

  /** Whether anything runs on a data directory. */
  public enum ServerProcess {
    RUNNING,
    /** No process has the data directory as its working directory. */
    STOPPED,
    /** No postmaster, but a server process remains: an orphan may still commit. */
    ORPHANED
  }

  /**
   * What decides where recovery begins and ends.
   *
   * @param backup a base backup whose end has not been replayed yet, if it is one
   * @param standbySignal standby.signal exists
   * @param recoverySignal recovery.signal exists
   * @param settings the target settings in effect, as {@code postgres -C} prints them
   * @param endedByGate when the restore gate ended a server whose recovery a person continued past
   *     the point, since its last start by a run; empty if it did not
   */
  public record Recovery(
      Backup backup,
      boolean standbySignal,
      boolean recoverySignal,
      TargetSettings settings,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String endedByGate) {

    /** A recovery that the gate did not end. */
    public Recovery(
        Backup backup, boolean standbySignal, boolean recoverySignal, TargetSettings settings) {
      this(backup, standbySignal, recoverySignal, settings, "");
    }
  }

  /** A base backup that recovery has not made consistent yet. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Backup.None.class, name = "none"),
    @JsonSubTypes.Type(value = Backup.Fresh.class, name = "fresh")
  })
  public sealed interface Backup {

    /** Not a base backup, or one that is consistent by now. */
    record None() implements Backup {}

    /**
     * A base backup that must be replayed to its end.
     *
     * @param start its start location (backup_label, START WAL LOCATION)
     * @param timeline its start timeline
     * @param end its end (backup_manifest, WAL-Ranges; otherwise the archived history file, STOP
     *     WAL LOCATION; for a standby's backup and after pg_rewind the minimum recovery end)
     */
    record Fresh(Lsn start, TimelineId timeline, Lsn end) implements Backup {}
  }
}
