package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.NoticePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A diagnosis that comes and goes sends few notices, and none of them stays false. */
class DueNoticesTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  private final DueNotices due = new DueNotices(List.of());

  private static Diagnosis silent(String member) {
    return new Diagnosis(DiagnosisKind.MEMBER_SILENT, member, member + " is silent", "look", NOON);
  }

  /** What is sent while those are open: {@code +} for one that began, {@code -} for one over. */
  private String sent(Instant now, Diagnosis... open) {
    StringBuilder sent = new StringBuilder();
    due.begun(List.of(open)).forEach(one -> sent.append("+").append(one.subject()));
    due.over(List.of(open), now).forEach(one -> sent.append("-").append(one.subject()));
    return sent.toString();
  }

  @Test
  void one_that_begins_and_ends_is_sent_as_begun_and_as_over_at_once() {
    assertThat(sent(NOON, silent("a"))).isEqualTo("+a");
    assertThat(sent(NOON.plusSeconds(1), silent("a"), silent("b"))).isEqualTo("+b");
    assertThat(sent(NOON.plusSeconds(2), silent("b"))).isEqualTo("-a");
    assertThat(sent(NOON.plusSeconds(3), silent("b"))).isEmpty();
  }

  @Test
  void one_that_comes_and_goes_sends_few_and_is_never_open_after_the_word_that_it_is_over() {
    StringBuilder all = new StringBuilder();
    boolean open = false;
    Instant now = NOON;
    while (now.isBefore(NOON.plus(NoticePolicy.AGAIN_AFTER))) {
      open = !open;
      all.append(open ? sent(now, silent("a")) : sent(now));
      assertThat(open && all.toString().endsWith("-a")).isFalse();
      now = now.plus(TEN_MINUTES);
    }
    assertThat(all).hasToString("+a-a+a");
    Instant later = NOON.plus(TEN_MINUTES).plus(NoticePolicy.AGAIN_AFTER);
    assertThat(sent(later)).isEqualTo("-a");
    assertThat(sent(later.plusSeconds(1))).isEmpty();
  }

  /** The run that goes on with a watch. */
  @Test
  void what_was_sent_by_the_run_before_is_not_sent_again() {
    sent(NOON, silent("a"));
    DueNotices next = new DueNotices(due.sent());
    assertThat(next.begun(List.of(silent("a")))).isEmpty();
    assertThat(next.over(List.of(), NOON)).extracting(Diagnosis::subject).containsExactly("a");
  }

  @Test
  void what_is_over_for_long_is_forgotten() {
    sent(NOON, silent("a"));
    sent(NOON.plusSeconds(1));
    assertThat(due.sent()).hasSize(1);
    sent(NOON.plusSeconds(1).plus(NoticePolicy.AGAIN_AFTER));
    assertThat(due.sent()).isEmpty();
  }
}
