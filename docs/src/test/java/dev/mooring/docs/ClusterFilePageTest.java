package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page reference/cluster-file.md says what the parser does. */
class ClusterFilePageTest {
  private static final Path PAGE = Path.of("reference", "cluster-file.md");
  private static final String BEGIN =
      "<!-- begin: generated from the schema, see ClusterFilePageTest -->\n";
  private static final String END = "<!-- end: generated from the schema -->\n";
  private static final String REGENERATE = "mooring.docs.regenerate";

  @Test
  void the_settings_are_those_of_the_schema() throws IOException {
    String page = Files.readString(PAGE);
    String generated =
        page.substring(0, page.indexOf(BEGIN) + BEGIN.length())
            + "\n"
            + ClusterFileReference.tables()
            + "\n"
            + page.substring(page.indexOf(END));
    if (Boolean.getBoolean(REGENERATE)) {
      Files.writeString(PAGE, generated);
    }

    assertThat(Files.readString(PAGE))
        .as(
            "docs/%s differs from the schema; regenerate it with: mvn -Pfast -pl docs -am test"
                + " -Dtest=ClusterFilePageTest -Dsurefire.failIfNoSpecifiedTests=false -D%s=true",
            PAGE, REGENERATE)
        .isEqualTo(generated);
  }

  @Test
  void the_example_is_a_cluster_file() throws IOException {
    assertThat(problems(examples().get(0))).isEmpty();
  }

  @Test
  void the_other_example_fits_into_it() throws IOException {
    String whole = examples().get(0);
    String other = examples().get(1);
    String without =
        whole.substring(0, whole.indexOf("sites:\n"))
            + whole.substring(whole.indexOf("hosts:\n"), whole.indexOf("publish:\n"));

    assertThat(problems(without + other)).isEmpty();
  }

  @Test
  void the_example_of_a_cluster_that_streams_fits_into_it() throws IOException {
    String whole = examples().get(0);
    String streaming = examples().get(3);
    String without =
        whole.substring(0, whole.indexOf("sites:\n"))
            + whole.substring(whole.indexOf("hosts:\n"), whole.indexOf("instances:\n"));

    assertThat(problems(without.replace("kind: fleet", "kind: postgres") + streaming)).isEmpty();
  }

  private static List<String> examples() throws IOException {
    return Pattern.compile("(?s)```yaml\n(.*?)```")
        .matcher(Files.readString(PAGE))
        .results()
        .map(fence -> fence.group(1))
        .toList();
  }

  private static List<Problem> problems(String yaml) {
    return ClusterFileParser.parse(yaml).match(cluster -> List.of(), found -> List.copyOf(found));
  }
}
