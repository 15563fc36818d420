package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.mooring.runbook.watch.DiagnosisKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The dashboard is one by Grafana's schema, and it asks for metrics that there are. */
class DashboardTest {
  private static final int COLUMNS = 24;
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(mooring_[a-z_]+)` \\|");
  private static final Pattern LABELS =
      Pattern.compile("\\{[^}]*}|\\b(?:by|on|without|ignoring) *\\([^)]*\\)");
  private static final Pattern NAME = Pattern.compile("\\b[a-z_]\\w*+(?! *\\()");
  private static final List<String> OPERATORS = List.of("or", "and", "unless", "bool");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-z]\\w*)");
  private static final Pattern DIAGNOSES = Pattern.compile("diagnosis=~\"([^\"]+)\"");

  private String text = "";
  private JsonNode dashboard = new ObjectMapper().createObjectNode();

  @BeforeEach
  void read() throws IOException {
    text = Files.readString(Path.of("operations", "dashboard.json"));
    dashboard = new ObjectMapper().readTree(text);
  }

  /** No package registry that the project uses serves a Grafana to load it in. */
  @Test
  void it_has_the_form_that_grafanas_schema_demands() throws IOException {
    assertThat(problems()).isEmpty();
    assertThat(panels()).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
  }

  @Test
  void a_mistake_in_a_field_is_found() throws IOException {
    ((ObjectNode) dashboard).put("id", 1);
    ((ObjectNode) dashboard.at("/panels/0")).remove("fieldConfig");
    ((ObjectNode) dashboard.at("/panels/1/options")).put("textMode", "both");
    assertThat(problems()).hasSize(3);
  }

  private Set<ValidationMessage> problems() throws IOException {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(Files.readString(Path.of("src", "test", "resources", "dashboard.schema.json")))
        .validate(dashboard);
  }

  @Test
  void no_panel_lies_over_another() {
    assertThat(panels())
        .allSatisfy(
            panel -> {
              assertThat(cells(panel.path("gridPos"))).isNotEmpty();
              assertThat(panel.at("/gridPos/x").asInt() + panel.at("/gridPos/w").asInt())
                  .isLessThanOrEqualTo(COLUMNS);
            });
    assertThat(panels().flatMap(panel -> cells(panel.path("gridPos")))).doesNotHaveDuplicates();
  }

  @Test
  void it_asks_for_metrics_and_diagnoses_of_the_reference() throws IOException {
    List<String> metrics =
        Stream.concat(
                Stream.of("up"),
                ROW.matcher(Files.readString(Path.of("reference", "metrics.md")))
                    .results()
                    .map(row -> row.group(1)))
            .toList();
    assertThat(expressions()).isNotEmpty().allSatisfy(expr -> assertThat(names(expr)).isNotEmpty());
    assertThat(expressions().flatMap(expr -> names(expr).stream())).isSubsetOf(metrics);
    assertThat(
            DIAGNOSES
                .matcher(String.join("\n", expressions().toList()))
                .results()
                .flatMap(found -> Stream.of(found.group(1).split("\\|", -1))))
        .isNotEmpty()
        .isSubsetOf(Arrays.stream(DiagnosisKind.values()).map(DiagnosisKind::id).toList());
  }

  @Test
  void it_uses_the_variables_that_it_defines_and_no_other() {
    assertThat(VARIABLE.matcher(text).results().map(found -> found.group(1)).distinct())
        .containsExactlyInAnyOrderElementsOf(
            children(dashboard.at("/templating/list"))
                .map(variable -> variable.path("name").asText())
                .toList());
  }

  /** Names in an expression that are no labels, functions or operators. */
  private static List<String> names(String expression) {
    return NAME.matcher(LABELS.matcher(expression).replaceAll(" "))
        .results()
        .map(found -> found.group())
        .filter(name -> !OPERATORS.contains(name))
        .toList();
  }

  private Stream<String> expressions() {
    return panels()
        .flatMap(panel -> children(panel.path("targets")))
        .map(target -> target.path("expr").asText());
  }

  private Stream<JsonNode> panels() {
    return children(dashboard.path("panels"));
  }

  /** Where a panel lies, as a text for each cell. */
  private static Stream<String> cells(JsonNode grid) {
    return range(grid, "x", "w")
        .boxed()
        .flatMap(x -> range(grid, "y", "h").mapToObj(y -> x + "," + y));
  }

  private static IntStream range(JsonNode grid, String from, String size) {
    int first = grid.path(from).asInt();
    return IntStream.range(first, first + grid.path(size).asInt());
  }

  private static Stream<JsonNode> children(JsonNode array) {
    return array.valueStream();
  }
}
