package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The pages of the evidence's formats name every field of the golden documents, which the formats'
 * own tests hold to the code, and no other.
 */
class EvidencePagesTest {
  private static final Path REFERENCE = Path.of("reference");
  private static final Path GOLDEN =
      Path.of("..", "workflows", "src", "test", "resources", "dev", "mooring", "wire");
  private static final Path REPORT =
      Path.of("..", "starter/src/test/resources/dev/mooring/starter/report/report.json");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "(?s)(<!-- begin: the golden [a-z]+, see EvidencePagesTest -->\n).*(<!-- end)");

  @Test
  void the_manifests_fields_are_those_on_its_page() throws IOException {
    String page = Files.readString(REFERENCE.resolve("manifest.md"));
    assertThat(rows(section(page, "Fields"))).isEqualTo(fieldsOf(GOLDEN.resolve("manifest.json")));
  }

  @Test
  void the_receipts_fields_are_those_on_its_page() throws IOException {
    String page = Files.readString(REFERENCE.resolve("receipt.md"));
    assertThat(rows(section(page, "Fields"))).isEqualTo(fieldsOf(GOLDEN.resolve("receipt.json")));
  }

  @Test
  void the_states_fields_are_those_on_its_page() throws IOException {
    String page = Files.readString(REFERENCE.resolve("receipt.md"));
    assertThat(rows(section(page, "The state of a site")))
        .isEqualTo(fieldsOf(GOLDEN.resolve("state.json")));
  }

  @Test
  void the_reports_fields_are_those_on_its_page() throws IOException {
    String page = Files.readString(REFERENCE.resolve("report.md"));
    assertThat(rows(page)).isEqualTo(fieldsOf(REPORT));
  }

  @Test
  void the_examples_are_the_golden_documents() throws IOException {
    for (String name : List.of("manifest", "receipt")) {
      Path page = REFERENCE.resolve(name + ".md");
      String example = "```json\n" + Files.readString(GOLDEN.resolve(name + ".json")) + "```\n";
      String text = Files.readString(page);
      String generated =
          EXAMPLE.matcher(text).replaceFirst("$1" + Matcher.quoteReplacement(example) + "$2");
      if (Boolean.getBoolean("mooring.docs.regenerate")) {
        Files.writeString(page, generated);
      }
      assertThat(Files.readString(page))
          .as("docs/%s; regenerate it with -Dmooring.docs.regenerate=true", page)
          .contains("see EvidencePagesTest")
          .isEqualTo(generated);
    }
  }

  private static String section(String page, String title) {
    String from = page.substring(page.indexOf("\n## " + title) + 1);
    int next = from.indexOf("\n## ");
    return next < 0 ? from : from.substring(0, next);
  }

  private static Set<String> rows(String text) {
    Set<String> rows = new LinkedHashSet<>();
    ROW.matcher(text).results().forEach(row -> rows.add(row.group(1)));
    return rows;
  }

  private static Set<String> fieldsOf(Path golden) throws IOException {
    Set<String> fields = new LinkedHashSet<>();
    collect(new ObjectMapper().readTree(golden.toFile()), "", fields);
    return fields;
  }

  /** Each leaf's path; a map by content is told by its star. */
  private static void collect(JsonNode node, String path, Set<String> fields) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              field -> {
                String name = field.getKey().matches("[0-9]+") ? "*" : field.getKey();
                collect(field.getValue(), path.isEmpty() ? name : path + "." + name, fields);
              });
    } else if (node.isArray()) {
      if (node.isEmpty()) {
        fields.add(path + "[]");
      }
      node.forEach(each -> collect(each, path + "[]", fields));
    } else {
      fields.add(path);
    }
  }
}
