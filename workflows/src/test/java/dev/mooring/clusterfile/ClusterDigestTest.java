package dev.mooring.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterDigestTest {
  private static final ObjectMapper YAML = new YAMLMapper();

  @Property(tries = 50)
  void no_order_of_settings_and_entries_changes_the_digest(@ForAll long seed) throws Exception {
    JsonNode shuffled = shuffled(YAML.readTree(Files.HARBOUR), new Random(seed));

    assertThat(digest(YAML.writeValueAsString(shuffled))).isEqualTo(digest(Files.HARBOUR));
  }

  private static JsonNode shuffled(JsonNode node, Random random) {
    if (node instanceof ArrayNode array) {
      List<JsonNode> items = new ArrayList<>();
      array.forEach(item -> items.add(shuffled(item, random)));
      Collections.shuffle(items, random);
      return JsonNodeFactory.instance.arrayNode().addAll(items);
    }
    if (node instanceof ObjectNode object) {
      List<Map.Entry<String, JsonNode>> settings = new ArrayList<>(object.properties());
      Collections.shuffle(settings, random);
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      settings.forEach(
          setting -> result.set(setting.getKey(), shuffled(setting.getValue(), random)));
      return result;
    }
    return node;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "every: PT5M           | every: PT300S",
        "archiveWait: PT30S    | archiveWait: PT0H30S",
        "archivePoll: PT2S     | # left out: the default",
        "dataDirectory: /data/west-1 | dataDirectory: //data/west-1/",
        "{name: w0,            | {ssh: {port: 22}, name: w0, access: ssh,",
        "'{name: e1, '         | '{name: \"e1\", '",
        "consume: {timeout: PT300S, poll: PT5S} | # left out",
        "'kind: fleet '        | 'kind: \"fleet\"  # the same '",
      })
  void no_other_spelling_changes_the_digest(String old, String changed) {
    assertThat(digest(Files.edited(Files.HARBOUR, old, changed))).isEqualTo(digest(Files.HARBOUR));
  }

  /** Exhaustive: each value of the file in turn takes another value. */
  @Test
  void every_change_of_meaning_changes_the_digest() throws Exception {
    for (String file : List.of(Files.HARBOUR, Files.PIER, Files.STRAIT)) {
      String payload = PayloadMutations.payloadOf(Files.cluster(file));
      List<String> mutations = PayloadMutations.of(payload);
      assertThat(mutations.size()).isGreaterThan(60);
      assertThat(mutations.stream().map(PayloadMutations::digest))
          .doesNotHaveDuplicates()
          .doesNotContain(digest(file));
    }
  }

  private static String digest(String yaml) {
    return Files.cluster(yaml).digest();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dataDirectory: /data | dataDirectory: /other | instances",
        "stop: PT10S | stop: PT11S | switchover",
        "switchover: 2, | switchover: 1, | approvals",
        "switchover: { | watch: {maxLag: PT1M30S}SWITCHOVER | watch thresholds",
        "switchover: { | watch: {reactions: {resilver: act}}SWITCHOVER | watch, watch"
            + " thresholds",
        "switchover: { | notices: {channels: [{name: a, command: b}]}SWITCHOVER | notices"
      })
  void a_changed_setting_changes_the_digest_of_its_section(
      String old, String now, String sections) {
    String file = Files.STRAIT.replaceFirst(" +automatic: .*\n", "");
    Map<String, String> before = ClusterDigest.sections(Files.cluster(file));
    String edited = Files.edited(file, old, now.replace("SWITCHOVER", "\nswitchover: {"));
    Map<String, String> after = ClusterDigest.sections(Files.cluster(edited));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(
            String.join(
                ", ",
                after.keySet().stream()
                    .filter(one -> !Objects.equals(after.get(one), before.get(one)))
                    .toList()))
        .isEqualTo(sections);
  }
}
