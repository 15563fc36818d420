package dev.mooring.dev.lab;

import dev.mooring.topology.ClusterKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The plan of a lab: one cluster at two sites, east in use and west a copy of it, or a cluster with
 * standbys that stream.
 *
 * @param name of the lab, and of its cluster
 * @param kind its kind in the cluster file
 * @param size its size
 * @param westConsumes when the west consumes what the east publishes
 * @param streaming its standbys; absent: the west is a stopped copy of the east
 * @param directory its directory; absent: beside the other labs of this account
 */
public record LabPlan(
    String name,
    ClusterKind kind,
    Size size,
    Consumes westConsumes,
    Optional<Streaming> streaming,
    Optional<Path> directory) {
  private static final int MOST_CONTENTS = 64;
  private static final int LARGEST_WAL_FILE = 64;
  private static final int MOST_STANDBYS = 8;

  public LabPlan {
    if (!name.matches("[a-z0-9][a-z0-9_-]{0,30}")) {
      throw new IllegalArgumentException(
          "lab name must be 1 to 31 of a-z 0-9 _ - and begin with a letter or digit, got '"
              + name
              + "'");
    }
    if (kind == ClusterKind.POSTGRES && size.contents != 1) {
      throw new IllegalArgumentException(
          "a postgres cluster has 1 content, the plan says " + size.contents);
    }
  }

  /**
   * The standbys of a cluster that streams: the first at west, the next at east, and so on.
   *
   * @param standbys how many
   * @param set whether they exist and stream; else their hosts are empty, to be set up
   * @param fronts the endpoints of clients, on a host of its own
   * @param follows the upstream of standbys that don't stream from the first primary, or {@code
   *     archive} for a standby that replays from the archive alone
   * @param outside instances whose configuration is outside their data directory, as Debian's
   *     pg_createcluster has it
   * @param run what starts and stops the servers, and knows the primary
   */
  public record Streaming(
      int standbys,
      Set set,
      List<Front> fronts,
      Map<String, String> follows,
      List<String> outside,
      RunBy run) {
    public Streaming {
      if (run == RunBy.PATRONI && !(follows.isEmpty() && outside.isEmpty() && set == Set.UP)) {
        throw new IllegalArgumentException(
            "Patroni makes the standbys itself: none with a configuration elsewhere, none that"
                + " follows another, none left out");
      }
      Size.require("standbys", standbys, 1, MOST_STANDBYS);
      fronts = List.copyOf(fronts);
      follows = Map.copyOf(follows);
      outside = List.copyOf(outside);
    }

    /** The manager of the instances. */
    public enum RunBy {
      PERSON,
      PATRONI
    }

    /** How far replication is set up when the lab is up. */
    public enum Set {
      UP,
      NOT_UP
    }
  }

  /** An endpoint between clients and instances. */
  public enum Front {
    PGBOUNCER,
    HAPROXY
  }

  /** When the west consumes. */
  public enum Consumes {
    MANUAL,
    ON_PUBLISH
  }

  /**
   * The size of a lab.
   *
   * @param contents instances per site; of a Greenplum segments, the coordinator comes on top
   * @param instancesPerHost how many of a site's instances share a host
   * @param walFileMegabytes size of one WAL file
   */
  public record Size(int contents, int instancesPerHost, int walFileMegabytes) {
    public Size {
      require("contents", contents, 1, MOST_CONTENTS);
      require("instances per host", instancesPerHost, 1, MOST_CONTENTS);
      require("WAL file size in MB", walFileMegabytes, 1, LARGEST_WAL_FILE);
      if (Integer.bitCount(walFileMegabytes) != 1) {
        throw new IllegalArgumentException(
            "WAL file size in MB must be a power of two, got " + walFileMegabytes);
      }
    }

    private static void require(String what, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s must be %d to %d, got %d".formatted(what, least, most, value));
      }
    }
  }

  /** The content ids of each site: of a Greenplum the coordinator's, -1, and its segments'. */
  IntStream contentIds() {
    return IntStream.range(kind == ClusterKind.GREENPLUM ? -1 : 0, size.contents);
  }

  /** A coordinator and so many segments, which answer as a Greenplum does. */
  public static LabPlan greenplumLike(int segments) {
    return parked("dock", ClusterKind.GREENPLUM, segments);
  }

  /** Independent instances moored together, each on a host of its own. */
  public static LabPlan fleet(int contents) {
    return parked("harbour", ClusterKind.FLEET, contents);
  }

  /** One primary and its copy. */
  public static LabPlan postgres() {
    return parked("quay", ClusterKind.POSTGRES, 1);
  }

  /** One primary and standbys that stream from it. */
  public static LabPlan streaming(int standbys) {
    return new LabPlan(
        "strait",
        ClusterKind.POSTGRES,
        new Size(1, 1, 16),
        Consumes.MANUAL,
        Optional.of(
            new Streaming(
                standbys,
                Streaming.Set.UP,
                List.of(),
                Map.of(),
                List.of(),
                Streaming.RunBy.PERSON)),
        Optional.empty());
  }

  private static LabPlan parked(String name, ClusterKind kind, int contents) {
    return new LabPlan(
        name, kind, new Size(contents, 1, 16), Consumes.MANUAL, Optional.empty(), Optional.empty());
  }

  /** The same with empty hosts for the standbys. */
  public LabPlan withoutReplication() {
    Streaming now = streaming.orElseThrow();
    return streaming(
        new Streaming(
            now.standbys, Streaming.Set.NOT_UP, now.fronts, now.follows, now.outside, now.run));
  }

  /** The same with these endpoints before the instances. */
  public LabPlan behind(Front... fronts) {
    Streaming now = streaming.orElseThrow();
    return streaming(
        new Streaming(now.standbys, now.set, List.of(fronts), now.follows, now.outside, now.run));
  }

  /** The same with a standby that streams from another one, or replays from the archive alone. */
  public LabPlan following(String standby, String upstream) {
    Streaming now = streaming.orElseThrow();
    Map<String, String> follows = new TreeMap<>(now.follows);
    follows.put(standby, upstream);
    return streaming(
        new Streaming(now.standbys, now.set, now.fronts, follows, now.outside, now.run));
  }

  /** The same with instances whose configuration is outside their data directory. */
  public LabPlan configuredOutside(String... instances) {
    Streaming now = streaming.orElseThrow();
    return streaming(
        new Streaming(now.standbys, now.set, now.fronts, now.follows, List.of(instances), now.run));
  }

  /** The same, its instances run by Patroni. */
  public LabPlan byPatroni() {
    Streaming now = streaming.orElseThrow();
    return streaming(
        new Streaming(
            now.standbys, now.set, now.fronts, now.follows, now.outside, Streaming.RunBy.PATRONI));
  }

  private LabPlan streaming(Streaming other) {
    return new LabPlan(name, kind, size, westConsumes, Optional.of(other), directory);
  }

  public LabPlan named(String newName) {
    return new LabPlan(newName, kind, size, westConsumes, streaming, directory);
  }

  public LabPlan in(Path newDirectory) {
    return new LabPlan(name, kind, size, westConsumes, streaming, Optional.of(newDirectory));
  }

  public LabPlan withInstancesPerHost(int count) {
    return sized(new Size(size.contents, count, size.walFileMegabytes));
  }

  public LabPlan withWalFileMegabytes(int megabytes) {
    return sized(new Size(size.contents, size.instancesPerHost, megabytes));
  }

  public LabPlan withWestConsuming(Consumes when) {
    return new LabPlan(name, kind, size, when, streaming, directory);
  }

  private LabPlan sized(Size newSize) {
    return new LabPlan(name, kind, newSize, westConsumes, streaming, directory);
  }
}
