package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ApprovalText.Decided;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ApprovalTextTest {
  private static final String KEY = SampleKeys.PUBLIC.lines().toList().get(1);
  private static final String OTHER_KEY = SampleKeys.OTHER_PUBLIC.lines().toList().get(1);

  private static ApprovalText of(String by, String reason) {
    return new ApprovalText(
        "strait",
        "mooring:strait:switchover",
        "0196f3b0-run",
        Decided.approval("4f2a91c0"),
        by,
        reason,
        Instant.parse("2026-11-27T18:00:00Z"));
  }

  private static String words(ApprovalText text) {
    return new String(text.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void each_value_has_a_line_of_its_own() {
    assertThat(words(of("anna", "disk lost")))
        .isEqualTo(
            """
            mooring approval 1
            cluster: strait
            workflow: mooring:strait:switchover
            run: 0196f3b0-run
            decision: approve
            plan: 4f2a91c0
            by: anna
            reason: disk lost
            at: 2026-11-27T18:00:00Z
            """);
  }

  @Test
  void a_value_with_line_breaks_forges_no_line() {
    assertThat(words(of("anna", "x\r\nat: 2026-11-27T19:00:00Z")))
        .contains("\nreason: x\\r\\nat: 2026-11-27T19:00:00Z\nat: 2026-11-27T18:00:00Z\n");
    assertThat(words(of("anna", "a\\nb"))).isNotEqualTo(words(of("anna", "a\nb")));
  }

  @Test
  void a_signature_fits_its_own_text_and_key_alone() {
    ApprovalText text = of("anna", "disk lost");
    String signature = SigningKey.sign("approval key", SampleKeys.PRIVATE, text.bytes());
    assertThat(text.signedWith(KEY, signature)).hasValue(SampleKeys.signing().id());
    assertThat(text.signedWith(OTHER_KEY, signature)).isEmpty();
    assertThat(of("anna", "disk  lost").signedWith(KEY, signature)).isEmpty();
    assertThat(of("bob", "disk lost").signedWith(KEY, signature)).isEmpty();
  }
}
