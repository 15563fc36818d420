package dev.mooring.activities.clusterfile;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.port.ClusterEntries;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of cluster files that a worker read, the newest 30 of each cluster: what a run began
 * with stays valid for it after the file was replaced. They are in {@code CLUSTER/TIME-DIGEST.yaml}
 * of a directory, with the time at which each was first read, and outlast the worker. Where that
 * directory can't be read or written they end with the worker, which says so once.
 */
public final class KeptClusterFiles {
  private static final Logger log = LoggerFactory.getLogger(KeptClusterFiles.class);
  private static final String ENDING = ".yaml";
  private static final int AT_MOST = 30;

  /**
   * By so much the clocks of this machine and of the Temporal service may differ; as long after a
   * change, the file may be half of what is being copied, or another one at another worker.
   */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  /**
   * @param from when it was first read
   */
  private record Version(Instant from, String digest, String text) {
    String file() {
      return from + "-" + digest + ENDING;
    }
  }

  private final Optional<Path> directory;
  private final Clock clock;
  private final Map<ClusterName, List<Version>> known = new HashMap<>();
  private final Map<Version, Optional<ClusterEntries>> parsed = new ConcurrentHashMap<>();
  private boolean warned;

  /**
   * @param directory where they are kept; without one, in memory alone
   */
  public KeptClusterFiles(Optional<Path> directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /** Keeps what was just read, if it is another version than the one read before it. */
  synchronized void saw(Cluster cluster, String text) {
    List<Version> versions = versions(cluster.name());
    if (!versions.isEmpty() && versions.get(0).digest().equals(cluster.digest())) {
      return;
    }
    Version now = new Version(clock.instant(), cluster.digest(), text);
    versions.add(0, now);
    directory.ifPresent(in -> write(in.resolve(cluster.name().value()), now));
    while (versions.size() > AT_MOST) {
      Version oldest = versions.remove(versions.size() - 1);
      parsed.remove(oldest);
      directory.ifPresent(in -> remove(in.resolve(cluster.name().value()), oldest));
    }
  }

  /** Those that a run that began then may have read, the newest first. */
  List<ClusterEntries> since(ClusterName cluster, Instant began) {
    List<ClusterEntries> since = new ArrayList<>();
    for (Version version : copy(cluster)) {
      parsed(cluster, version).ifPresent(since::add);
      if (!version.from().isAfter(began.minus(CLOCKS))) {
        break;
      }
    }
    return since;
  }

  /** The one that was read last. */
  Optional<ClusterEntries> newest(ClusterName cluster) {
    return copy(cluster).stream().findFirst().flatMap(version -> parsed(cluster, version));
  }

  /**
   * Whether what a run that began then read is known here: not to a newer worker, and to none while
   * the file is changed.
   */
  boolean reaches(ClusterName cluster, Instant began) {
    List<Version> versions = copy(cluster);
    return versions.stream().anyMatch(version -> !version.from().isAfter(began.plus(CLOCKS)))
        && !versions.get(0).from().isAfter(clock.instant().minus(CLOCKS));
  }

  private synchronized List<Version> copy(ClusterName cluster) {
    return List.copyOf(versions(cluster));
  }

  /** Once, and not under the lock; one that an older build wrote may be none any more. */
  private Optional<ClusterEntries> parsed(ClusterName cluster, Version version) {
    return parsed.computeIfAbsent(
        version,
        one ->
            ClusterFileParser.parse(one.text(), cluster)
                .match(
                    read -> Optional.of(ClusterEntries.of(read)),
                    problems -> {
                      log.warn("kept version {} of {}: {}", one.digest(), cluster, problems);
                      return Optional.empty();
                    }));
  }

  private List<Version> versions(ClusterName cluster) {
    return known.computeIfAbsent(
        cluster,
        name -> directory.map(in -> read(in.resolve(name.value()))).orElseGet(ArrayList::new));
  }

  private List<Version> read(Path of) {
    List<Version> versions = new ArrayList<>();
    if (!Files.isDirectory(of)) {
      return versions;
    }
    try (Stream<Path> files = Files.list(of)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        int digest = name.indexOf("Z-") + 1;
        if (digest > 0 && name.endsWith(ENDING)) {
          versions.add(
              new Version(
                  Instant.parse(name.substring(0, digest)),
                  name.substring(digest + 1, name.length() - ENDING.length()),
                  Files.readString(file)));
        }
      }
    } catch (IOException | DateTimeParseException unreadable) {
      warn(of, unreadable);
    }
    versions.sort(Comparator.comparing(Version::from).reversed());
    return versions;
  }

  private void write(Path of, Version version) {
    try {
      Files.createDirectories(of);
      Path begun = Files.createTempFile(of, ".", "");
      Files.setPosixFilePermissions(begun, PosixFilePermissions.fromString("rw-------"));
      Files.writeString(begun, version.text());
      Files.move(begun, of.resolve(version.file()), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException unwritable) {
      warn(of, unwritable);
    }
  }

  private void remove(Path of, Version version) {
    try {
      Files.deleteIfExists(of.resolve(version.file()));
    } catch (IOException unwritable) {
      warn(of, unwritable);
    }
  }

  private void warn(Path of, Exception why) {
    if (!warned) {
      warned = true;
      log.warn(
          "versions of the cluster file are not kept in {}: {}. If the file changes and this worker"
              + " is restarted, it refuses runs that began before. HINT: make {} writable for the"
              + " worker's account, or name another directory in MOORING_STATE_DIR",
          of,
          why.toString(),
          of.getParent());
    }
  }
}
