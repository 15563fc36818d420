package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.WalFileName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host says is read as it should be, or its field is named; nothing becomes a default. */
class SaidTest {
  private static final WalFileName FILE = new WalFileName("000000010000000000000005");
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @Test
  void reads_numbers_words_and_digests() {
    assertThat(said("n", "42\n").number("n")).isEqualTo(42);
    assertThat(said("w", "no").word("w", List.of("yes", "no"))).isEqualTo("no");
    assertThat(said("d", DIGEST).sha256("d")).isEqualTo(DIGEST);
    assertThat(said("archived." + FILE, "16 " + DIGEST).archived(List.of(FILE)))
        .containsExactly(new ArchivedWal(FILE, 16, DIGEST));
    assertThat(said("other", "").archived(List.of(FILE))).as("it is not there").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "1 2", "1.5", "99999999999999999999"})
  void names_a_number_that_is_none(String text) {
    assertThatThrownBy(() -> said("pg_wal_free_kb", text).number("pg_wal_free_kb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("west-0: 'pg_wal_free_kb' must be a whole number, got '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "y", "YES", "yes no"})
  void names_a_word_that_is_none_of_those_it_can_be(String text) {
    assertThatThrownBy(() -> said("running", text).word("running", List.of("yes", "no")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("west-0: 'running' must be one of [yes, no], got '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "0123456789ABCDEF"})
  void names_a_digest_that_is_none(String text) {
    assertThatThrownBy(() -> said("control_digest", text).sha256("control_digest"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "west-0: 'control_digest' must be a SHA-256 in hexadecimal, got '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "16", "16 abc", "x 0123", "16  "})
  void names_an_archived_file_without_size_or_digest(String text) {
    assertThatThrownBy(() -> said("archived." + FILE, text).archived(List.of(FILE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("west-0: 'archived." + FILE + "' must be a size and a SHA-256");
  }

  @Test
  void names_a_section_that_was_not_said() {
    assertThatThrownBy(() -> said("other", "").number("highest_epoch"))
        .isInstanceOfSatisfying(
            InstanceRefusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.STATE_UNREADABLE))
        .hasMessageContaining("'highest_epoch'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NO_ROOM", "NO_SUCH_CODE with a sentence"})
  void names_a_refusal_that_is_none(String text) {
    assertThatThrownBy(() -> said("failure", text).requireDone())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'failure' must be a failure code and a sentence, got '" + text + "'");
  }

  private static Said said(String section, String text) {
    return new Said("west-0", Map.of(section, text));
  }
}
