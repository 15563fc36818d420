package dev.mooring.dev.host;

import dev.mooring.activities.archive.HostArchiveActivities;
import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.instance.HostInstanceActivities;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.authority.Epoch;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.AwaitParked;
import dev.mooring.port.InstanceActivities.EnsureReplaying;
import dev.mooring.port.InstanceActivities.EnsureStopped;
import dev.mooring.port.InstanceActivities.EnsureTarget;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceActivities.ObserveParked;
import dev.mooring.port.InstanceActivities.ParkedObserved;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A lab's west host, with all its instances, as the ports speak of it. */
final class Fleet implements AutoCloseable {
  static final Duration LIMIT = Await.LIMIT;
  private static final AtomicLong NUMBERS = new AtomicLong(1_000);

  final Lab lab;
  final Cluster cluster;

  /** Long enough for a busy machine to let somebody in. */
  static final Duration CONNECT = ThisMachine.takes(Duration.ofSeconds(20));

  final Hosts hosts = new Hosts(CONNECT);
  final List<Object> reported = new ArrayList<>();

  Fleet(Lab lab) {
    this(lab, UnaryOperator.identity());
  }

  /**
   * @param seen how the ports are told of the lab's instances
   */
  Fleet(Lab lab, UnaryOperator<Instance> seen) {
    this.lab = lab;
    Cluster read = new ClusterFiles(lab.configDirectory()).read(new ClusterName(lab.name()));
    this.cluster =
        new Cluster(
            read.name(),
            read.kind(),
            read.digest(),
            read.sites(),
            read.hosts(),
            read.instances().stream().map(seen).toList(),
            read.policies());
  }

  static void until(BooleanSupplier holds) {
    Await.until(holds, () -> "not so");
  }

  HostInstanceActivities instances() {
    return instances(HostDeadlines.USUAL);
  }

  HostInstanceActivities instances(HostDeadlines deadlines) {
    return new HostInstanceActivities(
        hosts, deadlines, attempt(), new S3Clients(name -> Optional.empty()));
  }

  HostArchiveActivities archives() {
    return new HostArchiveActivities(
        hosts,
        HostDeadlines.USUAL.withLate(Duration.ZERO),
        new S3Clients(name -> Optional.empty()));
  }

  /** Each attempt is later than the one before. */
  private Attempt attempt() {
    return new Attempt() {
      @Override
      public long number() {
        return NUMBERS.incrementAndGet();
      }

      @Override
      public void report(Object details) {
        reported.add(details);
      }
    };
  }

  Host host(String name) {
    return cluster.host(new HostName(name));
  }

  /** The first host of a site and its instances. */
  HostWork work(String site) {
    List<Instance> instances = cluster.instancesAt(new SiteName(site));
    Host first = cluster.host(instances.get(0).host());
    return new HostWork(
        first, instances.stream().filter(i -> i.host().equals(first.name())).toList());
  }

  /** The west host and one of its instances. */
  HostWork only(String instance) {
    HostWork all = work("west");
    return new HostWork(
        all.host(),
        all.instances().stream().filter(i -> i.id().equals(new InstanceId(instance))).toList());
  }

  Call call(Run run, int ordinal) {
    return new Call(cluster.name(), run.id(), "STEP_" + ordinal, ordinal, run.epoch());
  }

  /**
   * A run of a runbook.
   *
   * @param id its original run id
   */
  record Run(String id, Epoch epoch) {
    static Run next() {
      long number = NUMBERS.incrementAndGet();
      return new Run("run-" + number, new Epoch(number));
    }
  }

  /** Makes a point on every primary whose copy is on the west host, and ends its WAL file. */
  List<InstanceTarget> publish(String point) throws SQLException {
    List<InstanceTarget> targets = new ArrayList<>();
    for (Instance copy : work("west").instances()) {
      targets.add(target(point, copy));
    }
    return targets;
  }

  private InstanceTarget target(String point, Instance copy) throws SQLException {
    LabInstance primary = lab.instance(copy.id().value().replace("west", "east"));
    Lsn lsn = Lsn.parse(ask(primary, "SELECT pg_create_restore_point('" + point + "')"));
    String file = ask(primary, "SELECT pg_walfile_name('" + lsn + "')");
    ask(primary, "SELECT pg_switch_wal()");
    Site west = cluster.site(new SiteName("west")).orElseThrow();
    return new InstanceTarget(
        copy.id(),
        new RestorePointName(point),
        new ContentTarget(
            copy.content(),
            SystemIdentifier.parse(
                ask(primary, "SELECT system_identifier FROM pg_control_system()")),
            TimelineId.FIRST,
            lsn,
            new WalFileName(file),
            new WalSegmentSize(
                Long.parseLong(
                    ask(
                        primary,
                        "SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'")))),
        west.archive());
  }

  String ask(LabInstance instance, String sql) throws SQLException {
    try (Connection connection = lab.connect(instance)) {
      return ask(connection, sql);
    }
  }

  String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  /** Whether the gate of an instance says that of what it could not give last. */
  boolean gateSays(String instance, String words) {
    Path status =
        lab.instance(instance)
            .host()
            .mooring()
            .resolve(lab.name() + "/" + instance + ".gate.status");
    try {
      return Files.exists(status) && Files.readString(status).startsWith(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HostObserved observe(String site) {
    Site.Archive archive = cluster.site(new SiteName(site)).orElseThrow().archive();
    return instances()
        .observeInstances(
            new ObserveInstances(
                call(new Run("look", Epoch.NONE), 0), work(site), archive, Duration.ofSeconds(10)));
  }

  EnsureTarget aim(Run run, List<InstanceTarget> targets) {
    return new EnsureTarget(call(run, 3), work("west"), targets);
  }

  EnsureReplaying start(Run run, List<InstanceTarget> targets, int number) {
    return new EnsureReplaying(call(run, 3 + number), work("west"), targets, number);
  }

  AwaitParked await(Run run, List<InstanceTarget> targets, int number, Duration atMost) {
    return new AwaitParked(call(run, 5), work("west"), targets, number, atMost);
  }

  ParkedObserved parked(Run run, List<InstanceTarget> targets, int number) {
    return instances()
        .observeParked(new ObserveParked(call(run, 6), work("west"), targets, number));
  }

  EnsureStopped stop(Run run) {
    return new EnsureStopped(call(run, 7), work("west"));
  }

  /** Parks the west at a point, through every step. */
  List<InstanceParked> park(Run run, List<InstanceTarget> targets) {
    instances().ensureTarget(aim(run, targets));
    instances().ensureReplaying(start(run, targets, 1));
    instances().awaitParked(await(run, targets, 1, LIMIT));
    return parked(run, targets, 1).parked();
  }

  @Override
  public void close() {
    hosts.close();
  }
}
