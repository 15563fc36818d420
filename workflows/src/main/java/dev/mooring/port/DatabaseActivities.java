package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PublishPolicy;
import io.temporal.activity.ActivityInterface;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Observations of and acts on running servers over SQL, all instances of a call in parallel, with
 * short time limits.
 */
@ActivityInterface
public interface DatabaseActivities {

  /** Reads each instance over SQL; an instance that does not answer is in the failures. */
  ServersObserved observeServers(OnServers request);

  /**
   * Reads a Greenplum's catalogue from the coordinator that accepts users' connections and is not
   * in recovery. If there is none, the failures say why.
   */
  CatalogueObserved observeCatalogue(OnServers request);

  /** Reads the rights of Mooring's role on each instance. */
  RightsObserved observeRights(OnServers request);

  /** Makes a checkpoint on each instance, so that consuming the next point replays less. */
  Checkpointed ensureCheckpointed(EnsureCheckpointed request);

  /**
   * Creates one restore point on all contents, inside the barrier if there is one, with a new name
   * in each attempt. All or nothing.
   *
   * <p>Every primary is asked first. If one can't be asked, or may not create the point, its own
   * code is thrown, and nothing was created. A barrier that isn't reached or isn't held has its own
   * code too; then points may have been created. {@link FailureCode#RESTORE_POINT_HALF_MADE} is
   * thrown only after the point was requested on all, if a content failed or its answer was lost:
   * others may have created theirs; {@link FailureCode#STATE_UNREADABLE} if the answer can't be
   * read. After every failure a requested name is abandoned; the next attempt takes a new one.
   *
   * <p>On a Greenplum it creates up to {@link #POINTS_OF_A_GREENPLUM} points, one call after the
   * other: its lock does not prevent a torn point, and the archived WAL shows the newest one that
   * is not torn. The first must succeed. Further ones are created only while that is fast; if one
   * fails with {@link FailureCode#BARRIER_NOT_REACHED} or {@link
   * FailureCode#RESTORE_POINT_HALF_MADE} the earlier points stay.
   */
  PointMade ensureRestorePoint(EnsureRestorePoint request);

  /** How many points a publish of a Greenplum creates at most before it ends the WAL files. */
  int POINTS_OF_A_GREENPLUM = 5;

  /** Ends the current WAL file of each instance. */
  WalSwitched ensureWalSwitched(OnServers request);

  /**
   * A server and its address.
   *
   * @param address of its host
   */
  record Server(Instance instance, String address) {}

  /** A request about servers. */
  record OnServers(Call call, DatabaseAccess access, List<Server> servers) implements ForCall {
    public OnServers {
      servers = List.copyOf(servers);
    }
  }

  record ServersObserved(List<ServerObserved> observed, List<InstanceFailure> failures) {
    public ServersObserved {
      observed = List.copyOf(observed);
      failures = List.copyOf(failures);
    }
  }

  /**
   * A running server.
   *
   * @param identity the database system, and the start time of its postmaster
   * @param position the position of its WAL
   * @param archiving its archive settings
   * @param archiver its pg_stat_archiver
   * @param needs what a copy of it needs on its host
   * @param synchronous the standbys that its commits wait for
   */
  record ServerObserved(
      InstanceId instance,
      Identity identity,
      Position position,
      Archiving archiving,
      Archiver archiver,
      HostNeeds needs,
      SynchronousReplication synchronous) {

    /** Why its commits don't return, one sentence that begins with its name. */
    @JsonIgnore
    public Optional<String> hangingCommits() {
      return synchronous.commits().stream()
          .map(SynchronousCommits::trouble)
          .flatMap(Optional::stream)
          .map(trouble -> instance + " " + trouble)
          .findFirst();
    }
  }

  /**
   * The standbys that commits of a server wait for.
   *
   * @param standbyNames synchronous_standby_names; empty if none are set
   * @param commits how its commits wait; empty if they wait for none, if it is in recovery, or if a
   *     role without pg_monitor can't see it
   */
  record SynchronousReplication(String standbyNames, List<SynchronousCommits> commits) {
    /** A server without synchronous standbys. */
    public static final SynchronousReplication NONE = new SynchronousReplication("", List.of());

    public SynchronousReplication {
      commits = List.copyOf(commits);
    }
  }

  /**
   * The database system, and the start time of its postmaster.
   *
   * @param startedAt pg_postmaster_start_time()
   */
  record Identity(SystemIdentifier systemIdentifier, ServerVersion version, Instant startedAt) {}

  /**
   * The position of the server's WAL.
   *
   * @param inRecovery pg_is_in_recovery()
   * @param timeline the live one: from pg_walfile_name(pg_current_wal_lsn()), or the receiver's or
   *     control file's in recovery
   * @param lsn pg_current_wal_lsn(), or pg_last_wal_replay_lsn() in recovery
   * @param recoveryFloor min_recovery_end_lsn as text, or empty if there is none
   * @param replayPause in recovery pg_get_wal_replay_pause_state(): {@code not paused}, {@code
   *     pause requested}, {@code paused}; version 13 reports only the request, which counts as
   *     {@code paused}. Empty out of recovery
   */
  record Position(
      boolean inRecovery,
      TimelineId timeline,
      Lsn lsn,
      String recoveryFloor,
      WalSegmentSize walSegmentSize,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String replayPause) {
    private static final String REQUESTED = "pause requested";
    private static final String PAUSED = "paused";

    /** A position without a known pause. */
    public Position(
        boolean inRecovery,
        TimelineId timeline,
        Lsn lsn,
        String recoveryFloor,
        WalSegmentSize walSegmentSize) {
      this(inRecovery, timeline, lsn, recoveryFloor, walSegmentSize, "");
    }

    /** Whether it is in recovery and replay is paused until a person resumes it. */
    @JsonIgnore
    public boolean isPaused() {
      return inRecovery && replayPause.equals(PAUSED);
    }

    /** Whether a pause is requested that its startup process has not confirmed yet. */
    @JsonIgnore
    public boolean isPauseRequested() {
      return inRecovery && replayPause.equals(REQUESTED);
    }
  }

  record CatalogueObserved(List<Catalogue> observed, List<InstanceFailure> failures) {
    public CatalogueObserved {
      observed = List.copyOf(observed);
      failures = List.copyOf(failures);
    }
  }

  /**
   * What a Greenplum reports about itself.
   *
   * @param coordinator the instance that answered
   * @param version {@code version()} in full, which names the brand
   * @param postgresVersion {@code server_version_num / 10000}
   * @param functions those of {@link #GREENPLUM_FUNCTIONS} that exist
   * @param rows {@code gp_segment_configuration}, by content and dbid; none if it does not exist
   */
  record Catalogue(
      InstanceId coordinator,
      String version,
      int postgresVersion,
      List<String> functions,
      List<CatalogueRow> rows) {
    public Catalogue {
      functions = List.copyOf(functions);
      rows = List.copyOf(rows);
    }
  }

  /** The functions and relations of a Greenplum that a publish uses, some only if they exist. */
  List<String> GREENPLUM_FUNCTIONS =
      List.of("gp_segment_configuration", "gp_create_restore_point(text)", "gp_switch_wal()");

  /** The remedy if one of them is missing. */
  String GREENPLUM_BUILT_IN =
      "Greenplum 7, WarehousePG 7 and Cloudberry have it built in: correct the instance's port or"
          + " `database` in the cluster file";

  /**
   * One row of {@code gp_segment_configuration}.
   *
   * @param primary whether its role is p now
   * @param preferredPrimary whether its preferred role is p
   * @param inSync whether its mode is s
   * @param up whether its status is u; without mirrors a dead primary stays u
   */
  record CatalogueRow(
      int dbid,
      ContentId content,
      boolean primary,
      boolean preferredPrimary,
      boolean inSync,
      boolean up,
      int port,
      String hostname,
      String address,
      String dataDirectory) {}

  /**
   * The settings that decide whether, and when, WAL reaches the archive.
   *
   * @param archiveCommand masked: {@link dev.mooring.postgres.ArchiveCommand#masked}
   * @param archiveTimeoutSeconds archive_timeout; 0 if it is off, and in histories of releases that
   *     did not read it
   */
  record Archiving(
      String archiveMode,
      String archiveCommand,
      String archiveLibrary,
      String walLevel,
      StandbyLimits limits,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long archiveTimeoutSeconds) {

    /** With archive_timeout off. */
    public Archiving(
        String archiveMode,
        String archiveCommand,
        String archiveLibrary,
        String walLevel,
        StandbyLimits limits) {
      this(archiveMode, archiveCommand, archiveLibrary, walLevel, limits, 0);
    }
  }

  record EnsureCheckpointed(
      Call call,
      DatabaseAccess access,
      List<Server> servers,
      PublishPolicy.CheckpointBeforePoint how)
      implements ForCall {
    public EnsureCheckpointed {
      servers = List.copyOf(servers);
    }
  }

  record Checkpointed(List<InstanceId> instances, List<InstanceFailure> failures) {
    public Checkpointed {
      instances = List.copyOf(instances);
      failures = List.copyOf(failures);
    }
  }

  /**
   * The request for a restore point.
   *
   * @param at workflow time, for the name's date
   */
  record EnsureRestorePoint(
      Call call, DatabaseAccess access, List<Server> primaries, Barrier barrier, Instant at)
      implements ForCall {
    public EnsureRestorePoint {
      primaries = List.copyOf(primaries);
    }
  }

  /**
   * The point, as the call that created it saw it. Each content's switch position is still the
   * point's own: {@link #ensureWalSwitched} reports where the switch ended.
   *
   * @param name on a Greenplum the newest point's
   * @param cut on a Greenplum unproved, until its archived WAL is decoded
   * @param earlier on a Greenplum the earlier points of the same call, the oldest first
   * @param noMore the failure of the call for the next point; empty if none failed
   */
  record PointMade(
      RestorePointName name,
      Cut cut,
      List<ContentEvidence> contents,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<EarlierPoint> earlier,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String noMore) {
    public PointMade {
      contents = List.copyOf(contents);
      earlier = List.copyOf(earlier);
    }

    /** A single point. */
    public PointMade(RestorePointName name, Cut cut, List<ContentEvidence> contents) {
      this(name, cut, contents, List.of(), "");
    }
  }

  /** A point created before the newest one. */
  record EarlierPoint(RestorePointName name, Cut cut, List<ContentEvidence> contents) {
    public EarlierPoint {
      contents = List.copyOf(contents);
    }
  }

  record WalSwitched(List<InstanceSwitched> switched, List<InstanceFailure> failures) {
    public WalSwitched {
      switched = List.copyOf(switched);
      failures = List.copyOf(failures);
    }
  }

  /**
   * One instance's WAL switch.
   *
   * @param lsn what pg_switch_wal() returned
   */
  record InstanceSwitched(InstanceId instance, Lsn lsn) {}

  record RightsObserved(List<ServerRights> observed, List<InstanceFailure> failures) {
    public RightsObserved {
      observed = List.copyOf(observed);
      failures = List.copyOf(failures);
    }
  }

  /**
   * The rights of the role on one server.
   *
   * @param held in the enum's order
   */
  record ServerRights(InstanceId instance, List<Right> held) {
    public ServerRights {
      held = List.copyOf(held);
    }
  }

  /** A right that a runbook needs; a superuser holds them all. */
  enum Right {
    /** To read control data, archiver and settings. */
    MONITOR("pg_monitor"),
    /** To make restore points. */
    RESTORE_POINT("EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text)"),
    /** To end WAL files. */
    SWITCH_WAL("EXECUTE ON FUNCTION pg_catalog.pg_switch_wal()"),
    /** To request checkpoints: a role since version 15; before, only a superuser may. */
    CHECKPOINT("pg_checkpoint"),
    /** To make a Greenplum's restore points, on its coordinator. */
    GREENPLUM_POINT("EXECUTE ON FUNCTION pg_catalog.gp_create_restore_point(text)"),
    /** To end a Greenplum's WAL files, on its coordinator; held if a build lacks the function. */
    GREENPLUM_SWITCH("EXECUTE ON FUNCTION pg_catalog.gp_switch_wal()");

    private final String granted;

    Right(String granted) {
      this.granted = granted;
    }

    /** The statement that grants it to a role. */
    public String statement(String role) {
      return "GRANT " + granted + " TO " + role;
    }
  }
}
