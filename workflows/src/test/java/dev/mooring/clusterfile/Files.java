package dev.mooring.clusterfile;

import dev.mooring.topology.Cluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The cluster files that the tests read, and what became of them. */
final class Files {
  /** Every setting given. */
  static final String HARBOUR = read("harbour.yaml");

  /** Nothing given that has a default. */
  static final String PIER = read("pier.yaml");

  /** A cluster that streams, every setting of it given. */
  static final String STRAIT = read("strait.yaml");

  private Files() {}

  static String read(String resource) {
    try (InputStream in = Files.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** A file with the first place of that text changed; it must be there. */
  static String edited(String file, String old, String changed) {
    if (!file.contains(old)) {
      throw new IllegalArgumentException("the file has no '" + old + "'");
    }
    int place = file.indexOf(old);
    return file.substring(0, place) + changed + file.substring(place + old.length());
  }

  static Cluster cluster(String yaml) {
    return ClusterFileParser.parse(yaml)
        .match(
            cluster -> cluster,
            problems -> {
              throw new AssertionError("refused: " + problems);
            });
  }

  static List<String> problems(String yaml) {
    return ClusterFileParser.parse(yaml)
        .match(cluster -> List.of(), found -> found.stream().map(Problem::toString).toList());
  }
}
