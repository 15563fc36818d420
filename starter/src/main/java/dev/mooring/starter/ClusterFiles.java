package dev.mooring.starter;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.NearestName;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cluster files of a configuration directory on this machine. */
final class ClusterFiles {
  private static final String HINT =
      "name the directory with --config-dir or MOORING_CONFIG_DIR; `mooring init` writes a first"
          + " file";

  private final Path directory;

  ClusterFiles(Path directory) {
    this.directory = directory;
  }

  /** The directory that they are in. */
  Path directory() {
    return directory;
  }

  /** The path of a cluster's file. */
  Path fileOf(ClusterName cluster) {
    return directory.resolve(cluster + ".yaml");
  }

  /** The cluster meant: the one named, or the only one there is a file for. */
  ClusterName choose(String named) {
    if (!named.isEmpty()) {
      try {
        return new ClusterName(named);
      } catch (IllegalArgumentException bad) {
        throw CommandFailure.usage(
            String.valueOf(bad.getMessage()),
            "a cluster's name is that of its file in " + directory + ", without .yaml");
      }
    }
    List<ClusterName> all = all();
    if (all.size() != 1) {
      throw CommandFailure.usage(
          all.isEmpty()
              ? "there is no cluster file in " + directory
              : "there are " + all.size() + " clusters, " + all + "; which one?",
          all.isEmpty() ? HINT : "name one of them");
    }
    return all.get(0);
  }

  /** The names of all clusters with a file; none if the directory does not exist. */
  List<ClusterName> all() {
    List<ClusterName> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.yaml")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        names.add(new ClusterName(name.substring(0, name.length() - ".yaml".length())));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException | IllegalArgumentException e) {
      throw CommandFailure.failed("can't list " + directory + ": " + e.getMessage(), HINT, e);
    }
    names.sort(null);
    return names;
  }

  /** Reads the file of a cluster; every problem of a bad one is reported. */
  Cluster read(ClusterName cluster) {
    Path file = fileOf(cluster);
    if (Files.notExists(file)) {
      throw absent(cluster);
    }
    return ClusterFileParser.parse(text(file), cluster)
        .match(
            read -> read,
            problems -> {
              throw CommandFailure.failed(
                  file
                      + " has "
                      + problems.size()
                      + (problems.size() == 1 ? " problem:\n  " : " problems:\n  ")
                      + String.join("\n  ", problems.stream().map(Object::toString).toList()),
                  "correct them, then `mooring check " + file + "`");
            });
  }

  private CommandFailure absent(ClusterName cluster) {
    List<ClusterName> all = all();
    return CommandFailure.refused(
        "there is no file "
            + fileOf(cluster)
            + (all.isEmpty() ? "" : "; " + directory + " knows " + all)
            + unknown(cluster).orElse(""),
        HINT);
  }

  /**
   * A sentence about a cluster without a file here while others have one: it names the closest
   * name, if there is one. Empty if the cluster may well exist, or the directory can't be listed.
   */
  Optional<String> unknown(ClusterName cluster) {
    List<String> known;
    try {
      known = all().stream().map(ClusterName::value).toList();
    } catch (CommandFailure unlisted) {
      return Optional.empty();
    }
    return known.isEmpty() || known.contains(cluster.value())
        ? Optional.empty()
        : Optional.of(
            NearestName.of(cluster.value(), known)
                .map(near -> "; did you mean " + near + "?")
                .orElse(""));
  }

  /** Whether there is a file of that cluster here. */
  boolean has(ClusterName cluster) {
    return Files.exists(fileOf(cluster));
  }

  /** The text of a file. */
  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw CommandFailure.failed("there is no file " + file, HINT, e);
    } catch (IOException e) {
      throw CommandFailure.failed("can't read " + file + ": " + e.getMessage(), "", e);
    }
  }
}
