package dev.mooring.dev.lab;

import dev.mooring.dev.ledger.Database;
import dev.mooring.dev.prober.Prober;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A running lab: real PostgreSQL primaries at site east, archiving, and stopped base backups of
 * them at site west, each host with an SSH server of its own. Closing it removes every trace.
 */
public final class Lab implements AutoCloseable {
  private static final Set<Lab> UP = ConcurrentHashMap.newKeySet();

  private final LabRecord record;
  private final LabServers servers;

  private Lab(LabRecord record) {
    this.record = record;
    this.servers = new LabServers(record);
  }

  /** Creates a lab; a lab that can't be created in full is removed again. */
  public static Lab up(LabPlan plan) {
    return up(plan, System.getenv());
  }

  static Lab up(LabPlan plan, Map<String, String> environment) {
    Lab lab = new Lab(LabRecord.create(Machine.found(environment), plan));
    try {
      UP.add(lab);
      new LabBuilding(lab.record).build();
      return lab;
    } catch (RuntimeException e) {
      try {
        lab.close();
      } catch (RuntimeException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** The labs that this process created and did not remove. */
  public static List<Lab> up() {
    return List.copyOf(UP);
  }

  /** The lab that an earlier call made in that directory, also if it was only half made. */
  public static Lab in(Path directory) {
    return new Lab(LabRecord.read(directory));
  }

  /** The cluster's name. */
  public String name() {
    return record.layout().plan().name();
  }

  public Path directory() {
    return record.layout().directory();
  }

  /** The directory of the cluster file, the keys and the password file. */
  public Path configDirectory() {
    return record.layout().config();
  }

  public Path clusterFile() {
    return record.layout().clusterFile();
  }

  /** The environment of worker and command line. */
  public Map<String, String> environment() {
    return LabEnvironment.of(record.layout());
  }

  public Path evidenceStore() {
    return record.layout().evidence();
  }

  /** A path beside the data directories that on each host of root's lab is the host's own. */
  public Path onEachHost(String name) {
    return record.layout().hostsDirectory().resolve("self").resolve("data").resolve(name);
  }

  /** The archive of a content, which all hosts share. */
  public Path archive(int content) {
    return record.layout().archive(content);
  }

  /** The directory of this lab's PostgreSQL programs. */
  public Path postgresPrograms() {
    return record.machine().postgresPrograms();
  }

  Isolation isolation() {
    return record.machine().isolation();
  }

  public List<LabHost> hosts() {
    return record.layout().hosts();
  }

  /** The host of that name. */
  public LabHost host(String name) {
    return hosts().stream()
        .filter(host -> host.name().equals(name))
        .findFirst()
        .orElseThrow(() -> absent("host " + name, hosts().stream().map(LabHost::name)));
  }

  /** All instances, the east's first, by content. */
  public List<LabInstance> instances() {
    return record.layout().instances();
  }

  /** The mirrors of a {@code greenplum-like} lab's segments, then its standby coordinator. */
  public List<LabInstance> mirrors() {
    return record.layout().mirrors();
  }

  /** Whether its standbys stream, so that any instance may be the primary by now. */
  public boolean streams() {
    return record.layout().plan().streaming().isPresent();
  }

  public List<LabInstance> instancesAt(String site) {
    return instances().stream().filter(instance -> instance.site().equals(site)).toList();
  }

  /** The instance of that name. */
  public LabInstance instance(String id) {
    return instances().stream()
        .filter(instance -> instance.id().equals(id))
        .findFirst()
        .orElseThrow(() -> absent("instance " + id, instances().stream().map(LabInstance::id)));
  }

  private LabFailure absent(String what, Stream<String> present) {
    return new LabFailure(
        "lab %s has no %s; it has %s"
            .formatted(name(), what, present.collect(Collectors.joining(", "))));
  }

  /** Connects to a running instance as superuser. */
  public Connection connect(LabInstance instance) {
    try {
      return servers.connect(instance);
    } catch (SQLException e) {
      throw new LabFailure("no connection to " + instance.id(), e);
    }
  }

  /** Connects as the role that Mooring uses. */
  public Connection connectAsMooring(LabInstance instance) {
    try {
      return new Database(
              instance.id(),
              instance.content(),
              instance.host().address(),
              instance.port(),
              new Database.Login(LabDatabase.ROLE, record.rolePassword()))
          .connect();
    } catch (SQLException e) {
      throw new LabFailure("no connection to " + instance.id() + " as " + LabDatabase.ROLE, e);
    }
  }

  /** Connects as superuser to the server that is reached there, such as through a front. */
  Connection connectAt(String address, int port) throws SQLException {
    return new Database(
            address,
            0,
            address,
            port,
            new Database.Login(LabDatabase.SUPERUSER, record.superuserPassword()))
        .connect();
  }

  /** The directory of an instance's postgresql.conf and pg_hba.conf. */
  public Path configuration(LabInstance instance) {
    return servers.configuration(instance);
  }

  /** The account that owns the servers and logs in over SSH. */
  public String userName() {
    return record.machine().user().name();
  }

  /** Whether the instance's postmaster lives. */
  public boolean isRunning(LabInstance instance) {
    return servers.server(instance).running();
  }

  /** The control file's state, such as "in production" or "shut down in recovery". */
  public String controlState(LabInstance instance) {
    return servers.server(instance).controlState();
  }

  /** Starts the instance as a person would, with its own configuration. */
  public void start(LabInstance instance) {
    patroni()
        .ifPresentOrElse(
            patroni -> patroni.start(instance), () -> servers.server(instance).start());
  }

  /** Stops the instance in an orderly way. */
  public void stop(LabInstance instance) {
    patroni()
        .ifPresentOrElse(
            patroni -> patroni.stop(instance),
            () -> servers.server(instance).stop(Server.StopMode.FAST));
  }

  /** Patroni over the instances, of a lab that has it. */
  public Optional<LabPatroni> patroni() {
    return record.layout().byPatroni() ? Optional.of(new LabPatroni(record)) : Optional.empty();
  }

  /**
   * Runs a program on a host as the account that owns the servers, with the host's own files; fails
   * unless it succeeds.
   *
   * @return its output
   */
  public String run(LabHost host, String... command) {
    return servers.space(host).run(List.of(command), Map.of());
  }

  /** The write load on the primaries. */
  public LabLoad load() {
    return new LabLoad(record);
  }

  /** The faults that can be caused, and fixed again. */
  public LabFaults faults() {
    return new LabFaults(record);
  }

  /** Creates a copy again from a base backup of its primary, taken now; it is not started. */
  public void makeAnew(LabInstance copy) {
    Server server = servers.server(copy);
    server.end();
    run(copy.host(), "rm", "-rf", copy.dataDirectory().toString());
    server.copyFrom(
        record.layout().instance(Layout.EAST, copy.content()), record.superuserPassword());
  }

  /**
   * Creates and starts a streaming standby of a content's primary on another of its hosts. It is
   * not in the cluster file; commits wait for it once synchronous_standby_names has its name.
   */
  public LabInstance addStandby(int content, LabHost host) {
    LabInstance primary = record.layout().instance(Layout.EAST, content);
    String id = primary.id() + "-standby";
    LabInstance standby =
        new LabInstance(
            id, primary.site(), content, host, primary.port() + 200, host.data().resolve(id));
    Server server = servers.server(standby);
    new LabFaults(record).set(content, "wal_keep_size", "1GB");
    server.copyFrom(primary, record.superuserPassword());
    server.settle(
        """
        wal_receiver_timeout = '5s'
        primary_conninfo = 'host=%s port=%d user=%s password=%s application_name=%s'
        """
            .formatted(
                primary.host().address(),
                primary.port(),
                LabDatabase.SUPERUSER,
                record.superuserPassword(),
                standby.id().replace('-', '_')));
    server.start();
    return standby;
  }

  /** PgBouncer and HAProxy, of a lab that has one of them. */
  public Optional<LabFronts> fronts() {
    return record.layout().frontHost().map(host -> new LabFronts(record, host));
  }

  /** Opens copies of a parked site, exactly at the point where it is parked. */
  public SiteCopy openCopy(String site) {
    return SiteCopy.open(record, instancesAt(site));
  }

  /** Puts the state of all servers, archive and evidence aside. No load may run. */
  public void snapshot() {
    new Snapshots(record).take();
    awaitStreaming();
  }

  /** Brings the state back that was put aside, whatever was broken since. */
  public void restore() {
    new Snapshots(record).restore();
    awaitStreaming();
  }

  /** Both start all servers again, standbys beside their primary. */
  private void awaitStreaming() {
    if (streams() && !record.layout().byPatroni()) {
      new StreamingStandbys(record).letStream();
    }
  }

  /**
   * A digest of the files of every host but this one. If it is unchanged after a test, no act was
   * on a wrong host, also if hosts have no namespace of their own. Of running servers only the
   * settings count: their other files change by themselves.
   */
  public String fingerprintWithout(LabHost host) {
    return new Fingerprint(record).without(host);
  }

  /** A digest of the files of this host, as far as they don't change by themselves. */
  public String fingerprintOf(LabHost host) {
    return new Fingerprint(record).of(host);
  }

  /** A client that tries to write to every instance of both sites all the time. */
  public Prober prober() {
    return new Prober(instances().stream().map(servers::database).toList());
  }

  /** The numbers of all processes that belong to this lab. */
  public List<Long> processes() {
    return servers.processes().stream().map(LabProcess::pid).toList();
  }

  /** Removes the lab and checks that nothing of it is left; else fails naming the rest. */
  @Override
  public void close() {
    UP.remove(this);
    new LabRemoval(record).remove();
  }
}
