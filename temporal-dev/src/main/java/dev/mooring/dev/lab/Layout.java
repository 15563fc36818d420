package dev.mooring.dev.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The place of everything in a lab: a function of its plan, its directory and its network, so that
 * a half-created lab is found again in full.
 *
 * @param plan its plan
 * @param directory its directory
 * @param network the first three numbers of its addresses, such as 198.19.12
 */
record Layout(LabPlan plan, Path directory, String network) {
  static final String EAST = "east";
  static final String WEST = "west";
  static final String FRONT = "front";
  static final String STORE = "store";
  static final String MIRROR = "-mirror";

  private static final int FIRST_SSH_PORT = 2200;
  private static final int FIRST_DATABASE_PORT = 6000;
  private static final int FIRST_ADDRESS = 10;
  private static final int WEST_OFFSET = 100;
  private static final int FRONT_OFFSET = 200;
  private static final int STORE_OFFSET = 220;
  private static final int MIRROR_PORTS = 200;

  List<LabHost> hosts() {
    if (plan.streaming().isPresent()) {
      return Stream.of(
              instances().stream().map(LabInstance::host),
              frontHost().stream(),
              storeHost().stream())
          .flatMap(hosts -> hosts)
          .toList();
    }
    return Stream.of(EAST, WEST)
        .flatMap(site -> IntStream.range(0, hostsPerSite()).mapToObj(i -> host(site, i)))
        .toList();
  }

  /** All instances of both sites; if they stream, the first primary and then its standbys. */
  List<LabInstance> instances() {
    return plan.streaming()
        .map(streaming -> IntStream.rangeClosed(0, streaming.standbys()).mapToObj(this::streaming))
        .orElseGet(
            () ->
                Stream.of(EAST, WEST)
                    .flatMap(
                        site -> plan.contentIds().mapToObj(content -> instance(site, content))))
        .toList();
  }

  /** The standbys as the lab makes them. */
  List<LabInstance> standbys() {
    return plan.streaming().isPresent() ? instances().subList(1, instances().size()) : List.of();
  }

  /** Whether an instance's configuration lies outside its data directory. */
  boolean configuredOutside(LabInstance instance) {
    return plan.streaming().filter(s -> s.outside().contains(instance.id())).isPresent();
  }

  /** The upstream of a standby that does not follow the first primary, or empty. */
  String upstreamOf(LabInstance instance) {
    return plan.streaming()
        .map(streaming -> streaming.follows().getOrDefault(instance.id(), ""))
        .orElse("");
  }

  /** The host of PgBouncer and HAProxy, if the lab has them. */
  Optional<LabHost> frontHost() {
    return plan.streaming()
        .filter(streaming -> !streaming.fronts().isEmpty())
        .map(streaming -> host(FRONT, 0));
  }

  /** Whether Patroni runs the instances. */
  boolean byPatroni() {
    return plan.streaming().filter(s -> s.run() == LabPlan.Streaming.RunBy.PATRONI).isPresent();
  }

  /** The host of etcd, if Patroni runs. */
  Optional<LabHost> storeHost() {
    return byPatroni() ? Optional.of(host(STORE, 0)) : Optional.empty();
  }

  private LabInstance streaming(int number) {
    String site = number % 2 == 0 ? EAST : WEST;
    LabHost host = host(site, number / 2);
    String id = site + "-" + number / 2;
    int port = FIRST_DATABASE_PORT + offset(site) + number / 2;
    return new LabInstance(id, site, 0, host, port, host.data().resolve(id));
  }

  LabInstance instance(String site, int content) {
    String id = site + "-" + (content < 0 ? "c" : content);
    LabHost host = host(site, place(content) / plan.size().instancesPerHost());
    int port = FIRST_DATABASE_PORT + offset(site) + place(content);
    return new LabInstance(id, site, content, host, port, host.data().resolve(id));
  }

  private int place(int content) {
    return content - plan.contentIds().findFirst().orElseThrow();
  }

  /**
   * The mirrors of a Greenplum's segments and then its standby coordinator, each on another host
   * than its primary if it can be.
   */
  List<LabInstance> mirrors() {
    return GreenplumLike.is(this)
        ? IntStream.concat(plan.contentIds().filter(content -> content >= 0), IntStream.of(-1))
            .mapToObj(this::mirror)
            .toList()
        : List.of();
  }

  private LabInstance mirror(int content) {
    LabInstance primary = instance(EAST, content);
    String id = primary.id() + MIRROR;
    int next = (place(content) / plan.size().instancesPerHost() + 1) % hostsPerSite();
    LabHost host = host(EAST, next);
    return new LabInstance(
        id, EAST, content, host, primary.port() + MIRROR_PORTS, host.data().resolve(id));
  }

  LabHost host(String site, int index) {
    String name = site.charAt(0) + Integer.toString(index);
    int number = offset(site) + index;
    return new LabHost(
        name,
        site,
        network + "." + (FIRST_ADDRESS + number),
        FIRST_SSH_PORT + number,
        hostsDirectory().resolve(name));
  }

  private int hostsPerSite() {
    int perHost = plan.size().instancesPerHost();
    return ((int) plan.contentIds().count() + perHost - 1) / perHost;
  }

  private static int offset(String site) {
    return switch (site) {
      case WEST -> WEST_OFFSET;
      case FRONT -> FRONT_OFFSET;
      case STORE -> STORE_OFFSET;
      default -> 0;
    };
  }

  Path hostsDirectory() {
    return directory.resolve("hosts");
  }

  /** The worker's files: cluster file, keys, known hosts, password file. No host has them. */
  Path config() {
    return directory.resolve("config");
  }

  Path clusterFile() {
    return config().resolve(plan.name() + ".yaml");
  }

  Path archives() {
    return directory.resolve("archive");
  }

  Path archive(int content) {
    return archives().resolve(Integer.toString(content));
  }

  Path evidence() {
    return directory.resolve("evidence");
  }

  /** Every data directory a postmaster of this lab may work in. */
  List<Path> dataDirectories() {
    return Stream.concat(instances().stream(), mirrors().stream())
        .flatMap(i -> Stream.of(i.dataDirectory(), i.host().copies().resolve(i.id())))
        .toList();
  }

  /** The script that archives one WAL file, on every host. */
  Path archiveScript() {
    return directory.resolve("bin").resolve("archive-wal");
  }

  /** The script by which the copies of the west restore one WAL file, on every host. */
  Path restoreScript() {
    return directory.resolve("bin").resolve("restore-wal");
  }

  /** Records of the processes that the lab itself started. */
  Path processes() {
    return directory.resolve("processes");
  }

  /** The place of a host's directory while its namespace is created. */
  Path stage() {
    return directory.resolve("stage");
  }

  /** The file that a shell reads to work on this lab. */
  Path environmentFile() {
    return directory.resolve("env");
  }

  Path load() {
    return directory.resolve("load");
  }

  Path snapshot() {
    return directory.resolve("snapshot");
  }

  /** WAL files taken out of the archive on purpose. */
  Path hidden() {
    return directory.resolve("hidden");
  }
}
