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
 * What is asked of running servers over SQL, all instances of a call in parallel, with short
 * timeouts.
 */
@ActivityInterface
public interface DatabaseActivities {

  /** Reads each instance over SQL; one that does not answer is in the failures. */
  ServersObserved observeServers(OnServers request);

  /**
   * Reads a Greenplum's catalogue over the coordinator: of those asked, the one that takes users'
   * connections and is not in recovery answers. If none does, the failures say why.
   */
  CatalogueObserved observeCatalogue(OnServers request);

  /** Asks each instance what the role may do that Mooring connects as. */
  RightsObserved observeRights(OnServers request);

  /** Ends a checkpoint on each instance, so that consuming the next point replays less. */
  Checkpointed ensureCheckpointed(EnsureCheckpointed request);

  /**
   * Makes one restore point over all contents, under a name made anew in each attempt; inside the
   * barrier if there is one. All or nothing.
   *
   * <p>Every primary is asked first. One that can't be asked, or may not make the point, gives its
   * own code, with nothing made. A barrier that isn't reached or isn't held gives its own too.
   * {@link FailureCode#RESTORE_POINT_HALF_MADE} is only thrown once the point was asked for on all,
   * when a content failed or its answer was lost: others may have made theirs; {@link
   * FailureCode#STATE_UNREADABLE} when the answer can't be read. A name that was asked for is
   * abandoned in every failure; the next attempt takes a new one.
   *
   * <p>Of a Greenplum that is up to {@link #POINTS_OF_A_GREENPLUM} points, one call after the
   * other: its lock does not keep a point from being torn, and the newest whole one is to be found
   * in the archived WAL. The first must succeed. Further ones are made only while that is fast; one
   * that is {@link FailureCode#BARRIER_NOT_REACHED} or {@link FailureCode#RESTORE_POINT_HALF_MADE}
   * leaves the earlier points as they are.
   */
  PointMade ensureRestorePoint(EnsureRestorePoint request);

  /** How many points a publish of a Greenplum makes at most before it ends the WAL files. */
  int POINTS_OF_A_GREENPLUM = 5;

  /** Ends the current WAL file of each instance. */
  WalSwitched ensureWalSwitched(OnServers request);

  /**
   * A server and where it listens.
   *
   * @param address of its host
   */
  record Server(Instance instance, String address) {}

  /** What is asked of a port about servers. */
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
   * @param identity which database system it is and since when it runs
   * @param position the position of its WAL
   * @param archiving its archive settings
   * @param archiver its archiver's own words
   * @param needs what a copy of it needs on its host
   * @param synchronous which standbys its commits wait for
   */
  record ServerObserved(
      InstanceId instance,
      Identity identity,
      Position position,
      Archiving archiving,
      Archiver archiver,
      HostNeeds needs,
      SynchronousReplication synchronous) {

    /** What keeps its commits from returning, one sentence that begins with its name. */
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
   * @param commits how its commits wait for them; empty of one whose commits wait for none, that is
   *     in recovery, or that does not show them to a role without pg_monitor
   */
  record SynchronousReplication(String standbyNames, List<SynchronousCommits> commits) {
    /** Of one that names no synchronous standbys. */
    public static final SynchronousReplication NONE = new SynchronousReplication("", List.of());

    public SynchronousReplication {
      commits = List.copyOf(commits);
    }
  }

  /**
   * Which database system this is, and since when its postmaster runs.
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
   * @param recoveryFloor min_recovery_end_lsn as text, or empty when none
   * @param replayPause in recovery pg_get_wal_replay_pause_state(): {@code not paused}, {@code
   *     pause requested}, {@code paused}; version 13 knows the request alone, which stands for
   *     {@code paused} there. Empty out of recovery
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

    /** A position of which no pause is known. */
    public Position(
        boolean inRecovery,
        TimelineId timeline,
        Lsn lsn,
        String recoveryFloor,
        WalSegmentSize walSegmentSize) {
      this(inRecovery, timeline, lsn, recoveryFloor, walSegmentSize, "");
    }

    /** Whether it is in recovery and replays nothing until a person resumes it. */
    @JsonIgnore
    public boolean isPaused() {
      return inRecovery && replayPause.equals(PAUSED);
    }

    /** Whether it is about to pause: its startup process has not confirmed it yet. */
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
   * What a Greenplum says of itself.
   *
   * @param coordinator the instance that answered
   * @param version {@code version()} in full, which names the brand
   * @param postgresVersion {@code server_version_num / 10000}
   * @param functions the functions of {@link #GREENPLUM_FUNCTIONS} that are there
   * @param rows {@code gp_segment_configuration}, by content and dbid; none if that is not there
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

  /**
   * The functions and relations of a Greenplum that a publish uses, some only if they are there.
   */
  List<String> GREENPLUM_FUNCTIONS =
      List.of("gp_segment_configuration", "gp_create_restore_point(text)", "gp_switch_wal()");

  /** What to do if one of them is not there. */
  String GREENPLUM_BUILT_IN =
      "Greenplum 7, WarehousePG 7 and Cloudberry have it built in: correct the instance's port or"
          + " `database` in the cluster file";

  /**
   * One row of {@code gp_segment_configuration}.
   *
   * @param primary whether its role is p now
   * @param preferredPrimary whether it was set up as one
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
   * @param archiveTimeoutSeconds archive_timeout; 0 if it is off, and in histories of releases that
   *     did not ask
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
   * What a restore point is made for.
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
   * The point, as the call that made it saw it. Each content's switch position is still the point's
   * own: {@link #ensureWalSwitched} says where the switch ended.
   *
   * @param name of a Greenplum that of the newest point
   * @param cut of a Greenplum unproved, until its archived WAL is decoded
   * @param earlier of a Greenplum the points made before it in the same call, the oldest first
   * @param noMore the failure of the call that was to make the next one; empty if none failed
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

    /** The only point that was wanted. */
    public PointMade(RestorePointName name, Cut cut, List<ContentEvidence> contents) {
      this(name, cut, contents, List.of(), "");
    }
  }

  /** A point made before the newest one. */
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
   * What the role may do on one server.
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
    RESTORE_POINT("EXECUTE ON FUNCTION pg_create_restore_point(text)"),
    /** To end WAL files. */
    SWITCH_WAL("EXECUTE ON FUNCTION pg_switch_wal()"),
    /** To ask for checkpoints: a role since version 15, before that a superuser's alone. */
    CHECKPOINT("pg_checkpoint"),
    /** To make a Greenplum's restore points, on its coordinator. */
    GREENPLUM_POINT("EXECUTE ON FUNCTION gp_create_restore_point(text)"),
    /** To end a Greenplum's WAL files, on its coordinator; held if a build has no function. */
    GREENPLUM_SWITCH("EXECUTE ON FUNCTION gp_switch_wal()");

    private final String granted;

    Right(String granted) {
      this.granted = granted;
    }

    /** The statement that gives it to a role. */
    public String statement(String role) {
      return "GRANT " + granted + " TO " + role;
    }
  }
}
