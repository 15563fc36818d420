package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StandbyNames;
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

  /** Reads each member over SQL, in parallel; a member that does not answer is in the failures. */
  ReplicationObserved observeReplication(OnServers request);

  /**
   * Reads from each member, over a new connection, what a move depends on beside its streaming: a
   * server that hangs accepts no new connection, while old ones may still answer. In parallel; a
   * member that does not answer is in the failures.
   */
  ReadinessObserved observeReadiness(OnServers request);

  /**
   * Creates the physical slots that must exist, and drops those that must not; a slot in use is
   * never dropped, nor one that is not in the request. Works on standbys too. Repeated, it changes
   * nothing. A logical slot with such a name is {@link FailureCode#DATABASE_REFUSED}.
   */
  SlotsSet ensureSlots(EnsureSlots request);

  /**
   * Commits one transaction that writes only WAL (pg_logical_emit_message), and reads back that it
   * committed: it waits as a client would, also for synchronous standbys, within that time. If it
   * did not return in time: {@link FailureCode#OUTCOME_UNKNOWN}.
   */
  WriteProved ensureWritten(EnsureWritten request);

  /**
   * Tries the same on a server that must reject it.
   *
   * @return the SQLSTATE and message of the refusal; {@link FailureCode#TWO_PRIMARIES} if the write
   *     was accepted
   */
  WriteRefused observeWriteRefused(EnsureWritten request);

  /**
   * Ends the walsenders with these application names, and verifies that they are gone; their slots
   * stay. Repeated, it finds none. A standby that reconnects meanwhile is ended too, until the time
   * is over: {@link FailureCode#OUTCOME_UNKNOWN} if a walsender is still there. The role needs
   * pg_signal_backend, otherwise {@link FailureCode#DATABASE_REFUSED}.
   */
  Detached ensureDetached(Detach request);

  /**
   * Waits until each of these standbys streams, from the primary or its upstream standby, and has
   * replayed the primary's position at the beginning of the wait; returns at once when all do. One
   * with a recovery_min_apply_delay must have received that position; while it waits for that delay
   * and does not stream it is late, and not waited for. A standby that only the archive feeds must
   * have reached the last file that was archived at the beginning, and past the fork, right after a
   * promotion the position at which the old timeline ended. If it has not, the primary's WAL file
   * is switched once: only a complete file is archived. The database role needs EXECUTE on
   * pg_switch_wal() for that.
   */
  StandbysAwaited awaitStreaming(AwaitStreaming request);

  record ReplicationObserved(List<MemberObserved> members, List<InstanceFailure> failures) {
    public ReplicationObserved {
      members = List.copyOf(members);
      failures = List.copyOf(failures);
    }
  }

  /**
   * A member of a streaming cluster.
   *
   * @param standing whether it is in recovery, and its position
   * @param replication its connections and slots
   * @param settings the settings that replication depends on ({@link #SETTINGS}), by name, and
   *     those that a person changed and only a start applies
   * @param load what may block a move
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

    /** The walsenders, including those of standbys that catch up and of base backups. */
    public List<Sender> senders() {
      return replication.senders();
    }

    /** Its replication slots, logical ones too. */
    public List<Slot> slots() {
      return replication.slots();
    }

    /** Its walreceiver: one, or none. */
    public List<Receiver> receivers() {
      return replication.receivers();
    }

    /** The value of a setting that was read. */
    public Optional<String> setting(String name) {
      return settings.stream().filter(s -> s.name().equals(name)).map(Setting::value).findFirst();
    }

    /** Its recovery_min_apply_delay, with the unit; empty if it applies WAL at once. */
    public Optional<String> applyDelay() {
      return setting("recovery_min_apply_delay").filter(delay -> !delay.equals("0"));
    }

    /**
     * Whether a standby that applies WAL late does not stream because it has WAL left to replay: it
     * requests more only at the end of what it has (WaitForWALToBecomeAvailable in PostgreSQL's
     * xlogrecovery.c), and streams by itself then. A receiver whose sender ended its timeline stays
     * meanwhile, in status waiting.
     */
    public boolean replaysFirst() {
      return standing.inRecovery()
          && applyDelay().isPresent()
          && receivers().stream().noneMatch(one -> one.status().equals("streaming"))
          && (standing.more() || !standing.replayed().equals(standing.received()));
    }

    /** Its version, if that was read. */
    public Optional<ServerVersion> version() {
      return setting("server_version_num")
          .filter(number -> number.matches("[1-9][0-9]{5}"))
          .map(number -> ServerVersion.ofNumber(Integer.parseInt(number)));
    }
  }

  /**
   * The rows of pg_stat_replication, pg_replication_slots and pg_stat_wal_receiver of a member.
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
   * What a move depends on beside a member's streaming.
   *
   * @param role the connected role
   * @param lackingExtensions of the connected database, installed and not available on its host at
   *     that version, as {@code NAME VERSION}
   * @param collations by which text is sorted there
   * @param needs what the host of a copy needs; a standby reports its primary's
   * @param files the configuration files that its server read
   * @param archiver the state of its archiver
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
   * The connected role.
   *
   * @param rights its rights
   * @param beyond walsenders of superusers, which only a superuser may end
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
   * @param failed the last file that failed and was not archived since; empty if none
   * @param archived the last archived file; empty if none
   * @param quietSince the later of the time at which it archived that file, and the time since
   *     which the oldest of those that wait is waiting; by the server's clock; empty if there is
   *     neither
   * @param timeoutSeconds its archive_timeout; 0 if it is not set
   * @param refusing the failed file, if archive_command refuses what its directory has; one, or
   *     none
   */
  record ArchiverFiles(
      String failed,
      String archived,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Instant> quietSince,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long timeoutSeconds,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<RefusedWal> refusing) {
    public ArchiverFiles {
      quietSince = List.copyOf(quietSince);
      refusing = List.copyOf(refusing);
    }

    /** Of an archiver that no file is known to be refused of. */
    public ArchiverFiles(
        String failed, String archived, List<Instant> quietSince, long timeoutSeconds) {
      this(failed, archived, quietSince, timeoutSeconds, List.of());
    }
  }

  /**
   * A WAL file that an archiver fails at, and whose directory may have it already.
   *
   * @param file of a segment that has ended: the server writes to a later one
   * @param directory the one that its own archive_command fills, on its host
   */
  record RefusedWal(WalFileName file, String directory) {}

  /** A walsender that runs as a superuser: pg_signal_backend does not permit to end it. */
  record SuperusersSender(String application, long pid, String role) {}

  /** A right that a move needs; a superuser holds them all. */
  enum MoveRight {
    /**
     * To make a checkpoint before the stop: a role since version 15; before, only a superuser may.
     */
    CHECKPOINT,
    /** To create and drop slots. */
    REPLICATION,
    /** To end walsenders. */
    SIGNAL_BACKEND,
    /** To switch a WAL file, for standbys that only the archive feeds. */
    SWITCH_WAL
  }

  /**
   * A collation.
   *
   * @param of a database, or a library that collates
   * @param recorded the version its indexes were made with; empty if none is recorded
   * @param actual the version on that host; empty if none is reported
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
          "default_transaction_read_only",
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
   * The position of a member.
   *
   * @param timeline of a primary by the name of the WAL file it writes, of a standby by that of the
   *     file in which its received WAL ends, even if it receives nothing any more: the control file
   *     names the old one for minutes after a promotion
   * @param received of a primary the flushed position; of a standby the greater of received and
   *     replayed: after a restart received was behind replayed (measured)
   * @param replay its replay position
   * @param clockMillis its own clock at the observation, since 1970; 0 in histories of releases
   *     that did not read it
   * @param more whether a standby may have more WAL on its disk than it reports: it should stream
   *     and has not requested WAL since its start, so it has not reached the end of its pg_wal
   */
  record Standing(
      boolean inRecovery,
      TimelineId timeline,
      Lsn received,
      Replay replay,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long clockMillis,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean more) {

    /** The replayed position; of a primary the same as received. */
    public Lsn replayed() {
      return replay.end();
    }

    /** The age of a standby's last replayed commit at the observation, by both clocks. */
    public Optional<Duration> sinceLastCommit() {
      return replay.lastTransaction().isEmpty() || clockMillis == 0
          ? Optional.empty()
          : Optional.of(
              Duration.between(
                  Instant.parse(replay.lastTransaction()), Instant.ofEpochMilli(clockMillis)));
    }
  }

  /**
   * The replay position of a standby.
   *
   * @param end the replayed position; of a primary the flushed one
   * @param paused whether replay is paused, or a pause is requested
   * @param lastTransaction when the last replayed transaction ended, in UTC by the clock of the
   *     primary at that time; empty for a primary, and if none was replayed since its start
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
   * @param lagBytes of the sender's own WAL not yet confirmed as flushed there; if nothing was ever
   *     confirmed, all that its slot keeps, or {@link Long#MAX_VALUE}
   * @param slot its slot, or empty
   * @param silentSeconds since its last reply, as far as the clocks of both agree; -1 if it never
   *     replied
   * @param repliedMillis when it last replied, by its own clock, since 1970; 0 if that is not
   *     reported
   * @param positions its positions
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

    /** Whether it streams, and neither catches up nor takes a base backup. */
    public boolean streams() {
      return state.equals("streaming");
    }

    /** Whether it streams, and commits may wait for it. */
    public boolean confirms() {
      return streams() && List.of("sync", "quorum", "potential").contains(sync);
    }

    /**
     * How long it was silent by its own clock only, which stamps its replies; if that is unknown,
     * as far as the clocks of both agree. -1 if it never replied.
     *
     * @param standing of the standby, observed together with this row: the time between counts as
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
   * @param plugin of a logical slot; empty for a physical one
   * @param keptBytes WAL from its restart_lsn to the server's position; 0 if it reserves none
   * @param walStatus reserved, extended, unreserved, lost, or empty
   */
  record Slot(String name, String plugin, boolean active, long keptBytes, String walStatus) {

    /** Whether WAL that it was to keep is gone. */
    public boolean hasLostWal() {
      return walStatus.equals("lost");
    }

    /** Whether it keeps WAL without a connected consumer. */
    public boolean keepsForNobody() {
      return !active && keptBytes > 0;
    }
  }

  /**
   * A row of pg_settings.
   *
   * @param value as current_setting prints it, passwords masked; a word for archive_command ({@link
   *     dev.mooring.postgres.ArchiveCommand#masked}) and restore_command
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
   * The result.
   *
   * @param made the slots that were created
   * @param dropped the slots that were dropped
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

  /**
   * A write that was committed.
   *
   * @param at where its record begins
   * @param readOnly for whom else transactions are read only by default there, as the member's
   *     setting default_transaction_read_only; {@code off} or empty for nobody
   */
  record WriteProved(
      InstanceId instance,
      TimelineId timeline,
      Lsn at,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String readOnly) {

    /** What is wrong although the write was accepted, in one sentence. */
    @JsonIgnore
    public Optional<String> trouble() {
      return readOnly.isEmpty() || readOnly.equals("off")
          ? Optional.empty()
          : Optional.of(
              instance
                  + " accepts writes of Mooring; transactions of its applications may be read only:"
                  + " default_transaction_read_only is "
                  + readOnly
                  + " (ALTER SYSTEM, ALTER ROLE or ALTER DATABASE ... RESET"
                  + " default_transaction_read_only)");
    }
  }

  record WriteRefused(InstanceId instance, String sqlState, String words) {}

  /**
   * Ends walsenders.
   *
   * @param applications the application names of the standbys
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
   * @param ended the names of the walsenders that were ended
   */
  record Detached(InstanceId instance, List<String> ended) {
    public Detached {
      ended = List.copyOf(ended);
    }
  }

  /**
   * Standbys that are to stream.
   *
   * @param names of each of these standbys, in their order, what servers call it; by their ids if
   *     none are given
   * @param fork what they are to have passed too
   */
  record AwaitStreaming(
      Call call,
      DatabaseAccess access,
      DatabaseActivities.Server primary,
      List<DatabaseActivities.Server> standbys,
      @JsonSetter(nulls = Nulls.AS_EMPTY) List<StandbyNames> names,
      Duration atMost,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Lsn> fork)
      implements ForCall {
    public AwaitStreaming {
      standbys = List.copyOf(standbys);
      names =
          names.isEmpty()
              ? StandbyNames.byIds(
                  standbys.stream().map(DatabaseActivities.Server::instance).toList())
              : List.copyOf(names);
      fork = List.copyOf(fork);
    }
  }

  /**
   * The result.
   *
   * @param streaming the standbys that stream and caught up
   * @param behind why the others did not
   * @param late those of the others that apply WAL late on purpose: they request WAL once they have
   *     replayed what they have, and are not waited for
   */
  record StandbysAwaited(
      List<InstanceId> streaming,
      List<InstanceFailure> behind,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<InstanceId> late) {
    public StandbysAwaited {
      streaming = List.copyOf(streaming);
      behind = List.copyOf(behind);
      late = List.copyOf(late);
    }

    /** Why those that are late do not stream yet. */
    public List<InstanceFailure> replayFirst() {
      return behind.stream().filter(one -> late.contains(one.instance())).toList();
    }

    /** Why those that are waited for are behind. */
    public List<InstanceFailure> missing() {
      return behind.stream().filter(one -> !late.contains(one.instance())).toList();
    }
  }
}
