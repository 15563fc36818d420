package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page reference/exit-codes.md lists the exit codes there are. */
class ExitCodesPageTest {
  private static final Path PAGE = Path.of("reference", "exit-codes.md");

  @Test
  void the_page_is_generated_from_the_enum() throws IOException {
    if (Boolean.getBoolean("mooring.docs.regenerate")) {
      Files.writeString(PAGE, page());
    }
    assertThat(Files.readString(PAGE))
        .as("docs/%s; regenerate it with -Dmooring.docs.regenerate=true", PAGE)
        .isEqualTo(page());
  }

  private static String page() {
    StringBuilder text =
        new StringBuilder(
            """
            # Exit codes of `mooring`

            Generated from [ExitCode](../../starter/src/main/java/dev/mooring/starter/console/ExitCode.java). The numbers are kept for ever.
            A command that follows a run ends with the run's ending; Ctrl-C ends the following, not the run.
            `cancel` ends with 0 if the run ended because it was stopped, with 1 if the run was done before it could be, and else with the run's ending.

            | code | meaning |
            | --- | --- |
            """);
    for (ExitCode code : ExitCode.values()) {
      text.append(String.format("| %d | %s |%n", code.status(), code.meaning()));
    }
    return text.toString();
  }
}
