package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.runbook.switchover.SwitchoverStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * The figure of a switchover's time is drawn from the receipt of a real one, which {@code
 * SwitchoverIT} left; with {@code -Dmooring.docs.regenerate=true} it is drawn anew.
 */
class SwitchoverFigureTest {
  private static final Path RECEIPT = Path.of("src/test/resources/switchover-receipt.json");
  private static final Path FIGURE = Path.of("runbooks", "switchover.svg");

  @Test
  void the_figure_is_what_the_receipt_says() throws IOException {
    String drawn = SwitchoverFigure.of(receipt());
    if (Boolean.getBoolean("mooring.docs.regenerate")) {
      Files.writeString(FIGURE, drawn);
    }
    assertThat(Files.readString(FIGURE)).isEqualTo(drawn);
    assertThat(Files.readString(Path.of("runbooks", "switchover.md")))
        .contains("](" + FIGURE.getFileName() + ")");
  }

  /** A step of the runbook that the receipt does not know: then another receipt is due. */
  @Test
  void the_receipts_steps_are_those_of_the_runbook_in_their_order() throws IOException {
    assertThat(
            StreamSupport.stream(receipt().path("steps").spliterator(), false)
                .map(step -> step.path("step").asText()))
        .containsExactlyElementsOf(
            Stream.of(SwitchoverStep.values())
                .map(Enum::name)
                .filter(step -> !List.of("PREPARE_SYNCHRONOUS", "DETACH").contains(step))
                .toList());
  }

  private static JsonNode receipt() throws IOException {
    return new ObjectMapper().readTree(Files.readString(RECEIPT));
  }
}
