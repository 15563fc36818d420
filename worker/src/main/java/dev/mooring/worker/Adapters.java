package dev.mooring.worker;

import dev.mooring.activities.access.HostAccessActivities;
import dev.mooring.activities.archive.HostArchiveActivities;
import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.clusterfile.KeptClusterFiles;
import dev.mooring.activities.copy.HostCopyActivities;
import dev.mooring.activities.endpoint.HostEndpointActivities;
import dev.mooring.activities.evidence.EvidenceStores;
import dev.mooring.activities.evidence.StoreEvidenceActivities;
import dev.mooring.activities.evidence.StoreHistories;
import dev.mooring.activities.evidence.StoreManifestActivities;
import dev.mooring.activities.evidence.StoreReceiptActivities;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.ActivityAttempt;
import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.instance.HostInstanceActivities;
import dev.mooring.activities.jdbc.JdbcAccountActivities;
import dev.mooring.activities.jdbc.JdbcConnectionActivities;
import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.activities.jdbc.JdbcReplicationActivities;
import dev.mooring.activities.notice.ChannelNoticeActivities;
import dev.mooring.activities.patroni.RestPatroniActivities;
import dev.mooring.activities.role.HostFailoverActivities;
import dev.mooring.activities.role.HostPrimaryActivities;
import dev.mooring.activities.role.HostRehearsalActivities;
import dev.mooring.activities.role.HostRoleActivities;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.activities.temporal.ClosedRuns;
import dev.mooring.activities.temporal.TemporalRunActivities;
import dev.mooring.activities.watch.ObservedRoles;
import dev.mooring.activities.watch.RepeatedWatchActivities;
import dev.mooring.activities.witness.HostWitnessActivities;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.NoticeActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RunActivities;
import dev.mooring.port.WatchActivities;
import io.temporal.client.WorkflowClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Every adapter a worker has, one of each for all its queues. */
final class Adapters implements AutoCloseable {
  /** How long a connection to a host may take, of a watch too. */
  static final Duration SSH_CONNECT = Duration.ofSeconds(5);

  /**
   * How long one reading of a watch may take at a server, if one attempt to connect takes 3 s, or
   * on a host once it is connected, so that a silent one delays the next reading of its site
   * little.
   */
  static final Duration A_LOOK = Duration.ofSeconds(5);

  private final Hosts hosts = new Hosts(SSH_CONNECT);
  private final Attempt attempt = new ActivityAttempt();
  private final JdbcDatabaseActivities databases;
  private final JdbcReplicationActivities replication;
  private final JdbcAccountActivities accounts;
  private final JdbcConnectionActivities attempts;
  private final ChannelNoticeActivities notices;
  private final JdbcReplicationActivities watched;
  private final RepeatedWatchActivities watch;
  private final LastLooks lastLooks = new LastLooks(Clock.systemUTC());
  private final ObservedRoles observedRoles =
      new ObservedRoles(Clock.systemUTC(), System::nanoTime);
  private final HostWitnessActivities witnesses = new HostWitnessActivities(hosts);
  private final RunActivities runs;
  private final HistoryExport histories;
  private final ClusterFiles files;
  private final EvidenceActivities evidence;
  private final List<Object> ofSite;

  /**
   * @param environment where secret references are looked up
   * @param home the home directory of the account the worker runs as
   * @param kept the versions of cluster files that it read
   */
  // longer than 40 lines, because every adapter has its line
  Adapters(
      WorkflowClient client,
      WorkerConfig config,
      Map<String, String> environment,
      Path home,
      KeptClusterFiles kept) {
    Function<String, Optional<String>> variables = in(environment);
    EvidenceStores stores = new StoresByKind(hosts, variables);
    S3Clients buckets = new S3Clients(variables);
    this.databases = new JdbcDatabaseActivities(variables, home, ActivityAttempt::mayTake);
    this.replication = new JdbcReplicationActivities(variables, home, ActivityAttempt::mayTake);
    this.accounts = new JdbcAccountActivities(variables, home, ActivityAttempt::mayTake);
    this.attempts = new JdbcConnectionActivities(variables, home);
    RoleActivities roles =
        new HostRoleActivities(hosts, HostDeadlines.USUAL, attempt, new Secrets(variables));
    this.watched = new JdbcReplicationActivities(variables, home, () -> A_LOOK);
    this.evidence = new StoreEvidenceActivities(stores, hosts, variables);
    this.watch =
        new RepeatedWatchActivities(
            watched,
            new HostRoleActivities(
                hosts, HostDeadlines.USUAL.withObserve(A_LOOK), attempt, new Secrets(variables)),
            new HostFailoverActivities(hosts, HostDeadlines.USUAL.withObserve(A_LOOK), attempt),
            evidence,
            observedRoles::begins,
            (request, look, began) -> {
              lastLooks.saw(request.call().cluster(), request.watched().site());
              observedRoles.saw(request, look, began);
            });
    this.runs = new TemporalRunActivities(client);
    this.notices = new ChannelNoticeActivities(variables, attempt);
    this.files = new ClusterFiles(config.configDirectory(), config.sites(), kept);
    this.histories =
        new HistoryExport(
            new ClosedRuns(client),
            files,
            new StoreHistories(stores, variables),
            config.sites(),
            Clock.systemUTC());
    this.ofSite =
        List.of(
            runs,
            files,
            databases,
            replication,
            accounts,
            attempts,
            witnesses,
            new HostAccessActivities(hosts, HostDeadlines.USUAL, attempt, new Secrets(variables)),
            new HostInstanceActivities(hosts, HostDeadlines.USUAL, attempt, buckets),
            new HostArchiveActivities(hosts, HostDeadlines.USUAL, buckets),
            new HostEndpointActivities(hosts, HostDeadlines.USUAL, attempt, variables),
            new HostCopyActivities(hosts, HostDeadlines.USUAL, attempt, variables),
            new RestPatroniActivities(variables),
            new HostPrimaryActivities(hosts, HostDeadlines.USUAL, attempt),
            new HostFailoverActivities(hosts, HostDeadlines.USUAL, attempt),
            new HostRehearsalActivities(hosts, HostDeadlines.USUAL),
            roles,
            evidence,
            new StoreManifestActivities(stores, hosts, variables),
            new StoreReceiptActivities(stores, hosts, variables, Clock.systemUTC()));
  }

  private static Function<String, Optional<String>> in(Map<String, String> environment) {
    return name -> Optional.ofNullable(environment.get(name));
  }

  /** The activities that read the locks. */
  RunActivities runs() {
    return runs;
  }

  /** The exporter that keeps histories once it is started. */
  HistoryExport histories() {
    return histories;
  }

  /** The roles of the members at the last reading of a watch. */
  ObservedRoles observedRoles() {
    return observedRoles;
  }

  /** When sites were last read. */
  LastLooks lastLooks() {
    return lastLooks;
  }

  /** The cluster files of this machine. */
  ClusterFiles clusterFiles() {
    return files;
  }

  /** The evidence stores, to be read. */
  EvidenceActivities evidence() {
    return evidence;
  }

  /** How people are notified. */
  NoticeActivities notices() {
    return notices;
  }

  /** The activities of the shared queue: locks and the cluster file. */
  Object[] shared() {
    return new Object[] {runs, files};
  }

  /**
   * The activities of a site's queue: hosts, databases, archives, evidence stores, cluster file.
   */
  Object[] ofSite() {
    return ofSite.toArray();
  }

  /** The activities of the queue of a site's watches. */
  WatchActivities watch() {
    return watch;
  }

  /** Ends the open watches, which last for an hour: each reports what it knows. */
  void endWatches() {
    watch.end();
  }

  @Override
  public void close() {
    histories.close();
    databases.close();
    replication.close();
    accounts.close();
    attempts.close();
    watch.close();
    watched.close();
    witnesses.close();
    hosts.close();
  }
}
