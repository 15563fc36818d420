package dev.mooring.port;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.wire.RunbookDataConverter;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SenderPositionsTest {

  @Test
  void what_a_history_of_a_release_that_did_not_ask_lacks_is_not_known() throws IOException {
    Sender sender =
        RunbookDataConverter.mapper()
            .readValue(
                """
                {"application": "west_0", "address": "", "state": "streaming", "sync": "async",
                 "lagBytes": 0, "slot": "west_0", "silentSeconds": 0}
                """,
                Sender.class);

    assertThat(sender.positions()).isEqualTo(new SenderPositions());
    assertThat(sender.positions().priority()).isNegative();
  }
}
