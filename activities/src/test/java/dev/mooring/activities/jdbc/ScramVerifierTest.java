package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The verifier of RFC 7677's example password and salt, computed by another implementation. */
class ScramVerifierTest {
  private static final String PENCIL =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
          + "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  @Test
  void a_verifier_is_of_its_password_alone() {
    assertThat(ScramVerifier.matches(PENCIL, "pencil")).isTrue();
    assertThat(ScramVerifier.matches(PENCIL, "pencils")).isFalse();
    assertThat(ScramVerifier.matches("md5a3556571e93b0d20722ba62be61e8c2d", "pencil")).isFalse();
    assertThat(ScramVerifier.matches("", "pencil")).isFalse();
  }

  @Test
  void each_has_a_salt_of_its_own() {
    String first = ScramVerifier.of("a b'c");

    assertThat(ScramVerifier.of("a b'c")).isNotEqualTo(first);
    assertThat(ScramVerifier.matches(first, "a b'c")).isTrue();
  }

  @Test
  void what_saslprep_would_change_is_refused_without_being_repeated() {
    assertThatThrownBy(() -> ScramVerifier.of("p\u00e4ss"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("printable ASCII")
        .hasMessageNotContaining("ss\"");
  }
}
