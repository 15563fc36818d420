package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page reference/failure-codes.md lists the codes there are. */
class FailureCodesPageTest {
  private static final Path PAGE = Path.of("reference", "failure-codes.md");

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
            # Failure codes

            Generated from [FailureCode](../../workflows/src/main/java/dev/mooring/port/FailureCode.java).
            The code is the type of the failure in Temporal's history, is in receipts, and decides who must act:
            `retry`: no person, it is tried again; `wait`: something must happen first; `operator`: a person; `bug`: Mooring's developers.

            | code | who acts | what to do |
            | --- | --- | --- |
            """);
    for (FailureCode code : FailureCode.values()) {
      text.append(
          String.format(
              "| %s | %s | %s |%n",
              code, code.owner().name().toLowerCase(Locale.ROOT), code.hint()));
    }
    return text.toString();
  }
}
