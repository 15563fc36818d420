package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.ManifestActivities.Answer;
import dev.mooring.port.ManifestActivities.ManifestRead;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.port.ReceiptActivities.SiteStateRead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Evidence on its way through a history comes out as it went in. */
class EvidencePayloadTest {
  private static final ObjectMapper MAPPER = RunbookDataConverter.mapper();

  @Test
  void manifests_go_through_a_history() throws Exception {
    for (Manifest manifest : List.of(SampleManifests.ready(1, 3), SampleManifests.pending(2, 3))) {
      assertThat(there(manifest, Manifest.class)).isEqualTo(manifest);
    }
    ManifestRead read =
        new ManifestRead(
            new Answer.Found(SampleManifests.ready(1, 1), Sha256.of(new byte[0]), "LATEST"),
            List.of("another"));
    assertThat(there(read, ManifestRead.class)).isEqualTo(read);
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void receipts_go_through_a_history(Status status) throws Exception {
    Receipt consume = SampleReceipts.consume(2, status);
    assertThat(there(consume, Receipt.class)).isEqualTo(consume);
  }

  @Test
  void receipts_of_a_publish_and_states_go_through_a_history() throws Exception {
    assertThat(there(SampleReceipts.publish(1), Receipt.class))
        .isEqualTo(SampleReceipts.publish(1));
    assertThat(there(SampleReceipts.state(1), SiteState.class)).isEqualTo(SampleReceipts.state(1));
    SiteStateRead known =
        new SiteStateRead(new ReceiptActivities.Answer.Known(SampleReceipts.state(1)));
    assertThat(there(known, SiteStateRead.class)).isEqualTo(known);
    SiteStateRead never = new SiteStateRead(new ReceiptActivities.Answer.Never());
    assertThat(there(never, SiteStateRead.class)).isEqualTo(never);
  }

  private static <T> T there(T value, Class<T> type) throws Exception {
    return MAPPER.readValue(MAPPER.writeValueAsBytes(value), type);
  }
}
