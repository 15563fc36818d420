package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RunbookDataConverter;
import java.util.ArrayList;
import java.util.List;

/** A resolved cluster as a payload, and the same with each of its values changed in turn. */
final class PayloadMutations {
  private static final ObjectMapper PAYLOADS = RunbookDataConverter.mapper();

  private PayloadMutations() {}

  static String payloadOf(Cluster cluster) throws JsonProcessingException {
    return PAYLOADS.writeValueAsString(cluster);
  }

  static List<String> of(String payload) throws JsonProcessingException {
    JsonNode root = PAYLOADS.readTree(payload);
    List<JsonPointer> leaves = new ArrayList<>();
    collect(root, JsonPointer.empty(), leaves);
    List<String> mutations = new ArrayList<>();
    for (JsonPointer leaf : leaves) {
      JsonNode mutated = root.deepCopy();
      mutate(mutated, leaf);
      mutations.add(mutated.toString());
    }
    return mutations;
  }

  /** The digest of a payload as it would be computed anew. */
  static String digest(String payload) {
    try {
      return ClusterDigest.into(PAYLOADS.readValue(payload, Cluster.class)).digest();
    } catch (JsonProcessingException broken) {
      throw new AssertionError(payload, broken);
    }
  }

  private static void collect(JsonNode node, JsonPointer at, List<JsonPointer> leaves) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              property ->
                  collect(property.getValue(), at.appendProperty(property.getKey()), leaves));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        collect(node.path(i), at.appendIndex(i), leaves);
      }
    } else if (!isTag(at) && !at.matchesProperty("digest")) {
      leaves.add(at);
    }
  }

  /** The kind of a store or a barrier can't change alone; of managers and proofs there is one. */
  private static boolean isTag(JsonPointer at) {
    return at.toString()
        .matches(".*/((store|barrier|manager|endpoints/[0-9]+|from)/kind|archive/proof)");
  }

  private static void mutate(JsonNode root, JsonPointer leaf) {
    JsonNode around = root.at(leaf.head());
    JsonNode old = root.at(leaf);
    if (around instanceof ArrayNode array) {
      array.set(leaf.last().getMatchingIndex(), other(array, old));
    } else {
      ((ObjectNode) around).set(leaf.last().getMatchingProperty(), other((ObjectNode) around, old));
    }
  }

  private static JsonNode other(ContainerNode<?> nodes, JsonNode old) {
    if (old.isBoolean()) {
      return nodes.booleanNode(!old.booleanValue());
    }
    if (old.isNumber()) {
      return nodes.numberNode(old.intValue() + 1);
    }
    return nodes.textNode(
        switch (old.textValue()) {
          case "POSTGRES" -> "FLEET";
          case "FLEET" -> "POSTGRES";
          case "MANUAL" -> "ON_PUBLISH";
          case "ON_PUBLISH" -> "MANUAL";
          case "LOCAL" -> "SSH";
          case "SSH" -> "LOCAL";
          case "NEVER" -> "SPREAD";
          case "SPREAD" -> "IMMEDIATE";
          case "STREAMING" -> "RESTORE_POINTS";
          case "REMOTE_APPLY" -> "REMOTE_WRITE";
          case "ANY" -> "FIRST";
          case "pgpass" -> "env:OTHER";
          default ->
              old.textValue().startsWith("PT")
                  ? old.textValue().replaceAll("[0-9]+", "7")
                  : old.textValue() + "x";
        });
  }
}
