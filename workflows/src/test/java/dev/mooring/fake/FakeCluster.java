package dev.mooring.fake;

import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceActivities.InstanceArchiving;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * A cluster in memory behind every port: primaries that write WAL, an archive per content, copies
 * at the consuming site that replay it as PostgreSQL does, hosts that compare tokens, a store of
 * real documents. It passes the same contracts as the adapters that reach real servers.
 */
public final class FakeCluster {
  private final Cluster cluster;
  private final FakeClock clock = new FakeClock();
  private final FakeStore store = new FakeStore();
  private final FakeRuns runs = new FakeRuns();
  private final FakeFiles files;
  private final FakeMembers members;
  private final FakeEndpoints endpoints;
  private final FakeDirectories directories = new FakeDirectories();
  private final FakeForeign foreign = new FakeForeign();
  private final SortedMap<InstanceId, FakePrimary> primaries = new TreeMap<>();
  private final SortedMap<InstanceId, FakeStandby> standbys = new TreeMap<>();
  private final Map<InstanceId, InstanceArchiving> mirrors = new TreeMap<>();
  private final SortedMap<ContentId, FakeArchive> archives = new TreeMap<>();
  private final SortedMap<HostName, FakeHost> hosts = new TreeMap<>();
  private final List<Deed> deeds = new ArrayList<>();
  private List<DatabaseActivities.Right> rights = List.of(DatabaseActivities.Right.values());
  private List<Integer> torn = List.of();
  private List<ContentId> withheld = List.of();
  private int stuck;
  private List<ContentId> garbled = List.of();
  private IntSupplier attempt = () -> 1;
  private Function<Duration, Runnable> elapsing = time -> () -> {};

  /** That cluster, its consuming site made of base backups that were never started. */
  public FakeCluster(Cluster cluster) {
    this.cluster = cluster;
    this.files = new FakeFiles(cluster);
    SiteName publisher = cluster.policies().publish().site();
    cluster.hosts().stream().map(Host::name).forEach(name -> hosts.put(name, new FakeHost(name)));
    for (Instance instance :
        cluster.instancesAt(publisher).stream().filter(i -> !i.mirror() && !isBeside(i)).toList()) {
      FakeArchive archive = new FakeArchive();
      archives.put(instance.content(), archive);
      PrimaryWal wal = new PrimaryWal(Harbour.systemOf(instance.content()), Harbour.WAL_SIZE);
      wal.write(1000L * (instance.content().value() + 1), clock.read());
      wal.checkpoint(clock.read());
      primaries.put(instance.id(), new FakePrimary(instance, wal, archive, clock));
    }
    cluster.instances().stream()
        .filter(instance -> instance.mirror() || !instance.site().equals(publisher))
        .filter(instance -> !cluster.members().contains(instance))
        .forEach(this::backUp);
    members = new FakeMembers(cluster);
    endpoints = endpoints(cluster);
    writeEverywhere(5000);
  }

  private FakeEndpoints endpoints(Cluster of) {
    return of.streaming()
        .map(
            streaming ->
                new FakeEndpoints(
                    this, streaming.endpoints(), new InstanceId(members.writers().get(0))))
        .orElseGet(() -> new FakeEndpoints(this, List.of(), new InstanceId("none")));
  }

  /** A member that follows the first one of its site. */
  private boolean isBeside(Instance instance) {
    return cluster.members().contains(instance)
        && !cluster.instancesAt(instance.site()).get(0).equals(instance);
  }

  private void backUp(Instance instance) {
    FakePrimary primary = primaryOf(instance.content().value());
    FakeArchive archive = archive(instance.content());
    standbys.put(instance.id(), new FakeStandby(instance, primary.wal(), archive, clock));
  }

  /** The cluster as its file describes it. */
  public Cluster cluster() {
    return cluster;
  }

  // ---- the ports

  public InstanceActivities instances() {
    return new FakeInstances(this);
  }

  public RoleActivities roles() {
    return new FakeRoles(this);
  }

  public FailoverActivities failovers() {
    return new FakeFailovers(this);
  }

  public FakeReplication replication() {
    return new FakeReplication(this);
  }

  public FakeDirectories directories() {
    return directories;
  }

  public FakeEndpoints endpoints() {
    return endpoints;
  }

  /** The members of a cluster that streams. */
  public FakeMembers members() {
    return members;
  }

  public DatabaseActivities databases() {
    return databases;
  }

  public ArchiveActivities archives() {
    return new FakeArchives(this);
  }

  public ManifestActivities manifests() {
    return new FakeManifests(this, store, foreign);
  }

  /** What whpg_dr_sync wrote, elsewhere than in the store. */
  public FakeForeign foreign() {
    return foreign;
  }

  public ReceiptActivities receipts() {
    return new FakeReceipts(this, store);
  }

  public EvidenceActivities evidence() {
    return new FakeEvidence(this, store);
  }

  public FakeRuns runs() {
    return runs;
  }

  /** The cluster file, as each site has it. */
  public ClusterActivities files() {
    return files;
  }

  FakeFiles clusterFiles() {
    return files;
  }

  private final DatabaseActivities databases = new FakeDatabases(this);
  private final Map<InstanceId, Integer> silent = new HashMap<>();
  private final Map<InstanceId, Integer> asked = new HashMap<>();

  // ---- how it is driven

  /** The number of the attempt that calls, for the hosts' tokens. */
  public void attemptsBy(IntSupplier number) {
    attempt = number;
  }

  /** What makes, in the thread of an activity, that which lets time pass for it. */
  public void elapsesBy(Function<Duration, Runnable> how) {
    elapsing = how;
  }

  int attempt() {
    return attempt.getAsInt();
  }

  /** Another cluster file at every site, with another time limit of a consume. */
  public void clusterFileChanges() {
    files.become(
        new Cluster(
            cluster.name(),
            cluster.kind(),
            cluster.digest() + " changed",
            cluster.sites(),
            cluster.hosts(),
            cluster.instances(),
            Altered.of(
                cluster.policies(),
                "consume.poll",
                cluster.policies().consume().poll().plusSeconds(1))));
  }

  /** Another cluster file of that cluster at every site. */
  public void clusterFileBecomes(Cluster other) {
    files.become(other);
  }

  /** Lets time pass. One who holds the members meanwhile lets others have them. */
  void elapse(Duration time) {
    clock.elapse(time);
    members.meanwhile(elapsing.apply(time));
  }

  FakeClock clock() {
    return clock;
  }

  FakeHost host(HostName name) {
    return present(hosts.get(name), name);
  }

  /** A drill archived the history of the second timeline where that member archives. */
  public synchronized void archiveForeignHistory(String id) {
    archive(members.member(new InstanceId(id)).instance().content()).putForeignHistory();
  }

  FakeArchive archive(ContentId content) {
    return present(archives.get(content), content);
  }

  FakeStandby standby(InstanceId id) {
    return present(standbys.get(id), id);
  }

  Optional<FakePrimary> findPrimary(InstanceId id) {
    return Optional.ofNullable(primaries.get(id));
  }

  FakePrimary primaryOf(int content) {
    return primaries.values().stream()
        .filter(primary -> primary.instance().content().value() == content)
        .findFirst()
        .orElseThrow();
  }

  FakeStore store() {
    return store;
  }

  private static <T> T present(@org.jspecify.annotations.Nullable T found, Object name) {
    if (found == null) {
      throw new IllegalArgumentException("there is no " + name);
    }
    return found;
  }

  /** What an instance of the consuming site answers, if it is read there or somebody opened it. */
  Optional<ServerObserved> answeringStandby(InstanceId id) {
    int times = asked(id) + 1;
    asked.put(id, times);
    return times <= silent.getOrDefault(id, 0)
        ? Optional.empty()
        : Optional.ofNullable(standbys.get(id)).flatMap(StandbyOverSql::observed);
  }

  /** From now on that instance does not answer over SQL so many times, as if nothing were free. */
  public synchronized void silence(InstanceId id, int looks) {
    asked.clear();
    silent.put(id, looks);
  }

  /** How often the server of an instance of the consuming site was asked since. */
  public synchronized int asked(InstanceId id) {
    return asked.getOrDefault(id, 0);
  }

  /** What the role of the runbooks may do on every server. */
  List<DatabaseActivities.Right> rights() {
    return rights;
  }

  void rights(List<DatabaseActivities.Right> held) {
    rights = List.copyOf(held);
  }

  void archiveEverywhere() {
    primaries.values().forEach(FakePrimary::archiveWhatIsComplete);
  }

  void did(Deed deed) {
    deeds.add(deed);
  }

  // ---- what tests read and do

  /** Of several evidence stores that of this place does not answer from now on. */
  public synchronized void storeIsOut(String place) {
    store().out(place);
  }

  /** What faults and people do to it. */
  public FakeTrouble trouble() {
    return new FakeTrouble(this);
  }

  /** A Greenplum's mirror, or standby coordinator, takes its content over from its dead primary. */
  public synchronized void takeOver(String mirror) {
    Instance instance = Harbour.instance(cluster, mirror);
    FakePrimary before = primaryOf(instance.content().value());
    primaries.remove(before.instance().id());
    before.failedOver();
    FakeArchive archive = archive(instance.content());
    primaries.put(instance.id(), new FakePrimary(instance, before.wal(), archive, clock));
  }

  /** A mirror is promoted, and its primary accepts writes still. */
  public synchronized void takeWritesBeside(String mirror) {
    Instance instance = Harbour.instance(cluster, mirror);
    FakePrimary before = primaryOf(instance.content().value());
    FakeArchive archive = archive(instance.content());
    primaries.put(instance.id(), new FakePrimary(instance, before.wal(), archive, clock));
  }

  /** A mirror's settings are other ones than its primary's. */
  public synchronized void mirrorArchives(String mirror, String mode, String command) {
    InstanceId id = Harbour.instance(cluster, mirror).id();
    mirrors.put(id, new InstanceArchiving(id, mode, command, "", "replica"));
  }

  InstanceArchiving archiving(Instance instance) {
    Archiving primarys = primaryOf(instance.content().value()).observed().archiving();
    return mirrors.getOrDefault(
        instance.id(),
        new InstanceArchiving(
            instance.id(),
            primarys.archiveMode(),
            primarys.archiveCommand(),
            primarys.archiveLibrary(),
            primarys.walLevel()));
  }

  /** How the instances of the consuming site stand. */
  public Copies copies() {
    return new Copies(this);
  }

  /** Every start and every advance, in their order. */
  public synchronized List<String> story() {
    return deeds.stream()
        .filter(deed -> !(deed instanceof Deed.Configured))
        .map(Object::toString)
        .toList();
  }

  /** Everything runs did, in order. */
  synchronized List<Deed> deeds() {
    return List.copyOf(deeds);
  }

  /** What is so, whatever the ports say. */
  public Truth truth() {
    return new Truth(this);
  }

  /** Writes that many bytes on every content. */
  public synchronized void writeEverywhere(long bytes) {
    primaries.values().forEach(primary -> primary.wal().write(bytes, clock.read()));
    archiveEverywhere();
  }

  /** From now on that one of a publish's points, counted from 2, can't be made. */
  public synchronized void sticksAt(int point) {
    stuck = point;
  }

  boolean isStuck(int point) {
    return stuck == point;
  }

  /** From now on these of a publish's points are torn, counted from 1; the others are whole. */
  public synchronized void tears(Integer... points) {
    torn = List.of(points);
  }

  /** From now on no transaction can be decoded from that content's archived WAL. */
  public synchronized void garbles(int content) {
    garbled = List.of(new ContentId(content));
  }

  /** From now on files of that content that show whether a point is torn do not come. */
  public synchronized void withholds(int content) {
    withheld = List.of(new ContentId(content));
  }

  boolean isWithheld(ContentId content) {
    return withheld.contains(content);
  }

  boolean isTorn(int point) {
    return torn.contains(point);
  }

  boolean isGarbled(ContentId content) {
    return garbled.contains(content);
  }

  /** The synchronous standby of a primary is cut off from it: its commits wait from now on. */
  public synchronized void cutOffStandbyOf(int content) {
    primaryOf(content).cutOffStandby();
  }

  /** Somebody sets synchronous_standby_names of a primary, whose standbys all answer. */
  public synchronized void standbyNamesOf(int content, String names) {
    primaryOf(content).standbyNames(names);
  }

  /** The READY manifest LATEST names, if any. */
  public synchronized Optional<Manifest> latest() {
    return store.latest().map(FakeStore::believed);
  }

  /** The pending manifest of a point, if any. */
  public synchronized Optional<Manifest> pending(RestorePointName name) {
    return store.pending(name).map(FakeStore::believed);
  }

  /** The READY manifest of a point, if any. */
  public synchronized Optional<Manifest> published(RestorePointName name) {
    return store.published(name).map(FakeStore::believed);
  }

  /** Whether any pending manifest is there. */
  public synchronized boolean anyPending() {
    return store.files().keySet().stream().anyMatch(path -> path.endsWith(".pending.json"));
  }

  /** Where a site stands by its own account. */
  public synchronized Optional<SiteState> state(SiteName site) {
    return store.state(site);
  }

  /** The last receipt. */
  public synchronized Receipt lastReceipt() {
    return store.lastReceipt();
  }
}
