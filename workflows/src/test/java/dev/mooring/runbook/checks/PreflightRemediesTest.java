package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Strait;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a row advises fixes what it says, and harms nobody. */
class PreflightRemediesTest {
  private static final int WEST_0 = 2;

  private final ObservedMembers good = PreflightTest.observed();

  private static List<CheckRow> wrong(Cluster cluster, ObservedMembers observed) {
    Move move = new Move(cluster, cluster.members().get(0), cluster.members().get(WEST_0));
    return Preflight.of(move, observed, List.of()).stream()
        .filter(row -> row.verdict() == Judged.WRONG)
        .toList();
  }

  private static CheckRow only(ObservedMembers observed) {
    List<CheckRow> wrong = wrong(Strait.cluster(), observed);
    assertThat(wrong).hasSize(1);
    return wrong.get(0);
  }

  @Test
  void a_replay_that_a_person_paused_is_resumed() {
    ObservedMembers paused = Altered.of(good, "members.2.standing.replay.paused", true);
    assertThat(only(paused).remedy()).isEqualTo("SELECT pg_catalog.pg_wal_replay_resume() there");
  }

  /** Its server paused it at a record that it can't replay, and shuts down when it is resumed. */
  @ParameterizedTest
  @CsvSource({
    "max_connections, 99, 100",
    "max_worker_processes, 7, 8",
    "max_wal_senders, 9, 10",
    "max_locks_per_transaction, 63, 64",
  })
  void a_replay_that_settings_paused_is_not_resumed(String setting, String less, String needed) {
    ObservedMembers paused =
        PreflightTest.setting(
            Altered.of(good, "members.2.standing.replay.paused", true), WEST_0, setting, less);
    assertThat(only(paused).remedy())
        .isEqualTo(
            "do not resume it, that would shut it down: raise what it has lower than east-0 and"
                + " restart it (%s is %s, must be at least %s)",
            setting, less, needed);
  }

  /** A promotion replays all of it first, and can't be taken back meanwhile. */
  @Test
  void what_is_received_and_not_replayed_is_bounded() {
    String replayed = good.members().get(WEST_0).standing().replayed().toString();
    long limit = Strait.cluster().streaming().orElseThrow().replication().limits().lagBytes();
    ObservedMembers near =
        Altered.of(good, "members.2.standing.received", Lsn.parse(replayed).plus(limit).toString());
    assertThat(wrong(Strait.cluster(), near)).isEmpty();
    ObservedMembers far =
        Altered.of(
            good, "members.2.standing.received", Lsn.parse(replayed).plus(limit + 1).toString());
    assertThat(only(far).title()).isEqualTo("west-0 replay-lag");
    assertThat(only(far).seen()).startsWith((limit + 1) + " bytes");
  }

  /** What a person may override by its name is judged under the locks alone. */
  @Test
  void the_last_look_judges_what_holds_a_stop_up_and_no_rule() {
    Cluster cluster = Strait.cluster();
    Move move = new Move(cluster, cluster.members().get(0), cluster.members().get(WEST_0));
    Verdicts.proceeds(Preflight.atLastLook(move, good));
    ObservedMembers elsewhere =
        Altered.of(good, "members.2.replication.receivers.0.senderHost", "192.0.2.7");
    assertThat(only(elsewhere).rule()).isEqualTo("upstream-address");
    Verdicts.proceeds(Preflight.atLastLook(move, elsewhere));
    ObservedMembers behind =
        Altered.of(good, "members.0.replication.senders.0.lagBytes", Long.MAX_VALUE);
    Verdict<Move> waits = Preflight.atLastLook(move, behind);
    assertThat(waits).isInstanceOf(Verdict.NotYet.class);
    assertThat(((Verdict.NotYet<Move>) waits).awaiting()).startsWith("east-1 walsender-lag: ");
    ObservedMembers late = Altered.of(good, "members.0.load.unarchived", 1000);
    Verdicts.never(
        Preflight.atLastLook(move, late),
        FailureCode.PREFLIGHT,
        "east-0 archive-backlog: 1000 files, must be at most 8; a stop waits for the archiver: look"
            + " at its last error");
    ObservedMembers cascades = Altered.of(good, "members.2.replication.receivers.0.senderPort", 1);
    assertThat(Preflight.atLastLook(move, cascades)).isInstanceOf(Verdict.Never.class);
    ObservedMembers paused = Altered.of(good, "members.2.standing.replay.paused", true);
    assertThat(Preflight.atLastLook(move, paused)).isInstanceOf(Verdict.Never.class);
  }

  /** A standby that was copied has its primary's names, its own among them. */
  @ParameterizedTest
  @CsvSource({
    "FIRST 1 (west_0), false",
    "'FIRST 1 (west_0, east_1)', true",
    "'ANY 2 (west_0, east_1)', false",
    "'ANY 2 (east_0, east_1)', true",
    "'ANY 2 (east_0, east_1, receiver)', true",
    "FIRST 1 (receiver), false",
    "ANY 2 (*), true",
    "ANY 3 (*), false",
  })
  void names_of_an_administrator_that_nobody_could_answer_to_are_told(String names, boolean holds) {
    ObservedMembers own = good;
    for (int member : List.of(0, WEST_0)) {
      own = PreflightTest.setting(own, member, "synchronous_standby_names", names);
    }
    if (holds) {
      assertThat(wrong(Strait.cluster(), own)).isEmpty();
    } else {
      assertThat(only(own).title()).isEqualTo("west-0 synchronous-standbys");
      assertThat(only(own).rule()).isEqualTo("synchronous-drift");
    }
  }

  @Test
  void a_target_that_streams_from_nobody_is_not_called_a_standby_of_a_standby() {
    ObservedMembers cut = Altered.of(good, "members.2.replication.receivers", List.of());
    assertThat(wrong(Strait.cluster(), cut))
        .extracting(CheckRow::remedy)
        .hasSize(2)
        .containsOnly("make it follow the primary: its log shows the cause");
  }

  /** It confirms no WAL: its lag would be that of nobody, and a standby to detach it is not. */
  @Test
  void a_base_backup_is_told_once_and_as_no_standby_that_lags() {
    ObservedMembers observed =
        Altered.of(
            Altered.of(
                Altered.of(good, "members.0.replication.senders.0.state", "backup"),
                "members.0.replication.senders.0.lagBytes",
                Long.MAX_VALUE),
            "members.0.load.backups",
            1);
    assertThat(only(observed).title()).isEqualTo("east-0 base-backups");
  }

  /** A standby that reconnects has an old walsender until that times out. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, 'wait for wal_sender_timeout, which ends that of an earlier connection'",
    "192.0.2.7, 192.0.2.8, 'stop what streams by its name and is no member'",
  })
  void two_walsenders_by_the_name_of_the_target_are_told_by_their_addresses(
      String one, String other, String remedy) {
    CheckRow row = only(twice(one, other, "streaming"));
    assertThat(row.title()).isEqualTo("west-0 walsender");
    assertThat(row.seen()).isEqualTo("several by its name: [%s, %s]", one, other);
    assertThat(row.remedy()).startsWith(remedy);
  }

  @Test
  void a_base_backup_by_the_name_of_the_target_does_not_stream_beside_it() {
    assertThat(wrong(Strait.cluster(), twice("192.0.2.7", "192.0.2.7", "backup"))).isEmpty();
  }

  /** The second is the target's own, and streams. */
  private ObservedMembers twice(String one, String other, String state) {
    return Altered.of(
        Altered.of(
            Altered.of(
                Altered.of(good, "members.0.replication.senders.0.application", "west_0"),
                "members.0.replication.senders.0.state",
                state),
            "members.0.replication.senders.0.address",
            one),
        "members.0.replication.senders.1.address",
        other);
  }

  @Test
  void who_streams_and_is_no_member_is_not_to_be_detached() {
    ObservedMembers foreign =
        Altered.of(
            Altered.of(good, "members.0.replication.senders.0.application", "receivewal"),
            "members.0.replication.senders.0.lagBytes",
            Long.MAX_VALUE);
    CheckRow row = only(foreign);
    assertThat(row.title() + ": " + row.seen()).isEqualTo("receivewal walsender-lag: not known");
    assertThat(row.remedy()).contains("it is no member's").doesNotContain("--detach");
  }
}
