package dev.mooring.activities.clusterfile;

import dev.mooring.activities.host.OwnVariables;
import dev.mooring.clusterfile.ClusterDigest;
import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.NearestName;
import dev.mooring.clusterfile.Problem;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.ClusterEntries;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster files of a configuration directory, one {@code <cluster>.yaml} each. Every call reads
 * the file again: a run records what it read, the next one reads what was changed.
 */
public final class ClusterFiles implements ClusterActivities {
  private static final String ENDING = ".yaml";
  private static final int SHOWN_IN_MESSAGE = 10;
  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(ClusterFiles.class);

  private final Path configDirectory;
  private final List<SiteName> sites;
  private final KeptClusterFiles kept;
  private final Map<ClusterName, Parsed> parsed = new ConcurrentHashMap<>();

  /** What tells one file from another under its name. */
  private record Stamp(FileTime modified, long size, String key) {}

  /**
   * @param stamp of the file; of one that is not there, or can't be read, there is none
   */
  private record Parsed(Optional<Stamp> stamp, ClusterEntries entries) {}

  /** The cluster files of a machine that serves no site. */
  public ClusterFiles(Path configDirectory) {
    this(configDirectory, List.of());
  }

  /**
   * @param sites the sites of the worker that uses them, for messages
   */
  public ClusterFiles(Path configDirectory, List<SiteName> sites) {
    this(configDirectory, sites, new KeptClusterFiles(Optional.empty(), Clock.systemUTC()));
  }

  /**
   * @param kept what each version that is read is added to
   */
  public ClusterFiles(Path configDirectory, List<SiteName> sites, KeptClusterFiles kept) {
    this.configDirectory = configDirectory;
    this.sites = List.copyOf(sites);
    this.kept = kept;
    OwnVariables.namedIn(configDirectory);
  }

  @Override
  public Cluster readCluster(ReadCluster request) {
    return read(request.cluster());
  }

  @Override
  public ClusterFileObserved observeClusterFile(ObserveClusterFile request) {
    Cluster read = read(request.cluster());
    return new ClusterFileObserved(
        request.site(),
        read.digest(),
        ClusterDigest.sections(read).entrySet().stream()
            .map(one -> new FileSection(one.getKey(), one.getValue()))
            .toList());
  }

  /**
   * The resolved cluster of that name.
   *
   * @throws ApplicationFailure of type {@link FailureCode#CLUSTER_FILE}, with every problem of the
   *     file in its details
   */
  public Cluster read(ClusterName cluster) {
    Path file = configDirectory.resolve(cluster + ENDING);
    String text = text(cluster, file);
    Cluster read =
        ClusterFileParser.parse(text, cluster)
            .match(
                resolved -> resolved,
                problems -> {
                  throw wrong(file + whose(), problems);
                });
    kept.saw(read, text);
    return read;
  }

  /**
   * The entries of the file of that name, which is read again only if it has changed. If it can't
   * be used, those of the last version that could: a run under way goes on.
   *
   * @throws ApplicationFailure as {@link #read}, if no version is kept either
   */
  public ClusterEntries entries(ClusterName cluster) {
    Optional<Stamp> stamp = stamp(configDirectory.resolve(cluster + ENDING));
    Parsed before = parsed.get(cluster);
    if (before != null && stamp.equals(before.stamp())) {
      return before.entries();
    }
    ClusterEntries entries = usable(cluster);
    if (stamp.stream().allMatch(ClusterFiles::isSettled)) {
      parsed.put(cluster, new Parsed(stamp, entries));
    }
    return entries;
  }

  private ClusterEntries usable(ClusterName cluster) {
    try {
      return ClusterEntries.of(read(cluster));
    } catch (ApplicationFailure unusable) {
      ClusterEntries last = kept.newest(cluster).orElseThrow(() -> unusable);
      log.warn(
          "the newest kept version, {}, counts: {}", last.digest(), unusable.getOriginalMessage());
      return last;
    }
  }

  /** Reads each file, so that a version of it is kept from now on; warns of what can't be used. */
  public void readAll() {
    orWarn(() -> names().forEach(cluster -> orWarn(() -> entries(cluster))));
  }

  private static void orWarn(Runnable reading) {
    try {
      reading.run();
    } catch (ApplicationFailure unusable) {
      log.warn("no version is kept: {}", unusable.getOriginalMessage());
    }
  }

  /**
   * Whether the versions here go back to one that a run that began then may have read, and the file
   * is none that can't be used, or that has just changed.
   */
  public boolean isKnownSince(ClusterName cluster, Instant began) {
    try {
      read(cluster);
      return kept.reaches(cluster, began);
    } catch (ApplicationFailure unusable) {
      return false;
    }
  }

  /** The entries of each version that a run that began then may have read, the newest first. */
  public List<ClusterEntries> entriesSince(ClusterName cluster, Instant began) {
    return kept.since(cluster, began);
  }

  private static Optional<Stamp> stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
              new Stamp(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey())))
          .filter(any -> Files.isReadable(file));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  /** One that was just written may be written again within the time of one stamp. */
  private static boolean isSettled(Stamp stamp) {
    Duration age = Duration.between(stamp.modified().toInstant(), Instant.now());
    return age.abs().compareTo(SETTLED) > 0;
  }

  /** Whether that cluster has a file here, right or not. */
  public boolean isThere(ClusterName cluster) {
    return Files.isRegularFile(configDirectory.resolve(cluster + ENDING));
  }

  /** The clusters with a file here, valid or not; none without a directory. */
  public List<ClusterName> names() {
    if (!Files.isDirectory(configDirectory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(configDirectory)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.endsWith(ENDING))
          .map(name -> name.substring(0, name.length() - ENDING.length()))
          .flatMap(name -> named(name).stream())
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      throw failure(
          "directory %s can't be read: %s".formatted(configDirectory, unreadable), List.of());
    }
  }

  /** Empty for a file whose name no cluster can have. */
  private static Optional<ClusterName> named(String text) {
    try {
      return Optional.of(new ClusterName(text));
    } catch (IllegalArgumentException nobodys) {
      return Optional.empty();
    }
  }

  private String text(ClusterName cluster, Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException missing) {
      throw failure(
          "there is no cluster file %s%s; %s".formatted(file, whose(), whatIsThere(cluster)),
          List.of());
    } catch (CharacterCodingException notText) {
      throw failure("cluster file %s%s is not UTF-8 text".formatted(file, whose()), List.of());
    } catch (IOException unreadable) {
      throw failure(
          "cluster file %s%s can't be read: %s".formatted(file, whose(), unreadable), List.of());
    }
  }

  /** Which worker is meant, for a sentence: each reads the files of its own machine. */
  public String whose() {
    return sites.isEmpty()
        ? ""
        : " at the worker of "
            + sites.stream().map(SiteName::value).collect(Collectors.joining(" and "));
  }

  private String whatIsThere(ClusterName cluster) {
    try (Stream<Path> entries = Files.list(configDirectory)) {
      List<String> files =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> name.endsWith(".yaml") || name.endsWith(".yml"))
              .sorted()
              .toList();
      return files.isEmpty()
          ? "the directory holds none. HINT: the configuration directory is given by --config-dir"
              + " or MOORING_CONFIG_DIR."
          : "the directory holds " + String.join(", ", files) + meant(cluster, files);
    } catch (NoSuchFileException | NotDirectoryException missing) {
      return "%s is not a directory. HINT: the configuration directory is given by --config-dir or MOORING_CONFIG_DIR."
          .formatted(configDirectory);
    } catch (IOException unreadable) {
      return "what the directory holds can't be read: " + unreadable;
    }
  }

  private static String meant(ClusterName cluster, List<String> files) {
    List<String> known =
        files.stream()
            .filter(name -> name.endsWith(ENDING))
            .map(name -> name.substring(0, name.length() - ENDING.length()))
            .toList();
    return NearestName.of(cluster.value(), known)
        .map(name -> ". HINT: did you mean " + name + "?")
        .orElse("");
  }

  private static ApplicationFailure wrong(String file, List<Problem> problems) {
    StringBuilder message = new StringBuilder();
    message.append(
        "cluster file %s has %d problem%s"
            .formatted(file, problems.size(), problems.size() == 1 ? "" : "s"));
    problems.stream()
        .limit(SHOWN_IN_MESSAGE)
        .forEach(problem -> message.append("\n  ").append(problem));
    if (problems.size() > SHOWN_IN_MESSAGE) {
      message.append("\n  and ").append(problems.size() - SHOWN_IN_MESSAGE).append(" more");
    }
    return failure(message.toString(), problems);
  }

  private static ApplicationFailure failure(String message, List<Problem> problems) {
    return ApplicationFailure.newNonRetryableFailure(
        message,
        FailureCode.CLUSTER_FILE.name(),
        (Object[]) problems.stream().map(Problem::toString).toArray(String[]::new));
  }
}
