package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContentWalTest {
  private static final ContentWal BAD =
      new ContentWal(new ContentId(1), new WalFileName("000000020000000000000005"));

  private static final Receipt FOUND = SampleReceipts.consume(2, Status.MISSING_WAL);

  private static List<ContentWal> found(Receipt... newestFirst) {
    return ContentWal.found(Stream.of(newestFirst).iterator());
  }

  @Test
  void what_was_found_counts_until_two_points_were_made_since() {
    Receipt point = SampleReceipts.publish(3);
    assertThat(found(point, FOUND)).containsExactly(BAD);
    assertThat(found(point, point, FOUND)).isEmpty();
  }

  /** A publish that finds the cluster locked completes, and has read nothing. */
  @Test
  void a_publish_that_was_skipped_is_no_point() {
    Receipt skipped = SampleReceipts.skipped(3);
    assertThat(found(skipped, skipped, skipped, FOUND)).containsExactly(BAD);
  }
}
