package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Streaming replication over SQL: its state, its slots, and whether an instance accepts writes. The
 * right to write, and what a start would do, belong to {@link RoleActivities}.
 */
@ActivityInterface
public interface ReplicationActivities {

  /** Reads each member over SQL, in parallel; one that does not answer is in the failures. */
  ReplicationObserved observeReplication(OnServers request);

  /**
   * Asks each member, over a connection made for it, what a move depends on beside how it streams:
   * a server that hangs accepts no new connection while old ones may yet answer. In parallel; one
   * that does not answer is in the failures.
   */
  ReadinessObserved observeReadiness(OnServers request);

  /**
   * Makes the physical slots that are to be there, and drops the ones that are not; a slot that is
   * in use is never dropped, nor one that Mooring was not asked to drop. Works on standbys too.
   * Repeated, it finds them. A logical slot under such a name is {@link
   * FailureCode#DATABASE_REFUSED}.
   */
  SlotsSet ensureSlots(EnsureSlots request);

  /**
   * Commits one transaction that writes WAL alone (pg_logical_emit_message), and reads back that it
   * committed: what a client would wait for, synchronous standbys included, within that time. That
   * it did not return in time is {@link FailureCode#OUTCOME_UNKNOWN}.
   */
  WriteProved ensureWritten(EnsureWritten request);

  /**
   * Tries the same on a server that must refuse it.
   *
   * @return the SQLSTATE and words of the refusal; {@link FailureCode#TWO_PRIMARIES} when it was
   *     taken
   */
  WriteRefused observeWriteRefused(EnsureWritten request);

  /**
   * Ends the walsenders that serve these names, and sees them gone; their slots stay. Repeated, it
   * finds none. What connects anew meanwhile is ended too, until the time is over: {@link
   * FailureCode#OUTCOME_UNKNOWN} if one is there still. The role needs pg_signal_backend, {@link
   * FailureCode#DATABASE_REFUSED} without it.
   */
  Detached ensureDetached(Detach request);

  /**
   * Waits until each of these standbys streams, from the primary or the standby above it, and has
   * replayed where the primary stood when the wait began; ends at once when all do. One that the
   * archive feeds alone must have come to the last file that was archived when it began, and beyond
   * the fork, right after a promotion the place where that left the old timeline. If it is not
   * there yet the primary's WAL file is ended once: only a whole file is archived. The database
   * role needs EXECUTE on pg_switch_wal() for that.
   */
  StandbysAwaited awaitStreaming(AwaitStreaming request);

  record ReplicationObserved(List<MemberObserved> members, List<InstanceFailure> failures) {
    public ReplicationObserved {
      members = List.copyOf(members);
      failures = List.copyOf(failures);
    }
  }

  /**
   * A member of a cluster that streams.
   *
   * @param standing in recovery or not, and where its WAL is
   * @param replication its connections and slots
   * @param settings the settings that replication depends on ({@link #SETTINGS}), by name, and the
   *     ones that a person changed and only a start takes
   * @param load what stands against a move
   */
  record MemberObserved(
      InstanceId instance,
      SystemIdentifier system,
      Standing standing,
      Replication replication,
      List<Setting> settings,
      MemberLoad load) {
    public MemberObserved {
      settings = List.copyOf(settings);
    }

    /** The walsenders, also of standbys that catch up and of base backups. */
    public List<Sender> senders() {
      return replication.senders();
    }

    /** Its replication slots, logical ones too. */
    public List<Slot> slots() {
      return replication.slots();
    }

    /** What it streams from: one, or none. */
    public List<Receiver> receivers() {
      return replication.receivers();
    }

    /** The value of a setting that was read. */
    public Optional<String> setting(String name) {
      return settings.stream().filter(s -> s.name().equals(name)).map(Setting::value).findFirst();
    }
  }

  /**
   * What pg_stat_replication, pg_replication_slots and pg_stat_wal_receiver of a member show.
   *
   * @param receivers one, or none
   */
  record Replication(List<Sender> senders, List<Slot> slots, List<Receiver> receivers) {
    public Replication {
      senders = List.copyOf(senders);
      slots = List.copyOf(slots);
      receivers = List.copyOf(receivers);
    }
  }

  record ReadinessObserved(List<MemberReadiness> members, List<InstanceFailure> failures) {
    public ReadinessObserved {
      members = List.copyOf(members);
      failures = List.copyOf(failures);
    }
  }

  /**
   * What a move depends on beside how a member streams.
   *
   * @param role the role that was connected
   * @param lackingExtensions of the connected database, installed and not available on its host at
   *     that version, as {@code NAME VERSION}
   * @param collations by what texts are sorted there
   * @param needs what the host of a copy needs; a standby says what its primary said
   * @param files the configuration files that its server read
   * @param archiver how far it archives
   */
  record MemberReadiness(
      InstanceId instance,
      ConnectedRole role,
      List<String> lackingExtensions,
      List<Collation> collations,
      HostNeeds needs,
      List<String> files,
      ArchiverFiles archiver) {
    public MemberReadiness {
      lackingExtensions = List.copyOf(lackingExtensions);
      collations = List.copyOf(collations);
      files = List.copyOf(files);
    }
  }

  /**
   * A role that was connected.
   *
   * @param rights the rights that it has
   * @param beyond walsenders of superusers, which a role that is none may not end
   */
  record ConnectedRole(String name, List<MoveRight> rights, List<SuperusersSender> beyond) {
    public ConnectedRole {
      rights = List.copyOf(rights);
      beyond = List.copyOf(beyond);
    }
  }

  /**
   * The last WAL files of an archiver.
   *
   * @param failed the last that could not be archived and was not since; empty if none
   * @param archived the last that was archived; empty if none was
   */
  record ArchiverFiles(String failed, String archived) {}

  /** A walsender that runs as a superuser: pg_signal_backend does not permit to end it. */
  record SuperusersSender(String application, long pid, String role) {}

  /** A right that a move needs; a superuser holds them all. */
  enum MoveRight {
    /** To end a checkpoint before the stop: a role since version 15, before a superuser's alone. */
    CHECKPOINT,
    /** To make and drop slots. */
    REPLICATION,
    /** To end walsenders. */
    SIGNAL_BACKEND,
    /** To end a WAL file, for standbys that the archive feeds. */
    SWITCH_WAL
  }

  /**
   * Whose order texts are kept in.
   *
   * @param of a database, or a library that collates
   * @param recorded the version its indexes were made with; empty if none is recorded
   * @param actual the version there is on that host; empty if none is reported
   */
  record Collation(String of, String recorded, String actual) {}

  List<String> SETTINGS =
      List.of(
          "archive_command",
          "archive_library",
          "archive_mode",
          "cluster_name",
          "data_checksums",
          "data_directory",
          "fsync",
          "full_page_writes",
          "hot_standby",
          "hot_standby_feedback",
          "listen_addresses",
          "max_connections",
          "max_locks_per_transaction",
          "max_prepared_transactions",
          "max_replication_slots",
          "max_slot_wal_keep_size",
          "max_standby_streaming_delay",
          "max_wal_senders",
          "max_worker_processes",
          "primary_conninfo",
          "primary_slot_name",
          "recovery_min_apply_delay",
          "restart_after_crash",
          "restore_command",
          "server_version_num",
          "synchronous_commit",
          "synchronous_standby_names",
          "wal_keep_size",
          "wal_level",
          "wal_log_hints",
          "wal_receiver_status_interval",
          "wal_receiver_timeout",
          "wal_sender_timeout");

  /** Settings of a primary: the cluster changes them with it unless all members have the same. */
  List<String> OF_A_PRIMARY =
      List.of("wal_level", "wal_keep_size", "max_slot_wal_keep_size", "wal_sender_timeout");

  /**
   * Where it is.
   *
   * @param timeline of a primary by the name of the WAL file it writes, of a standby by that of the
   *     file that received lies in, also when nothing is received any more: the control file names
   *     the old one for minutes after a promotion
   * @param received of a primary what it flushed; of a standby the greater of received and
   *     replayed: after a restart received lay behind replayed (measured)
   * @param replay how far it has replayed
   * @param clockMillis its own clock at the look, since 1970; 0 in histories of releases that did
   *     not ask
   * @param more whether a standby may have more on its disk than is reported: it is to stream and
   *     did not ask for that since its start, so it has not come to the end of what lies there
   */
  record Standing(
      boolean inRecovery,
      TimelineId timeline,
      Lsn received,
      Replay replay,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long clockMillis,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean more) {

    /** The end of what it has replayed; of a primary the same as received. */
    public Lsn replayed() {
      return replay.end();
    }

    /** How long before the look a standby's last replayed commit was made, by both clocks. */
    public Optional<Duration> sinceLastCommit() {
      return replay.lastTransaction().isEmpty() || clockMillis == 0
          ? Optional.empty()
          : Optional.of(
              Duration.between(
                  Instant.parse(replay.lastTransaction()), Instant.ofEpochMilli(clockMillis)));
    }
  }

  /**
   * How far a standby has replayed.
   *
   * @param end of what it has replayed; of a primary the end of what it flushed
   * @param paused whether replay is paused, or asked to
   * @param lastTransaction when the last transaction that it replayed was ended, in UTC by the
   *     clock of the primary of that time; empty of a primary, and if none was since its start
   */
  record Replay(
      Lsn end,
      boolean paused,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String lastTransaction) {}

  /**
   * A row of pg_stat_replication.
   *
   * @param sync sync_state: async, potential, sync or quorum
   * @param lagBytes of the sender's own WAL not yet confirmed as flushed there; of one that never
   *     confirmed anything all that its slot keeps, or {@link Long#MAX_VALUE}
   * @param slot the slot it holds, or empty
   * @param silentSeconds since it was last heard of, as far as the clocks of both agree; -1 when it
   *     never was
   * @param repliedMillis when it was last heard of, by its own clock, since 1970; 0 when that is
   *     not reported
   * @param positions how far it is there
   */
  record Sender(
      String application,
      String address,
      String state,
      String sync,
      long lagBytes,
      String slot,
      long silentSeconds,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long repliedMillis,
      @JsonSetter(nulls = Nulls.AS_EMPTY) SenderPositions positions) {

    /** Whether it neither catches up nor takes a base backup. */
    public boolean streams() {
      return state.equals("streaming");
    }

    /**
     * For how long it was silent by its own clock alone, which stamps what it sends; if that is not
     * known, as far as the clocks of both agree. -1 when it was never heard of.
     *
     * @param standing of the standby, looked at together with this: what lies between counts as
     *     silence
     */
    public long silentSeconds(Optional<Standing> standing) {
      long now = standing.map(Standing::clockMillis).orElse(0L);
      return silentSeconds < 0 || now == 0 || repliedMillis == 0
          ? silentSeconds
          : Math.max(0, Duration.ofMillis(now - repliedMillis).toSeconds());
    }
  }

  /**
   * A row of pg_replication_slots.
   *
   * @param plugin of a logical one; empty of a physical one
   * @param keptBytes WAL from its restart_lsn to the server's position; 0 if it reserves none
   * @param walStatus reserved, extended, unreserved, lost, or empty
   */
  record Slot(String name, String plugin, boolean active, long keptBytes, String walStatus) {

    /** Whether WAL is gone that it was to keep. */
    public boolean hasLostWal() {
      return walStatus.equals("lost");
    }

    /** Whether WAL is kept for one that is not connected. */
    public boolean keepsForNobody() {
      return !active && keptBytes > 0;
    }
  }

  /**
   * A row of pg_settings.
   *
   * @param value as current_setting prints it, passwords masked; of archive_command {@code set} if
   *     one is configured
   */
  record Setting(String name, String value, boolean pendingRestart) {}

  record EnsureSlots(
      Call call,
      DatabaseAccess access,
      DatabaseActivities.Server server,
      List<String> present,
      List<String> absent)
      implements ForCall {
    public EnsureSlots {
      present = List.copyOf(present);
      absent = List.copyOf(absent);
    }
  }

  /**
   * What was done about slots.
   *
   * @param made the slots that were not there
   * @param dropped the slots that were there
   * @param kept the slots in use, which were not dropped
   */
  record SlotsSet(InstanceId instance, List<String> made, List<String> dropped, List<String> kept) {
    public SlotsSet {
      made = List.copyOf(made);
      dropped = List.copyOf(dropped);
      kept = List.copyOf(kept);
    }
  }

  record EnsureWritten(
      Call call, DatabaseAccess access, DatabaseActivities.Server server, Duration within)
      implements ForCall {}

  record WriteProved(InstanceId instance, TimelineId timeline, Lsn at) {}

  record WriteRefused(InstanceId instance, String sqlState, String words) {}

  /**
   * Ends walsenders.
   *
   * @param applications the names that the standbys connected with
   */
  record Detach(
      Call call,
      DatabaseAccess access,
      DatabaseActivities.Server server,
      List<String> applications,
      Duration within)
      implements ForCall {
    public Detach {
      applications = List.copyOf(applications);
    }
  }

  /**
   * Walsenders that are gone.
   *
   * @param ended the names of the walsenders that were there
   */
  record Detached(InstanceId instance, List<String> ended) {
    public Detached {
      ended = List.copyOf(ended);
    }
  }

  record AwaitStreaming(
      Call call,
      DatabaseAccess access,
      DatabaseActivities.Server primary,
      List<DatabaseActivities.Server> standbys,
      Duration atMost,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Lsn> fork)
      implements ForCall {
    public AwaitStreaming {
      standbys = List.copyOf(standbys);
      fork = List.copyOf(fork);
    }
  }

  /** How the wait ended: the standbys that stream and caught up, and why the others did not. */
  record StandbysAwaited(List<InstanceId> streaming, List<InstanceFailure> behind) {
    public StandbysAwaited {
      streaming = List.copyOf(streaming);
      behind = List.copyOf(behind);
    }
  }
}
