package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.mooring.topology.Cluster;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The digest of a cluster file's meaning: SHA-256 over canonical JSON of the resolved cluster
 * (defaults filled in, lists sorted, keys sorted, durations in their shortest ISO form). Two files
 * with the same meaning in another spelling have the same digest.
 */
public final class ClusterDigest {
  private static final ObjectMapper CANONICAL =
      new ObjectMapper()
          .registerModule(
              new SimpleModule().addSerializer(Duration.class, ToStringSerializer.instance))
          .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private ClusterDigest() {}

  /** The cluster with its digest; the one it came with does not count. */
  static Cluster into(Cluster cluster) {
    Cluster undigested = with(cluster, "");
    return with(cluster, sha256(canonical(undigested)));
  }

  /** The digest of each section that the file has, by its name. */
  public static SortedMap<String, String> sections(Cluster cluster) {
    SortedMap<String, String> sections = new TreeMap<>();
    JsonNode needed = CANONICAL.valueToTree(cluster.needed());
    JsonNode policies = needed.path("policies");
    add(sections, needed, Set.of("name", "digest", "policies"));
    add(sections, policies, Set.of("streaming"));
    add(sections, policies.path("streaming").path(0), Set.of());
    sections.put("notices", sha256(canonical(cluster.policies().notices())));
    cluster
        .streaming()
        .ifPresent(all -> sections.put("watch thresholds", sha256(canonical(all.watch()))));
    return sections;
  }

  private static void add(Map<String, String> sections, JsonNode of, Set<String> without) {
    of.properties().stream()
        .filter(part -> !without.contains(part.getKey()))
        .forEach(part -> sections.put(part.getKey(), sha256(canonical(part.getValue()))));
  }

  private static Cluster with(Cluster cluster, String digest) {
    return new Cluster(
        cluster.name(),
        cluster.kind(),
        digest,
        cluster.sites(),
        cluster.hosts(),
        cluster.instances(),
        cluster.policies());
  }

  private static String canonical(Object of) {
    try {
      return CANONICAL.writeValueAsString(CANONICAL.convertValue(of, Object.class));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a cluster of plain records must become JSON", impossible);
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
