package dev.mooring.fake;

import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.ClockWindow;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.SynchronousReplication;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.BackupRecovery;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.StopLine;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalLevel;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the ports see of {@link Harbour} when all is well: every content's restore point {@link
 * #POINT} lies at {@link #AT}, is archived, and the instances of west are parked there.
 */
public final class ObservedInstances {
  public static final RestorePointName POINT =
      new RestorePointName("sync_point_20261120_080000_aa");
  public static final Lsn RECORD = Lsn.parse("0/3000038");
  public static final Lsn AT = Lsn.parse("0/30000A0");
  public static final Lsn REDO = Lsn.parse("0/2000028");
  public static final Instant STARTED = Instant.parse("2026-11-20T07:00:00Z");
  public static final Instant MADE = Instant.parse("2026-11-20T08:00:00.500Z");
  public static final WalFileName FILE =
      WalFileName.containing(TimelineId.FIRST, RECORD, Harbour.WAL_SIZE);

  private static final String DIGEST = "ab".repeat(32);

  private ObservedInstances() {}

  /** A running primary. */
  public static ServerObserved server(Instance instance) {
    return new ServerObserved(
        instance.id(),
        new DatabaseActivities.Identity(
            Harbour.systemOf(instance.content()), Harbour.VERSION, STARTED),
        new DatabaseActivities.Position(
            false, TimelineId.FIRST, Lsn.parse("0/3000148"), "", Harbour.WAL_SIZE),
        new DatabaseActivities.Archiving(
            "on", "cp %p /archive/" + instance.content() + "/%f", "", "replica", Harbour.LIMITS),
        archiver(),
        HostNeeds.NONE,
        SynchronousReplication.NONE);
  }

  /** A server that replays. */
  public static ServerObserved replaying(Instance instance) {
    return inRecovery(instance, "");
  }

  /** A server whose replay is paused at the point. */
  public static ServerObserved paused(Instance instance) {
    return inRecovery(instance, "paused");
  }

  private static ServerObserved inRecovery(Instance instance, String replayPause) {
    ServerObserved primary = server(instance);
    return new ServerObserved(
        primary.instance(),
        primary.identity(),
        new DatabaseActivities.Position(
            true, TimelineId.FIRST, AT, AT.toString(), Harbour.WAL_SIZE, replayPause),
        primary.archiving(),
        primary.archiver(),
        primary.needs(),
        SynchronousReplication.NONE);
  }

  private static Archiver archiver() {
    return new Archiver(3, "000000010000000000000002", "2026-11-20 07:59:00+00", 0, "", "");
  }

  /** An instance of the publishing site as its host shows it. */
  public static InstanceObserved primary(Instance instance) {
    return observed(
        instance, InstanceObserved.ServerProcess.RUNNING, control(instance.content(), false));
  }

  /** An instance of the consuming site as its host shows it: parked at the point. */
  public static InstanceObserved standby(Instance instance) {
    return observed(
        instance, InstanceObserved.ServerProcess.STOPPED, control(instance.content(), true));
  }

  private static InstanceObserved observed(
      Instance instance, InstanceObserved.ServerProcess process, ControlData control) {
    boolean parked = process == InstanceObserved.ServerProcess.STOPPED;
    return new InstanceObserved(
        instance.id(),
        process,
        new InstanceObserved.ControlFile(control, DIGEST),
        new InstanceObserved.Recovery(
            new InstanceObserved.Backup.None(),
            parked,
            false,
            new TargetSettings(
                parked ? POINT.value() : "",
                "shutdown",
                "1",
                "",
                "mooring-restore gate %f %p",
                parked ? TargetSettings.ARCHIVES_NOTHING : "on")),
        Harbour.software(Harbour.VERSION),
        1L << 34,
        List.of());
  }

  private static ControlData control(ContentId content, boolean parked) {
    return new ControlData(
        new ControlData.Identity(
            Harbour.systemOf(content),
            new ControlData.Layout(1300, 202209061, Harbour.WAL_SIZE, 8192, 0)),
        parked ? InstanceState.SHUT_DOWN_IN_RECOVERY : InstanceState.IN_PRODUCTION,
        checkpoint(TimelineId.FIRST),
        new ControlData.Recovery(
            parked
                ? new MinimumRecoveryEnd.At(AT, TimelineId.FIRST)
                : new MinimumRecoveryEnd.None(),
            new BackupRecovery.None(),
            false),
        new ControlData.Settings(WalLevel.REPLICA, Harbour.LIMITS));
  }

  /** The control file of a copy that got so far on that timeline. */
  public static ControlData control(ContentId content, TimelineId timeline, Lsn end) {
    ControlData parked = control(content, true);
    return new ControlData(
        parked.identity(),
        parked.state(),
        checkpoint(timeline),
        new ControlData.Recovery(
            new MinimumRecoveryEnd.At(end, timeline), new BackupRecovery.None(), false),
        parked.settings());
  }

  /** The checkpoint that replay begins from, on that timeline. */
  public static ControlData.Checkpoint checkpoint(TimelineId timeline) {
    return new ControlData.Checkpoint(
        Lsn.parse("0/2000060"),
        new ControlData.Redo(REDO, WalFileName.containing(timeline, REDO, Harbour.WAL_SIZE)),
        timeline,
        timeline,
        STARTED);
  }

  /** What a manifest says of one content. */
  public static ContentEvidence evidence(Cluster cluster, int content) {
    Instance owner = Harbour.instance(cluster, "east-" + content);
    return new ContentEvidence(
        new ContentTarget(
            owner.content(),
            Harbour.systemOf(owner.content()),
            TimelineId.FIRST,
            AT,
            FILE,
            Harbour.WAL_SIZE),
        new ContentEvidence.Owner(owner.id(), owner.host(), owner.port(), Harbour.VERSION, STARTED),
        new ClockWindow(MADE.minusMillis(5), MADE.plusMillis(5)),
        Lsn.parse("0/30000B8"),
        Harbour.LIMITS,
        HostNeeds.NONE);
  }

  /** The point's file in the archive. */
  public static ArchivedWal archived() {
    return new ArchivedWal(FILE, Harbour.WAL_SIZE.bytes(), DIGEST);
  }

  /** What was decoded from the archive of one content. */
  public static ContentProof proof(int content) {
    return new ContentProof(new ContentId(content), RECORD, List.of(archived()));
  }

  /** The READY manifest of the point. */
  public static Manifest manifest(Cluster cluster) {
    List<ContentId> contents = cluster.contentsAt(Harbour.EAST);
    return new Manifest(
        new Manifest.Header(
            cluster.name(), POINT, MADE, cluster.digest(), new Cut(Cut.Kind.NAMED, 3)),
        contents.stream().map(c -> evidence(cluster, c.value())).toList(),
        contents.stream().map(c -> proof(c.value())).toList(),
        new ArchiveEvidence(
            contents.stream()
                .map(c -> new ArchiveEvidence.ContentArchive(c, "/archive/" + c, archiver()))
                .toList(),
            new ArchiveEvidence.Waiting(
                Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ZERO, MADE)),
        List.of());
  }

  /** What is read of an instance that was started for the point and parked there. */
  public static InstanceParked parked(Instance instance) {
    return new InstanceParked(
        standby(instance),
        POINT,
        new StartLog(new StopLine.At(POINT.value(), MADE), true, List.of(), false, List.of()),
        List.of(archived()));
  }
}
