package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Decision.Word;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionTest {

  @ParameterizedTest
  @CsvSource({
    "approve, APPROVE",
    "reject, REJECT",
    "retry, RETRY",
    "roll-back, ROLL_BACK",
    "ROLL_BACK, ROLL_BACK",
    "Give-Up, GIVE_UP"
  })
  void takes_each_word_as_people_write_it(String typed, Word word) {
    assertThat(Decision.of(Typed.json("{'decision':'" + typed + "','by':'alice'}")))
        .isEqualTo(new Decision(word, "", "alice", ""));
  }

  @Test
  void refuses_a_decision_nobody_takes() {
    Typed.refused(Decision::of, "{'decision':'retry'}", "by is missing");
    Typed.refused(
        Decision::of, "{'decision':'retry','by':' '}", "by: must name the person who decides");
  }

  @Test
  void a_signature_has_its_time_and_is_of_an_approval() {
    String approve = "{'decision':'approve','by':'anna','signature':";
    String signature = "'" + "A".repeat(86) + "=='";
    String together = "signature and at, when it was signed, go together";
    Typed.refused(Decision::of, approve + signature + "}", together);
    Typed.refused(
        Decision::of,
        approve + "'','at':'2026-11-27T18:00:00Z'}",
        "signature: a signature is 64 bytes in base64, got ''; " + together);
    Typed.refused(
        Decision::of,
        approve.replace("approve", "reject") + signature + ",'at':'2026-11-27T18:00:00Z'}",
        "only the decisions approve and roll-back have a signature");
  }

  @Test
  void says_everything_that_is_wrong_in_one_sentence() {
    Typed.refused(
        Decision::of,
        "{'decision':'rollback','who':'alice'}",
        "decision: must be one of approve, reject, retry, roll-back, give-up, got 'rollback'; by is"
            + " missing; unknown field 'who' (did you mean 'by'? known: decision, by, digest,"
            + " reason, signature, at)");
  }
}
