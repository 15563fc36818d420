package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.ClusterFileReference;
import dev.mooring.clusterfile.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    String page = Files.readString(PAGE);
    String fence = "```yaml\n";
    int begin = page.indexOf(fence) + fence.length();
    String example = page.substring(begin, page.indexOf("```", begin));

    List<Problem> problems =
        ClusterFileParser.parse(example).match(cluster -> List.of(), found -> List.copyOf(found));

    assertThat(problems).isEmpty();
  }
}
