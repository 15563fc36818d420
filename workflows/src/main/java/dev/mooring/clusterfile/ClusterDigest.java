package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonProcessingException;
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

/**
 * The digest of a cluster file's meaning: SHA-256 over canonical JSON of the resolved cluster
 * (defaults filled in, lists sorted, keys sorted, durations in their shortest ISO form). Two files
 * with the same meaning in another spelling have the same digest.
 */
final class ClusterDigest {
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

  private static String canonical(Cluster cluster) {
    try {
      return CANONICAL.writeValueAsString(CANONICAL.convertValue(cluster, Object.class));
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
