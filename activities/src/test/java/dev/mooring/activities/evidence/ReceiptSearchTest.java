package dev.mooring.activities.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.evidence.EvidenceReader.Entry;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.port.EvidenceActivities.RunsOf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptSearchTest {
  private static final RunsOf CONSUME = new RunsOf("DrConsume", "west");
  private static final int AT_MOST = 500;
  private static final int ANYWAY = 16;

  @Test
  void ends_when_all_were_met_and_reads_nothing_older() {
    Iterator<Entry<ChainedReceipt>> left = chain(5, 40);

    ReceiptSearch search = new ReceiptSearch(left, 2, List.of(CONSUME));

    assertThat(search.last()).hasSize(2);
    assertThat(search.found()).extracting(Entry::path).containsExactly("5");
    assertThat(search.unfound()).isEmpty();
    assertThat(search.searched()).isEqualTo(5);
    assertThat(left.next().path()).isEqualTo("6");
  }

  @Test
  void ends_somewhere_where_none_is_met_and_says_so() {
    ReceiptSearch search = new ReceiptSearch(chain(600, 700), 2, List.of(CONSUME));

    assertThat(search.found()).isEmpty();
    assertThat(search.unfound()).containsExactly(CONSUME);
    assertThat(search.searched()).isBetween(ANYWAY, AT_MOST);
  }

  @Test
  void ends_with_the_chain_and_then_nothing_is_left_unknown() {
    ReceiptSearch search = new ReceiptSearch(chain(0, 12), 2, List.of(CONSUME));

    assertThat(search.found()).isEmpty();
    assertThat(search.unfound()).isEmpty();
    assertThat(search.searched()).isEqualTo(12);
  }

  @Test
  void looks_past_the_plans_for_the_last_run_and_gives_the_last_of_them_too() {
    Receipt run = SampleReceipts.consume(1, Status.TIMEOUT);
    Receipt plan = SampleReceipts.plan(run);
    Iterator<Entry<ChainedReceipt>> newestFirst =
        List.of(
                entry(1, 6, SampleReceipts.publish(3)),
                entry(2, 5, SampleReceipts.plan(SampleReceipts.publish(2))),
                entry(3, 4, plan),
                entry(4, 3, plan),
                entry(5, 2, run),
                entry(6, 1, plan))
            .iterator();

    ReceiptSearch search = new ReceiptSearch(newestFirst, 1, List.of(CONSUME));

    assertThat(search.last()).extracting(Entry::path).containsExactly("1");
    assertThat(search.found()).extracting(Entry::path).containsExactly("3", "5");
  }

  /** So many receipts, the newest called 1; all are of publishes but the one at that place. */
  private static Iterator<Entry<ChainedReceipt>> chain(int consume, int length) {
    List<Entry<ChainedReceipt>> entries = new ArrayList<>();
    for (int place = 1; place <= length; place++) {
      Receipt receipt =
          place == consume ? SampleReceipts.consume(1, Status.TIMEOUT) : SampleReceipts.publish(1);
      entries.add(entry(place, length - place + 1, receipt));
    }
    return Collections.unmodifiableList(entries).iterator();
  }

  private static Entry<ChainedReceipt> entry(int place, long sequence, Receipt receipt) {
    ChainedReceipt chained = SampleReceipts.chained(sequence, receipt);
    return new Entry<>(
        Integer.toString(place), "", new Document.Intact<>(chained, "digest", "key"));
  }
}
