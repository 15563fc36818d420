package dev.mooring.dev.lab;

import dev.mooring.topology.ClusterKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a lab is to be: one cluster at two sites, east in use and west a copy of it.
 *
 * @param name of the lab, and of its cluster
 * @param kind what the cluster file calls it
 * @param size how much of everything
 * @param westConsumes when the west consumes what the east publishes
 * @param directory where it is made; absent: beside the other labs of this account
 */
public record LabPlan(
    String name, ClusterKind kind, Size size, Consumes westConsumes, Optional<Path> directory) {
  private static final int MOST_CONTENTS = 64;
  private static final int LARGEST_WAL_FILE = 64;

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

  /** When the west consumes. */
  public enum Consumes {
    MANUAL,
    ON_PUBLISH
  }

  /**
   * How much of everything.
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
    return new LabPlan(
        "dock",
        ClusterKind.GREENPLUM,
        new Size(segments, 1, 16),
        Consumes.MANUAL,
        Optional.empty());
  }

  /** Independent instances moored together, each on a host of its own. */
  public static LabPlan fleet(int contents) {
    return new LabPlan(
        "harbour", ClusterKind.FLEET, new Size(contents, 1, 16), Consumes.MANUAL, Optional.empty());
  }

  /** One primary and its copy. */
  public static LabPlan postgres() {
    return new LabPlan(
        "quay", ClusterKind.POSTGRES, new Size(1, 1, 16), Consumes.MANUAL, Optional.empty());
  }

  public LabPlan named(String newName) {
    return new LabPlan(newName, kind, size, westConsumes, directory);
  }

  public LabPlan in(Path newDirectory) {
    return new LabPlan(name, kind, size, westConsumes, Optional.of(newDirectory));
  }

  public LabPlan withInstancesPerHost(int count) {
    return sized(new Size(size.contents, count, size.walFileMegabytes));
  }

  public LabPlan withWalFileMegabytes(int megabytes) {
    return sized(new Size(size.contents, size.instancesPerHost, megabytes));
  }

  public LabPlan withWestConsuming(Consumes when) {
    return new LabPlan(name, kind, size, when, directory);
  }

  private LabPlan sized(Size newSize) {
    return new LabPlan(name, kind, newSize, westConsumes, directory);
  }
}
