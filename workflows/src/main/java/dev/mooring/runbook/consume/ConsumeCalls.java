package dev.mooring.runbook.consume;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentFloor;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestChoice;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ArchiveActivities.AwaitDecoded;
import dev.mooring.port.ArchiveActivities.AwaitScanned;
import dev.mooring.port.ArchiveActivities.ChainsObserved;
import dev.mooring.port.ArchiveActivities.ObserveChain;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedChain;
import dev.mooring.port.ArchiveActivities.WantedScan;
import dev.mooring.port.ArchiveActivities.WaysDecoded;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceActivities.AwaitParked;
import dev.mooring.port.InstanceActivities.EnsureReplaying;
import dev.mooring.port.InstanceActivities.EnsureStopped;
import dev.mooring.port.InstanceActivities.EnsureTarget;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.InstanceNeeds;
import dev.mooring.port.InstanceActivities.InstancesStopped;
import dev.mooring.port.InstanceActivities.LimitsObserved;
import dev.mooring.port.InstanceActivities.NeedsObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceActivities.ObserveNeeds;
import dev.mooring.port.InstanceActivities.ObserveParked;
import dev.mooring.port.InstanceActivities.ObserveReplay;
import dev.mooring.port.InstanceActivities.ParkedObserved;
import dev.mooring.port.InstanceActivities.ReplayAwaited;
import dev.mooring.port.InstanceActivities.ReplayObserved;
import dev.mooring.port.InstanceActivities.ReplayStarted;
import dev.mooring.port.InstanceActivities.TargetsReverted;
import dev.mooring.port.InstanceActivities.TargetsSet;
import dev.mooring.port.InstanceTarget;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ManifestActivities.FoundBad;
import dev.mooring.port.ManifestActivities.ManifestRead;
import dev.mooring.port.ManifestActivities.ReadFoundBad;
import dev.mooring.port.ManifestActivities.ReadManifest;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.ConsumerStarted;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.Site;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** The port calls of one DrConsume, with their queues, policies and summaries. */
final class ConsumeCalls {
  /** How long an archive that does not answer is asked again for the end of a base backup. */
  private static final Duration ARCHIVE_AWAY = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Site site;
  private final EvidencePolicy evidence;

  ConsumeCalls(Cluster cluster, Site site) {
    this.cluster = cluster;
    this.site = site;
    this.evidence = cluster.policies().evidence().at(site.name());
  }

  ParkMode parkMode() {
    return site.parkMode();
  }

  ReceiptActivities.Answer readState(Call call) {
    return receipts(ActivityPolicies.OBSERVE, "read where " + site.name() + " was moored")
        .readSiteState(
            new ReceiptActivities.ReadSiteState(call, evidence, cluster.name(), site.name()))
        .answer();
  }

  List<HostObserved> observe(Call call, List<Instance> instances) {
    return onHosts(
        instances,
        ActivityPolicies.OBSERVE,
        "look at",
        work -> new ObserveInstances(call, work, site.archive(), ARCHIVE_AWAY),
        port -> port::observeInstances);
  }

  ServersObserved observeServers(Call call, List<Instance> running) {
    return Workflow.newActivityStub(
            DatabaseActivities.class,
            ActivityPolicies.OBSERVE.options(
                queue(), "ask " + running.size() + " running instances where they are"))
        .observeServers(
            new OnServers(
                call, cluster.policies().database(), WorkLists.servers(cluster, running)));
  }

  List<ReplayObserved> observeReplay(Call call, List<Instance> silent) {
    return onHosts(
        silent,
        ActivityPolicies.OBSERVE,
        "read how far the instances without SQL have replayed on",
        work -> new ObserveReplay(call, work),
        port -> port::observeReplay);
  }

  ManifestRead readManifest(Call call, ManifestChoice choice, List<ContentFloor> floors) {
    return Workflow.newActivityStub(
            ManifestActivities.class,
            ActivityPolicies.OBSERVE.options(queue(), "find manifest " + choice.text()))
        .readManifest(new ReadManifest(call, evidence, cluster.name(), choice, floors));
  }

  /** Only points of our own end the search, so nothing is read beside those of another tool. */
  FoundBad readFoundBad(Call call) {
    return evidence.readsForeign()
        ? new FoundBad(List.of(), List.of())
        : Workflow.newActivityStub(
                ManifestActivities.class,
                ActivityPolicies.OBSERVE.options(queue(), "find the WAL files found bad before"))
            .readFoundBad(new ReadFoundBad(call, evidence, cluster.name()));
  }

  List<ChainsObserved> observeChain(Call call, List<Seen> seen, Manifest manifest) {
    return FanOut.onHosts(
        ArchiveActivities.class,
        WorkLists.byHost(cluster, seen.stream().map(Seen::instance).toList()),
        work ->
            ActivityPolicies.observeFiles(
                queue(), "WAL chain of " + work.inWords(), files(chains(work, seen, manifest))),
        work -> new ObserveChain(call, work, chains(work, seen, manifest)),
        port -> port::observeChain);
  }

  /** Decodes all WAL that the instances would replay. */
  List<WaysDecoded> awaitDecoded(Call call, List<Seen> seen, Manifest manifest) {
    Duration atMost = cluster.policies().consume().decodeWithin();
    return FanOut.onHosts(
        ArchiveActivities.class,
        WorkLists.byHost(cluster, seen.stream().map(Seen::instance).toList()),
        work -> ActivityPolicies.await(queue(), "decode the WAL of " + work.inWords(), atMost),
        work -> new AwaitDecoded(call, work, chains(work, seen, manifest), atMost),
        port -> port::awaitDecoded);
  }

  private static long files(List<WantedChain> chains) {
    return chains.stream()
        .mapToLong(
            chain ->
                chain
                    .target()
                    .walSegmentSize()
                    .filesBetween(chain.from().lsn(), chain.target().lsn()))
        .sum();
  }

  Verdict<List<WantedScan>> foreignScans(ForeignManifest reported, List<Seen> seen) {
    return ForeignPoint.scans(reported, seen, site);
  }

  Manifest foreignManifest(
      ForeignManifest reported,
      List<Seen> seen,
      List<WantedScan> scans,
      List<PointArchived> points) {
    return ForeignPoint.manifest(reported.restorePoint(), cluster, seen, scans, points);
  }

  /** Reads all WAL up to a point whose manifest has no seal; the limit is that of a replay. */
  List<PointsArchived> awaitScanned(Call call, List<Seen> seen, List<WantedScan> scans) {
    Duration atMost = cluster.policies().consume().atMost();
    return FanOut.onHosts(
        ArchiveActivities.class,
        WorkLists.byHost(cluster, seen.stream().map(Seen::instance).toList()),
        work -> ActivityPolicies.await(queue(), "scan the WAL of " + work.inWords(), atMost),
        work -> new AwaitScanned(call, work, scansOn(work, scans), atMost),
        port -> port::awaitScanned);
  }

  private static List<WantedScan> scansOn(HostWork work, List<WantedScan> scans) {
    return scans.stream()
        .filter(s -> work.instances().stream().anyMatch(i -> i.id().equals(s.way().instance())))
        .toList();
  }

  /** Asks only for instances whose primary needs anything on its host. */
  List<NeedsObserved> observeNeeds(Call call, List<Instance> instances, Manifest manifest) {
    return onHosts(
        instances.stream().filter(i -> !evidenceOf(manifest, i).needs().none()).toList(),
        ActivityPolicies.OBSERVE,
        "look for what production needs at",
        work -> new ObserveNeeds(call, work, needs(work, manifest)),
        port -> port::observeNeeds);
  }

  List<LimitsObserved> observeLimits(Call call, List<Instance> instances) {
    return onHosts(
        instances,
        ActivityPolicies.OBSERVE,
        "read the settings of",
        work -> new ObserveInstances(call, work),
        port -> port::observeLimits);
  }

  private static List<InstanceNeeds> needs(HostWork work, Manifest manifest) {
    return work.instances().stream()
        .map(i -> new InstanceNeeds(i.id(), evidenceOf(manifest, i).needs()))
        .toList();
  }

  private List<WantedChain> chains(HostWork work, List<Seen> seen, Manifest manifest) {
    List<WantedChain> chains = new ArrayList<>();
    for (Seen one : seen) {
      if (work.instances().contains(one.instance())) {
        ContentTarget target = evidenceOf(manifest, one.instance()).target();
        chains.add(
            new WantedChain(
                one.instance().id(),
                RecoveryFloors.replayStart(one),
                target,
                site.archive(),
                manifest.archivedOf(target.content())));
      }
    }
    return chains;
  }

  /**
   * Writes targets and restore gates.
   *
   * @param onFailure gets all failures so far, each time a host has answered
   */
  List<TargetsSet> setTargets(
      Call call, List<Instance> instances, Manifest manifest, Consumer<String> onFailure) {
    return FanOut.onHosts(
        InstanceActivities.class,
        WorkLists.byHost(cluster, instances),
        work -> ActivityPolicies.ENSURE.options(queue(), "write targets on " + work.inWords()),
        work -> new EnsureTarget(call, work, targets(work, manifest)),
        port -> port::ensureTarget,
        TargetsSet::failures,
        onFailure);
  }

  List<TargetsReverted> revertTargets(Call call, List<Instance> instances, Manifest manifest) {
    return onHosts(
        instances,
        ActivityPolicies.UNDO,
        "put back targets on",
        work -> new EnsureTarget(call, work, targets(work, manifest)),
        port -> port::revertTarget);
  }

  List<ReplayStarted> start(Call call, List<Instance> instances, Manifest manifest, int start) {
    return onHosts(
        instances,
        ActivityPolicies.ENSURE,
        "start",
        work -> new EnsureReplaying(call, work, targets(work, manifest), start),
        port -> port::ensureReplaying);
  }

  List<ReplayAwaited> await(
      Call call, List<Instance> instances, Manifest manifest, int start, Duration atMost) {
    return FanOut.onHosts(
        InstanceActivities.class,
        WorkLists.byHost(cluster, instances),
        work -> ActivityPolicies.await(queue(), "wait for " + work.inWords(), atMost),
        work -> new AwaitParked(call, work, targets(work, manifest), start, atMost),
        port -> port::awaitParked);
  }

  List<ParkedObserved> observeParked(
      Call call, List<Instance> instances, Manifest manifest, int start) {
    return onHosts(
        instances,
        ActivityPolicies.OBSERVE,
        "prove",
        work -> new ObserveParked(call, work, targets(work, manifest), start),
        port -> port::observeParked);
  }

  List<InstancesStopped> stop(Call call, List<Instance> instances) {
    return onHosts(
        instances,
        ActivityPolicies.UNDO,
        "stop",
        work -> new EnsureStopped(call, work),
        port -> port::ensureStopped);
  }

  ReceiptActivities.Written writeState(Call call, SiteState state) {
    return receipts(ActivityPolicies.ENSURE, site.name() + " is moored at " + state.restorePoint())
        .ensureSiteState(new ReceiptActivities.EnsureSiteState(call, evidence, state));
  }

  String writeReceipt(Call call, Receipt receipt) {
    return receipts(RunContext.receiptPolicy(receipt), "write the receipt")
        .ensureReceipt(
            new ReceiptActivities.EnsureReceipt(
                call, evidence, receipt, WorkLists.heads(cluster, site.name())))
        .inWords();
  }

  ConsumerStarted startNext(String publishedBy) {
    String id = RunIds.consume(cluster.name(), site.name()) + ":after-";
    WorkflowInfo me = Workflow.getInfo();
    return Workflow.newActivityStub(
            RunActivities.class,
            ActivityPolicies.ENSURE.options(queue(), "start the next DrConsume"))
        .ensureConsumer(
            new RunActivities.EnsureConsumer(
                cluster.name(), site.name(), id + me.getRunId(), publishedBy, me.getWorkflowId()));
  }

  private <A, R> List<R> onHosts(
      List<Instance> instances,
      ActivityPolicies policy,
      String verb,
      Function<HostWork, A> request,
      Function<InstanceActivities, Functions.Func1<A, R>> method) {
    Function<HostWork, ActivityOptions> options =
        work -> policy.options(queue(), verb + " " + work.inWords());
    return FanOut.onHosts(
        InstanceActivities.class, WorkLists.byHost(cluster, instances), options, request, method);
  }

  private List<InstanceTarget> targets(HostWork work, Manifest manifest) {
    return work.instances().stream()
        .map(
            instance ->
                new InstanceTarget(
                    instance.id(),
                    manifest.name(),
                    evidenceOf(manifest, instance).target(),
                    site.archive(),
                    site.parkMode()))
        .toList();
  }

  private static ContentEvidence evidenceOf(Manifest manifest, Instance instance) {
    return manifest.evidenceOf(instance.content()).orElseThrow();
  }

  private String queue() {
    return ActivityPolicies.queueOf(site.name());
  }

  private ReceiptActivities receipts(ActivityPolicies policy, String summary) {
    return Workflow.newActivityStub(ReceiptActivities.class, policy.options(queue(), summary));
  }
}
