package dev.mooring.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeartbeatTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"instance\":\"w0\",\"replaying\":\"0A\",\"waitingFor\":\"\"} | w0 replays 0A",
        "{\"instance\":\"w0\",\"replaying\":\"0A\",\"waitingFor\":\"0B\"} | w0 replays 0A, waits"
            + " for 0B",
        "{\"instance\":\"w0\",\"replayedTo\":\"0/A0\",\"replaying\":\"0A\",\"waitingFor\":\"\"} |"
            + " w0 replays 0A from 0/A0",
        "[{\"instance\":\"w0\",\"replaying\":\"0A\"},{\"instance\":\"w1\"}] | w0 replays 0A",
        "{\"instance\":\"w0\",\"down\":\"FATAL:  why\"} | w0 is down: FATAL:  why",
        "{\"instance\":\"w0\",\"bytes\":2,\"ofBytes\":8,\"percent\":25} | w0: 2 of 8 bytes, 25 %",
        "{\"instance\":\"w0\",\"bytes\":0,\"ofBytes\":0,\"percent\":0} | w0 is at work",
        "{\"done\":3,\"total\":7} | done 3, total 7",
        "\"copying\" | copying",
        "null | ``",
      })
  void what_a_call_reports_is_a_phrase(String json, String phrase) throws IOException {
    assertThat(Heartbeat.inWords(new ObjectMapper().readTree(json))).isEqualTo(phrase);
  }
}
