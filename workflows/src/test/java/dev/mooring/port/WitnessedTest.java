package dev.mooring.port;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.Look;
import dev.mooring.port.Witnessed.OnHost;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether anything came back: on silence alone a person's word counts, and a host is dead. */
class WitnessedTest {

  @ParameterizedTest
  @CsvSource({
    "SILENT, SILENT, false, true",
    "NO_ROUTE, NO_ROUTE, false, true",
    "SILENT, NOT_ASKED, false, true",
    "NOT_ASKED, NOT_ASKED, false, false",
    "NOT_ASKED, SILENT, false, false",
    "CLOSED, SILENT, true, true",
    "STALLED, SILENT, true, true",
    "TURNS_AWAY, NOT_ASKED, true, true",
    "LETS_IN, NOT_ASKED, true, true",
    "STANDS_BY, NO_ROUTE, true, true",
    "WRITES, SILENT, true, true",
    "SILENT, NO_LOGIN, true, true",
    "SILENT, UNREADABLE, true, true",
    "NOT_ASKED, STOPPED, true, true",
    "NO_ROUTE, RUNS, true, true",
  })
  void a_word_from_database_or_host_is_an_answer_and_silence_is_a_look_where_it_was_asked(
      Database database, OnHost host, boolean answered, boolean isLook) {
    Look look = new Look(database, host, "as it says");
    assertThat(look.isAnswered()).isEqualTo(answered);
    assertThat(look.isLook()).isEqualTo(isLook);
  }
}
