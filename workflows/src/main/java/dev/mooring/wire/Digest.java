package dev.mooring.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 over the canonical JSON of a value: sorted keys, no white space. */
public final class Digest {
  private static final ObjectMapper CANONICAL =
      JsonMapper.builder()
          .findAndAddModules()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private Digest() {}

  /**
   * The digest of a plan, to which its approval binds.
   *
   * @param request in words
   * @param clusterFile the digest of the cluster file
   * @param objects the role of each instance before and after, and the limits
   * @param steps in order, each with what it does
   */
  public static String ofPlan(
      String request, String clusterFile, List<String> objects, List<String> steps) {
    return of(List.of(request, clusterFile, objects, steps));
  }

  /** 64 hexadecimal digits, the same for equal values in every JVM. */
  public static String of(Object value) {
    try {
      byte[] json = CANONICAL.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("no digest of " + value.getClass().getName(), e);
    }
  }
}
