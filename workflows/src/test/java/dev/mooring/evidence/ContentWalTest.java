package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContentWalTest {
  private static final ContentWal BAD =
      new ContentWal(new ContentId(1), new WalFileName("000000020000000000000005"));

  private static final Receipt FOUND = SampleReceipts.consume(2, Status.MISSING_WAL);

  private static List<ContentWal> found(Receipt... newestFirst) {
    return ContentWal.found(
        Stream.of(newestFirst).map(one -> SampleReceipts.chained(1, one)).iterator());
  }

  /** As the last of a chain carries it alone, none of the others being read. */
  private static List<ContentWal> carried(Receipt... oldestFirst) {
    Optional<Document.Intact<ChainedReceipt>> last = Optional.empty();
    for (Receipt receipt : oldestFirst) {
      ChainedReceipt next = ChainedReceipt.after(last, receipt.ending().at(), receipt);
      last = Optional.of(new Document.Intact<>(next, SampleReceipts.digestOf(1), ""));
    }
    return ContentWal.found(List.of(last.orElseThrow().content()).iterator());
  }

  @Test
  void what_was_found_is_carried_until_two_points_were_made_since() {
    Receipt point = SampleReceipts.publish(3);
    Receipt skipped = SampleReceipts.skipped(3);
    assertThat(carried(FOUND, skipped, skipped)).containsExactly(BAD);
    assertThat(carried(FOUND, point, skipped)).containsExactly(BAD);
    assertThat(carried(FOUND, skipped, point)).containsExactly(BAD);
    assertThat(carried(FOUND, point, point)).isEmpty();
    assertThat(carried(FOUND, point, skipped, point)).isEmpty();
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
