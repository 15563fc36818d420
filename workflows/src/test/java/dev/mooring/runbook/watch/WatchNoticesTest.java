package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.port.NoticeActivities.EnsureNoticed;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.topology.NoticePolicy.Severity;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** People are told what a watch finds, and nothing that becomes of that ends it. */
class WatchNoticesTest {
  private static final String CHANNELS =
      "notices: {channels: [{name: pager, command: page}, {name: chat, from: warning, webhook:"
          + " {url: 'http://chat.example', format: slack}}]}\n";

  private final WatchBed strait =
      new WatchBed(Strait.cluster("endpoints:", CHANNELS + "endpoints:"));

  @AfterEach
  void close() {
    strait.close();
  }

  private List<Notice> through(String channel) {
    return strait.bed.notices().taken().stream()
        .filter(one -> one.channel().name().equals(channel))
        .map(EnsureNoticed::notice)
        .toList();
  }

  /** Others may begin and end beside it, for sites are not looked at in the same moment. */
  private List<Notice> reported(String channel, String diagnosis, int notices) {
    strait.until(() -> of(channel, diagnosis).size() + "", (notices + "")::equals);
    return of(channel, diagnosis);
  }

  private List<Notice> of(String channel, String diagnosis) {
    return through(channel).stream()
        .filter(one -> one.message().headline().startsWith(diagnosis))
        .toList();
  }

  @Test
  void a_diagnosis_that_begins_and_one_that_is_over_are_told() {
    strait.watching();
    strait.world().members().kill("east-0");
    strait.untilOpen("primary-down strait", "member-silent east-0");
    Diagnosis down = strait.state().diagnoses().get(0);
    Notice begun = reported("pager", "primary-down", 1).get(0);
    assertThat(begun.event()).isEqualTo(Event.OPENED);
    assertThat(begun.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(begun.message().headline()).isEqualTo("primary-down: " + down.sentence());
    assertThat(begun.message().lines()).contains("since " + down.since());
    assertThat(begun.message().next()).isEqualTo(down.remedy());
    assertThat(reported("chat", "member-silent", 1).get(0).event()).isEqualTo(Event.OPENED);
    assertThat(reported("chat", "primary-down", 1)).containsExactly(begun);
    assertThat(of("pager", "member-silent")).isEmpty();
    strait.world().members().start("east-0");
    Notice over = reported("pager", "primary-down", 2).get(1);
    assertThat(over.event()).isEqualTo(Event.OVER);
    assertThat(over.message().headline()).isEqualTo("primary-down of strait is over");
    assertThat(over.severity()).isEqualTo(Severity.INFO);
    assertThat(over.message().lines()).contains(down.sentence());
    reported("chat", "member-silent", 2);
    assertThat(of("pager", "member-silent")).isEmpty();
    assertThat(through("chat")).extracting(Notice::key).doesNotHaveDuplicates();
  }

  /** Its host may be starting again: that wakes nobody. */
  @Test
  void a_primary_that_was_shut_down_sends_no_critical_notice_at_first() {
    strait.watching();
    strait.world().members().shutDown("east-0");
    reported("chat", "primary-shut-down", 1);
    strait.world().members().start("east-0");
    assertThat(reported("chat", "primary-shut-down", 2).get(1).event()).isEqualTo(Event.OVER);
    assertThat(through("pager")).isEmpty();
    strait.world().members().shutDown("east-0");
    strait.untilOpen("primary-shut-down strait", "member-silent east-0");
    strait.unseenFor(ShutDownPrimary.RETURNS_WITHIN);
    reported("pager", "primary-down", 1);
  }

  @Test
  void what_goes_on_in_another_run_is_told_once_and_a_file_that_is_away_is_told() {
    strait.world().members().pauseReplay("west-0");
    strait.watching();
    reported("chat", "replay-paused", 1);
    strait.bed.faults().plan(call -> call.method().equals("readCluster"), Fault.FAILS);
    strait.goesOnAnew();
    reported("chat", "site-not-watched", 2);
    assertThat(of("chat", "replay-paused")).hasSize(1);
    assertThat(through("pager")).isEmpty();
  }

  @Test
  void a_channel_that_fails_ends_no_watch() {
    strait.bed.faults().plan(call -> call.method().equals("ensureNoticed"), Fault.FAILS);
    strait.watching();
    strait.world().members().pauseReplay("west-0");
    strait.untilOpen("replay-paused west-0");
    strait.world().members().freeze("east-0");
    strait.untilState(state -> state.diagnoses().size() > 1);
  }
}
