package dev.mooring.clusterfile;

import dev.mooring.topology.ApprovalPolicy;
import dev.mooring.topology.ApprovalPolicy.Approver;
import dev.mooring.topology.ApprovalPolicy.Persons;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterKind;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ConsumePolicy;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.Follows;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.ManifestSource;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A file that passed every check, defaults filled in, as the cluster it describes. */
final class ClusterAssembly {
  private final Setting file;

  private ClusterAssembly(Setting file) {
    this.file = file;
  }

  static Cluster of(Setting file) {
    return new ClusterAssembly(file).cluster();
  }

  private Cluster cluster() {
    Cluster undigested =
        new Cluster(
            new ClusterName(file.at("cluster").text()),
            constant(ClusterKind.class, file.at("kind")),
            "",
            sorted("sites", this::site, Comparator.comparing(Site::name)),
            sorted("hosts", this::host, Comparator.comparing(Host::name)),
            sorted(
                "instances",
                ClusterAssembly::instance,
                Comparator.comparing(Instance::content)
                    .thenComparing(Instance::site)
                    .thenComparing(Instance::id)),
            new Cluster.Policies(
                database(),
                evidence(),
                publish(),
                consume(),
                StreamingAssembly.of(file),
                PatroniAssembly.of(file),
                NoticeAssembly.of(file),
                approvals()));
    return ClusterDigest.into(undigested);
  }

  private <T> List<T> sorted(String section, Function<Setting, T> read, Comparator<T> order) {
    return file.at(section).items().stream().map(read).sorted(order).toList();
  }

  private Site site(Setting site) {
    return new Site(
        new SiteName(site.at("name").text()),
        site.at("consume").text().equals("onPublish")
            ? Site.ConsumeTrigger.ON_PUBLISH
            : Site.ConsumeTrigger.MANUAL,
        new ArchiveAssembly(this::host, file.at("hosts").items()).archive(site.at("archive")),
        site.at("parkMode").text().equals("readable") ? ParkMode.READABLE : ParkMode.SHUTDOWN,
        StreamingChecks.streams(site) ? Follows.STREAMING : Follows.RESTORE_POINTS);
  }

  private Host host(Setting host) {
    return new Host(
        new HostName(host.at("name").text()), access(host), host.at("directory").path());
  }

  private HostAccess access(Setting host) {
    Setting address = host.at("address");
    List<String> prefix = host.at("prefix").items().stream().map(Setting::text).toList();
    if (host.at("access").text().equals("local")) {
      return HostAccess.local(address.given() ? address.text() : "localhost", prefix);
    }
    return new HostAccess(
        HostAccess.Kind.SSH,
        address.text(),
        ssh(host, "port").number(),
        ssh(host, "user").text(),
        ssh(host, "identityFile").path(),
        ssh(host, "knownHostsFile").path(),
        prefix);
  }

  private Setting ssh(Setting host, String name) {
    Setting own = host.at("ssh").at(name);
    return own.given() ? own : file.at("ssh").at(name);
  }

  private static Instance instance(Setting instance) {
    return new Instance(
        new InstanceId(instance.at("id").text()),
        new SiteName(instance.at("site").text()),
        new ContentId(instance.at("content").number()),
        new HostName(instance.at("host").text()),
        instance.at("port").number(),
        instance.at("dataDirectory").path(),
        manager(instance.at("manager")),
        instance.at("dbid").given() ? instance.at("dbid").number() : 0,
        TopologyChecks.isMirror(instance),
        instance.at("follows").given() ? instance.at("follows").text() : "");
  }

  private static InstanceManager manager(Setting manager) {
    Setting home = manager.at("greenplum");
    if (manager.at("patroni").given()) {
      return new InstanceManager(
          InstanceManager.Kind.PATRONI, manager.at("patroni").at("programs").path());
    }
    return home.given()
        ? new InstanceManager(InstanceManager.Kind.GREENPLUM, home.path() + "/bin")
        : new InstanceManager(InstanceManager.Kind.PG_CTL, manager.at("pg_ctl").path());
  }

  private DatabaseAccess database() {
    Setting database = file.at("database");
    Setting certificate = database.at("sslRootCertificate");
    return new DatabaseAccess(
        database.at("user").text(),
        database.at("name").text(),
        new SecretReference(database.at("password").text()),
        database.at("sslMode").text(),
        certificate.given() ? certificate.path() : "");
  }

  private EvidencePolicy evidence() {
    Setting evidence = file.at("evidence");
    return new EvidencePolicy(
        store(evidence.at("store")),
        new SecretReference(evidence.at("signingKey").text()),
        evidence.at("trustedKeys").items().stream().map(Setting::path).distinct().sorted().toList(),
        file.at("sites").items().stream()
            .filter(site -> site.at("manifests").given())
            .map(ClusterAssembly::reader)
            .sorted(Comparator.comparing(EvidencePolicy.Reader::site))
            .toList(),
        evidence.at("furtherStores").items().stream().map(this::store).toList(),
        PolicyChecks.writes(evidence));
  }

  private static EvidencePolicy.Reader reader(Setting site) {
    return new EvidencePolicy.Reader(
        new SiteName(site.at("name").text()), source(site.at("manifests")));
  }

  private static ManifestSource source(Setting manifests) {
    Setting http = manifests.at("http");
    if (http.given()) {
      Setting certificate = http.at("rootCertificate");
      return new ManifestSource.Http(
          http.at("url").text().replaceAll("/+$", ""),
          certificate.given() ? certificate.path() : "");
    }
    Setting foreign = manifests.at("whpgDrSync");
    Setting commands = foreign.given() ? foreign : manifests.at("commands");
    String directory = commands.at("directory").path();
    String fetch = commands.at("fetch").text();
    String list = commands.at("list").text();
    return foreign.given()
        ? new ManifestSource.WhpgDrSync(directory, foreign.at("latest").path(), fetch, list)
        : new ManifestSource.Commands(directory, fetch, list);
  }

  private EvidenceStore store(Setting store) {
    Setting sftp = store.at("sftp");
    if (store.at("s3").given()) {
      return BucketSettings.store(store.at("s3"));
    }
    if (!sftp.given()) {
      return new EvidenceStore.Directory(store.at("directory").path());
    }
    Setting host =
        file.at("hosts").items().stream()
            .filter(known -> known.at("name").text().equals(sftp.at("host").text()))
            .findFirst()
            .orElseThrow();
    return new EvidenceStore.Sftp(host(host), sftp.at("directory").path());
  }

  private PublishPolicy publish() {
    Setting publish = file.at("publish");
    Setting site = publish.at("site");
    return new PublishPolicy(
        new SiteName(site.given() ? site.text() : PolicyChecks.publishable(file).get(0)),
        publish.at("every").duration(),
        new PublishPolicy.ArchiveWait(
            publish.at("archiveWait").duration(),
            publish.at("archivePoll").duration(),
            constant(PublishPolicy.ArchiveProof.class, publish.at("archiveProof"))),
        publish.at("switchWal").flag(),
        constant(PublishPolicy.CheckpointBeforePoint.class, publish.at("checkpointBeforePoint")),
        TopologyChecks.isGreenplum(file)
            ? new Barrier.CommitLock(publish.at("restorePointTimeout").duration())
            : barrier(publish.at("barrier")));
  }

  private static Barrier barrier(Setting barrier) {
    Setting sql = barrier.at("sql");
    if (sql.given()) {
      return new Barrier.Sql(
          new InstanceId(sql.at("instance").text()),
          sql.at("enter").text(),
          sql.at("leave").text(),
          sql.at("timeout").duration());
    }
    Setting command = barrier.at("command");
    if (command.given()) {
      return new Barrier.Command(
          command.at("enter").text(), command.at("leave").text(), command.at("timeout").duration());
    }
    return new Barrier.None();
  }

  private ConsumePolicy consume() {
    Setting consume = file.at("consume");
    Setting every = consume.at("every");
    return new ConsumePolicy(
        consume.at("timeout").duration(),
        consume.at("poll").duration(),
        consume.at("decodeWithin").duration(),
        every.given() ? List.of(every.duration()) : List.of());
  }

  /** One, of a file that says anything about approvals; else none. */
  private List<ApprovalPolicy> approvals() {
    return file.at("approvers").given() || file.at("approvals").given()
        ? List.of(
            new ApprovalPolicy(
                sorted(
                    "approvers",
                    one -> new Approver(one.at("name").text(), one.at("key").text()),
                    Comparator.comparing(Approver::name)),
                !ApprovalChecks.refusesUnsigned(file),
                persons(file.at("approvals").at("persons"))))
        : List.of();
  }

  /**
   * Of the runbooks that need more than one, by their workflow types: the setting's name is that.
   */
  private static List<Persons> persons(Setting persons) {
    return persons.names().stream()
        .filter(name -> persons.at(name).number() > 1)
        .map(
            name ->
                new Persons(
                    name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
                    persons.at(name).number()))
        .sorted(Comparator.comparing(Persons::runbook))
        .toList();
  }

  private static <E extends Enum<E>> E constant(Class<E> type, Setting setting) {
    return Enum.valueOf(type, setting.text().toUpperCase(Locale.ROOT));
  }
}
