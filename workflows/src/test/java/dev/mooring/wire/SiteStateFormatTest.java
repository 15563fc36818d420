package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SiteStateFormatTest {
  private static final byte[] GOLDEN = Golden.bytes("state.json");

  @Test
  void a_state_is_written_as_the_golden_one_and_reads_back() {
    byte[] bytes = SiteStateFormat.render(SampleReceipts.state(3), SampleKeys.signing());
    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .isEqualTo(new String(GOLDEN, StandardCharsets.UTF_8));
    assertThat(SiteStateFormat.parse(GOLDEN, SampleKeys.trusted()))
        .isEqualTo(
            new Document.Intact<>(
                SampleReceipts.state(3), Sha256.of(GOLDEN), SampleKeys.signing().id()));
  }

  @Test
  void a_state_of_an_older_version_reads_without_the_positions_of_its_point() {
    byte[] older = Golden.bytes("state-without-point.json");
    assertThat(SiteStateFormat.parse(older, SampleKeys.trusted()))
        .isEqualTo(
            new Document.Intact<>(
                SampleReceipts.stateWithoutPoints(3), Sha256.of(older), SampleKeys.signing().id()));
  }

  @Test
  void a_byte_altered_anywhere_is_refused() {
    AlteredBytes.areRefused(GOLDEN, bytes -> SiteStateFormat.parse(bytes, SampleKeys.trusted()));
  }

  @Test
  void what_is_unknown_missing_or_odd_is_named() {
    assertThat(refusal(tree -> tree.put("confined", true))).isEqualTo("field confined is unknown");
    assertThat(refusal(tree -> tree.remove("restore_point")))
        .isEqualTo("field restore_point is missing");
    assertThat(refusal(tree -> tree.withArray("instances").removeAll().add("west-0")))
        .isEqualTo("field instances[0] must be an object, got \"west-0\"");
    assertThat(refusal(tree -> tree.put("proved_at", "yesterday"))).startsWith("field proved_at: ");
    assertThat(refusal(tree -> tree.put("format_version", 2)))
        .endsWith("of format 2, this version of Mooring reads format 1");
  }

  private static String refusal(Consumer<ObjectNode> change) {
    ObjectNode tree = SealedJson.parse(GOLDEN);
    tree.remove("signature");
    change.accept(tree);
    return SiteStateFormat.parse(SealedJson.seal(tree, SampleKeys.signing()), SampleKeys.trusted())
        .match(intact -> "read as intact", Document.Refused::reason);
  }
}
