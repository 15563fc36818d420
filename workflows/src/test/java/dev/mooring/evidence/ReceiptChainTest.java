package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.ReceiptChain.Link;
import dev.mooring.evidence.ReceiptChain.Verdict;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptChainTest {

  @Test
  void a_chain_is_whole_however_it_was_listed() {
    List<Link> links = chain(5);
    Collections.reverse(links);
    assertThat(verify(links)).isEqualTo(new Verdict.Whole(5, SampleReceipts.digestOf(5)));
    assertThat(verify(List.of())).isEqualTo(new Verdict.Whole(0, ""));
  }

  @Test
  void a_receipt_taken_out_is_named() {
    List<Link> links = chain(5);
    links.remove(2);
    assertThat(verify(links)).isEqualTo(new Verdict.Broken(3, "receipt 3 is missing, 4 is there"));
    assertThat(verify(chain(5).subList(1, 5)))
        .isEqualTo(new Verdict.Broken(1, "receipt 1 is missing, 2 is there"));
  }

  @Test
  void a_receipt_there_twice_is_named() {
    List<Link> links = chain(3);
    links.add(links.get(1));
    assertThat(verify(links)).isEqualTo(new Verdict.Broken(3, "receipt 2 is there twice"));
  }

  @Test
  void a_receipt_under_another_number_is_named() {
    List<Link> links = chain(3);
    links.set(2, new Link(3, links.get(1).document()));
    assertThat(verify(links))
        .isEqualTo(new Verdict.Broken(3, "receipt 3: it was written as receipt 2"));
  }

  @Test
  void a_receipt_put_in_the_place_of_another_breaks_the_one_after_it() {
    List<Link> links = chain(3);
    Document.Intact<ChainedReceipt> other =
        new Document.Intact<>(
            SampleReceipts.chained(2, SampleReceipts.publish(9)), SampleReceipts.digestOf(9), "k");
    links.set(1, new Link(2, other));
    assertThat(verify(links))
        .isEqualTo(
            new Verdict.Broken(
                3,
                "receipt 3: it names "
                    + SampleReceipts.digestOf(2)
                    + " as the digest of the one before, which has "
                    + SampleReceipts.digestOf(9)));
  }

  @Test
  void a_refused_receipt_is_named_with_its_reason() {
    List<Link> links = chain(3);
    links.set(1, new Link(2, new Document.Refused<>(Document.Fault.SEAL_BROKEN, "it was altered")));
    assertThat(verify(links)).isEqualTo(new Verdict.Broken(2, "receipt 2: it was altered"));
  }

  @Test
  void a_receipt_of_another_cluster_is_named() {
    assertThat(ReceiptChain.verify(new ClusterName("other"), chain(1)))
        .isEqualTo(
            new Verdict.Broken(1, "receipt 1: it is about harbour, this is the chain of other"));
  }

  @Test
  void only_the_first_receipt_has_none_before_it() {
    Receipt receipt = SampleReceipts.publish(1);
    assertThatThrownBy(
            () ->
                new ChainedReceipt(
                    1, SampleReceipts.digestOf(1), Instant.EPOCH, receipt, List.of()))
        .hasMessageContaining("receipt 1 has none before it");
    assertThatThrownBy(() -> new ChainedReceipt(2, "", Instant.EPOCH, receipt, List.of()))
        .hasMessageContaining("receipt 2 names the digest of the one before it, got ''");
    assertThatThrownBy(() -> new ChainedReceipt(0, "", Instant.EPOCH, receipt, List.of()))
        .hasMessage("receipts are numbered from 1, got 0");
  }

  private static Verdict verify(List<Link> links) {
    return ReceiptChain.verify(SampleManifests.HARBOUR, links);
  }

  private static List<Link> chain(int length) {
    List<Link> links = new ArrayList<>();
    for (int n = 1; n <= length; n++) {
      links.add(
          new Link(
              n,
              new Document.Intact<>(
                  SampleReceipts.chained(n, SampleReceipts.publish(n)),
                  SampleReceipts.digestOf(n),
                  "0123456789abcdef")));
    }
    return links;
  }
}
