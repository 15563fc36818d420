package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.replication.AlertRules;
import dev.mooring.runbook.replication.PrimaryDiedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code mooring replicate files} fills in for a cluster is what the pages say. */
class SetupFilesPagesTest {
  private static final Path OPERATIONS = Path.of("operations");

  @Test
  void the_alert_rules_are_those_of_the_page() throws IOException {
    assertThat(Files.readString(OPERATIONS.resolve("alerts.md")))
        .contains("```yaml\n" + AlertRules.TEXT + "```\n");
  }

  @Test
  void the_page_of_the_night_is_the_documents() throws IOException {
    assertThat(PrimaryDiedPage.TEXT)
        .isEqualTo(Files.readString(OPERATIONS.resolve("the-primary-died.md")));
  }
}
