package dev.mooring.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SecretReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ClusterFileSchemaTest {
  private final ClusterFileSchema schema = ClusterFileSchema.get();

  @Test
  void is_a_schema_of_draft_2020_12() {
    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"))
                .validate(schema.document()))
        .isEmpty();
  }

  @Test
  void every_object_is_closed_and_every_setting_says_what_it_means() {
    assertThat(faults(schema.document(), "")).isEmpty();
  }

  private List<String> faults(JsonNode node, String path) {
    List<String> faults = new ArrayList<>();
    ObjectNode rules = schema.resolved(node);
    if (rules.has("properties") && rules.path("additionalProperties").asBoolean(true)) {
      faults.add(path + " accepts settings that nobody knows");
    }
    for (Map.Entry<String, JsonNode> setting : rules.path("properties").properties()) {
      String name = path + "." + setting.getKey();
      if (!schema.resolved(setting.getValue()).has("description")) {
        faults.add(name + " has no description");
      }
      faults.addAll(faults(setting.getValue(), name));
    }
    if (rules.has("items")) {
      faults.addAll(faults(rules.path("items"), path + "[]"));
    }
    return faults;
  }

  /** What the schema lets through, the domain takes: no file may end in a stack trace. */
  @Property(tries = 300)
  void a_name_that_the_schema_takes_is_a_name(@ForAll("names") String name) {
    boolean taken =
        Files.problems(Files.edited(Files.PIER, "id: north", "id: " + quoted(name))).isEmpty();

    assertThat(taken).isEqualTo(accepts(() -> new InstanceId(name)));
  }

  @Property(tries = 300)
  void a_secret_that_the_schema_takes_is_a_reference(@ForAll("secrets") String secret) {
    String yaml =
        Files.edited(Files.PIER, "user: mooring", "user: mooring\n  password: " + quoted(secret));

    assertThat(Files.problems(yaml).isEmpty())
        .isEqualTo(accepts(() -> new SecretReference(secret)));
  }

  @Property(tries = 300)
  void no_path_makes_the_parser_fail(@ForAll("paths") String path) {
    String yaml = Files.edited(Files.PIER, "/var/lib/postgresql/15/main/", quoted(path));

    assertThatCode(() -> ClusterFileParser.parse(yaml)).doesNotThrowAnyException();
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("az09_-A.\n é").ofMinLength(0).ofMaxLength(66);
  }

  @Provide
  Arbitrary<String> secrets() {
    return Arbitraries.of("pgpass", "env:", "file:", "file:/", "")
        .flatMap(
            start ->
                Arbitraries.strings()
                    .withChars("A_9/-\n")
                    .ofMaxLength(3)
                    .map(rest -> start + rest));
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.strings().withChars("/.a \\\"'$\n").ofMaxLength(12);
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  private static boolean accepts(Runnable constructor) {
    try {
      constructor.run();
      return true;
    } catch (IllegalArgumentException refused) {
      return false;
    }
  }
}
