package dev.mooring.contract;

import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReceiptActivities.Answer;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import dev.mooring.port.ReceiptActivities.ReadSiteState;
import dev.mooring.port.ReceiptActivities.Written;
import dev.mooring.topology.SiteName;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Receipts are chained and written once; a site's state is read back as it was written. */
public abstract class ReceiptContract {
  /** The world all tests of a class share. */
  protected abstract EvidenceWorld world();

  @BeforeEach
  void begin() {
    world().emptyStore();
  }

  private Written write(Receipt receipt) {
    return world()
        .receipts()
        .ensureReceipt(
            new EnsureReceipt(world().looking(), world().evidence(), receipt, List.of()));
  }

  private Written advance(SiteState state) {
    return world()
        .receipts()
        .ensureSiteState(new EnsureSiteState(world().looking(), world().evidence(), state));
  }

  private Answer state(String site) {
    return world()
        .receipts()
        .readSiteState(
            new ReadSiteState(
                world().looking(), world().evidence(), SampleManifests.HARBOUR, new SiteName(site)))
        .answer();
  }

  @Test
  void each_receipt_names_the_digest_of_the_one_before() {
    List<Receipt> runs =
        List.of(
            SampleReceipts.publish(1),
            SampleReceipts.consume(1, Status.SUCCESS),
            SampleReceipts.consume(2, Status.TIMEOUT));
    String previous = "";
    for (int i = 0; i < runs.size(); i++) {
      Written written = write(runs.get(i));
      ChainedReceipt last = world().hands().receipts().get(i);
      assertThat(last.sequence()).isEqualTo(i + 1L);
      assertThat(last.previousSha256()).isEqualTo(previous);
      assertThat(last.receipt()).isEqualTo(runs.get(i));
      previous = written.sha256();
    }
  }

  @Test
  @Tag("all")
  void a_receipt_written_again_is_found_also_behind_later_ones() {
    Written first = write(SampleReceipts.publish(1));
    write(SampleReceipts.consume(1, Status.SUCCESS));
    assertThat(write(SampleReceipts.publish(1))).isEqualTo(first);
    assertThat(world().hands().receipts()).hasSize(2);
  }

  @Test
  @Tag("all")
  void no_receipt_is_chained_to_one_that_was_altered() {
    write(SampleReceipts.publish(1));
    world().hands().alterLastReceipt();
    refused(FailureCode.SEAL_BROKEN, () -> write(SampleReceipts.publish(2)));
  }

  @Test
  @Tag("all")
  void a_site_that_was_never_moored_says_so_and_no_other_is_asked_for_it() {
    assertThat(state("west")).isEqualTo(new Answer.Never());
    advance(SampleReceipts.state(1));
    assertThat(state("east")).isEqualTo(new Answer.Never());
  }

  @Test
  @Tag("all")
  void a_state_is_read_back_as_written_and_written_once() {
    Written written = advance(SampleReceipts.state(1));
    assertThat(advance(SampleReceipts.state(1))).isEqualTo(written);
    assertThat(state("west")).isEqualTo(new Answer.Known(SampleReceipts.state(1)));
    advance(SampleReceipts.state(2));
    assertThat(state("west")).isEqualTo(new Answer.Known(SampleReceipts.state(2)));
  }

  @Test
  @Tag("all")
  void a_run_that_was_held_up_puts_no_site_back() {
    advance(SampleReceipts.state(2));
    refused(FailureCode.EPOCH_REFUSED, () -> advance(SampleReceipts.state(1)));
    assertThat(state("west")).isEqualTo(new Answer.Known(SampleReceipts.state(2)));
  }

  @Test
  void an_altered_state_is_a_failure_and_never_none() {
    advance(SampleReceipts.state(1));
    world().hands().alterState();
    refused(FailureCode.SEAL_BROKEN, () -> state("west"));
    refused(FailureCode.SEAL_BROKEN, () -> advance(SampleReceipts.state(2)));
  }

  @Test
  @Tag("all")
  void a_lost_state_is_a_failure_and_never_none() {
    advance(SampleReceipts.state(1));
    world().hands().loseState();
    refused(FailureCode.EVIDENCE_UNREADABLE, () -> state("west"));
  }
}
