package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ArchiveActivities.AwaitArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.DatabaseActivities.Checkpointed;
import dev.mooring.port.DatabaseActivities.EnsureCheckpointed;
import dev.mooring.port.DatabaseActivities.EnsureRestorePoint;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.DatabaseActivities.WalSwitched;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ManifestActivities.LastRead;
import dev.mooring.port.ManifestActivities.ManifestPublished;
import dev.mooring.port.ManifestActivities.ManifestWritten;
import dev.mooring.port.ManifestActivities.ReadLast;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.ConsumerStarted;
import dev.mooring.port.RunActivities.EnsureConsumer;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Instance;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The port calls of one PublishCycle, with their queues, policies and summaries. */
final class PublishCalls {
  private final Cluster cluster;
  private final SiteName site;
  private final DatabaseAccess access;
  private final EvidencePolicy evidence;

  /**
   * @param site whose workers are called: the publishing site, or in a streaming cluster the site
   *     of the primary
   */
  PublishCalls(Cluster cluster, SiteName site) {
    this.cluster = cluster;
    this.site = site;
    this.access = cluster.policies().database();
    this.evidence = cluster.policies().evidence().at(site);
  }

  /** The site whose workers are called. */
  Site site() {
    return cluster.site(site).orElseThrow();
  }

  CatalogueObserved observeCatalogue(Call call) {
    return databases(ActivityPolicies.OBSERVE, "read gp_segment_configuration")
        .observeCatalogue(
            new OnServers(
                call,
                access,
                WorkLists.servers(cluster, CatalogueCheck.coordinators(cluster, site))));
  }

  ServersObserved observeServers(Call call, List<Instance> instances) {
    return databases(ActivityPolicies.OBSERVE, "ask " + instances.size() + " servers what they are")
        .observeServers(new OnServers(call, access, WorkLists.servers(cluster, instances)));
  }

  List<HostObserved> observeHosts(Call call, List<Primary> primaries) {
    return FanOut.onHosts(
        InstanceActivities.class,
        WorkLists.byHost(cluster, instances(primaries)),
        work -> ActivityPolicies.OBSERVE.options(queue(), "look at " + work.inWords()),
        work -> new ObserveInstances(call, work),
        port -> port::observeInstances);
  }

  /** Begins to read the last point while the primaries are observed; does not wait. */
  Promise<LastRead> readingLast(Call call) {
    ManifestActivities manifests =
        manifests(ActivityPolicies.OBSERVE, "read LATEST and what is pending since");
    return Async.function(
        manifests::readLast,
        new ReadLast(
            call,
            evidence,
            cluster.name(),
            PendingPoints.AT_MOST,
            cluster.consumers(),
            WorkLists.heads(cluster, site)));
  }

  Checkpointed checkpoint(
      Call call, List<Primary> primaries, PublishPolicy.CheckpointBeforePoint how) {
    return databases(ActivityPolicies.CHECKPOINT, "checkpoint " + primaries.size() + " primaries")
        .ensureCheckpointed(
            new EnsureCheckpointed(
                call, access, WorkLists.servers(cluster, instances(primaries)), how));
  }

  PointMade makePoint(Call call, List<Primary> primaries) {
    return databases(ActivityPolicies.ENSURE, "restore point on " + primaries.size() + " primaries")
        .ensureRestorePoint(
            new EnsureRestorePoint(
                call,
                access,
                WorkLists.servers(cluster, instances(primaries)),
                cluster.policies().publish().barrier(),
                RunbookRun.now()));
  }

  WalSwitched switchWal(Call call, List<Primary> primaries) {
    return databases(ActivityPolicies.ENSURE, "switch WAL on " + primaries.size() + " primaries")
        .ensureWalSwitched(
            new OnServers(call, access, WorkLists.servers(cluster, instances(primaries))));
  }

  ManifestWritten writePending(Call call, Manifest manifest) {
    return manifests(ActivityPolicies.ENSURE, "write " + manifest.name() + ".pending.json")
        .ensurePending(new EnsureManifest(call, evidence, manifest));
  }

  ManifestPublished writeReady(Call call, Manifest manifest, List<RestorePointName> inPlaceOf) {
    return manifests(ActivityPolicies.ENSURE, "publish " + manifest.name())
        .ensureReady(new EnsureManifest(call, evidence, manifest, inPlaceOf));
  }

  ManifestWritten writeTorn(Call call, Manifest manifest) {
    return manifests(ActivityPolicies.ENSURE, "write " + manifest.name() + ", torn, beside LATEST")
        .ensureTorn(new EnsureManifest(call, evidence, manifest));
  }

  List<PointsArchived> awaitArchived(
      Call call, List<Primary> primaries, List<WantedPoint> wanted, Duration atMost) {
    return FanOut.onHosts(
        ArchiveActivities.class,
        WorkLists.byHost(cluster, instances(primaries)),
        work -> ActivityPolicies.await(queue(), "archive as read from " + work.inWords(), atMost),
        work -> new AwaitArchived(call, work, ofHost(work, wanted), atMost),
        port -> port::awaitArchived);
  }

  ConsumerStarted startConsumer(SiteName consumer) {
    return Workflow.newActivityStub(
            RunActivities.class,
            ActivityPolicies.ENSURE.options(
                ActivityPolicies.queueOf(consumer), "start DrConsume at " + consumer))
        .ensureConsumer(
            new EnsureConsumer(
                cluster.name(),
                consumer,
                RunIds.consume(cluster.name(), consumer),
                Workflow.getInfo().getWorkflowId(),
                ""));
  }

  String writeReceipt(Call call, Receipt receipt) {
    return Workflow.newActivityStub(
            ReceiptActivities.class,
            RunContext.receiptPolicy(receipt).options(queue(), "write the receipt"))
        .ensureReceipt(
            new ReceiptActivities.EnsureReceipt(
                call, evidence, receipt, WorkLists.heads(cluster, site)))
        .inWords();
  }

  private static List<WantedPoint> ofHost(HostWork work, List<WantedPoint> wanted) {
    List<WantedPoint> here = new ArrayList<>();
    for (Instance instance : work.instances()) {
      wanted.stream().filter(w -> w.owner().equals(instance.id())).forEach(here::add);
    }
    return here;
  }

  private static List<Instance> instances(List<Primary> primaries) {
    return primaries.stream().map(Primary::instance).toList();
  }

  private String queue() {
    return ActivityPolicies.queueOf(site);
  }

  private DatabaseActivities databases(ActivityPolicies policy, String summary) {
    return Workflow.newActivityStub(DatabaseActivities.class, policy.options(queue(), summary));
  }

  private ManifestActivities manifests(ActivityPolicies policy, String summary) {
    return Workflow.newActivityStub(ManifestActivities.class, policy.options(queue(), summary));
  }

  /** The evidence with the positions of the WAL switch. */
  static List<ContentEvidence> withSwitches(List<ContentEvidence> contents, WalSwitched switched) {
    List<ContentEvidence> filled = new ArrayList<>();
    for (ContentEvidence content : contents) {
      filled.add(
          switched.switched().stream()
              .filter(s -> s.instance().equals(content.owner().instance()))
              .findFirst()
              .map(s -> content.withSwitch(s.lsn()))
              .orElse(content));
    }
    return filled;
  }
}
