package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.runbook.replication.ObservedStandbys.SenderRow;
import dev.mooring.runbook.replication.ObservedStandbys.SlotRow;
import dev.mooring.runbook.replication.ObservedStandbys.StandbyRow;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicationVerifyWorkflowTest {
  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.cluster()), ReplicationSetupImpl.class);

  @AfterEach
  void close() {
    bed.close();
  }

  private ReplicationResult verify() {
    return verify(bed, "strait");
  }

  private static ReplicationResult verify(TestBed bed, String cluster) {
    return bed.client()
        .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("verify"))
        .setUp(Typed.json("{'cluster':'" + cluster + "'}"));
  }

  private static List<String> ids(ReplicationResult result, String standby) {
    return result.checks().stream()
        .filter(row -> row.subject().equals(standby))
        .map(row -> row.id() + " " + row.verdict())
        .toList();
  }

  @Test
  void members_are_healthy_by_the_names_that_patroni_gave_them() {
    try (TestBed named =
        new TestBed(
            new FakeCluster(dev.mooring.fake.Strait.byPatroni("pg.")),
            ReplicationSetupImpl.class)) {
      ReplicationResult result = verify(named, "strait");
      assertThat(result.headline()).endsWith("2 of 2 standbys healthy");
      assertThat(result.observed().senders())
          .extracting(SenderRow::of)
          .containsExactly("east-1", "west-0");
    }
  }

  @Test
  void standbys_that_stream_and_keep_up_are_healthy_each_with_its_slot() {
    ReplicationResult result = verify();

    assertThat(result.headline())
        .isEqualTo("strait: east-0 is the primary on timeline 1, 2 of 2 standbys healthy");
    assertThat(result.worst()).isEqualTo(Judged.GOOD);
    assertThat(ids(result, "west-0"))
        .containsExactly("walsender GOOD", "answers GOOD", "caught-up GOOD", "walsender-slot GOOD");
    List<StandbyRow> standbys = result.observed().standbys();
    assertThat(standbys)
        .extracting(
            row -> row.instance().value(),
            row -> row.connection().state(),
            row -> row.connection().slot())
        .containsExactly(
            tuple("east-1", "streaming", "east_1"), tuple("west-0", "streaming", "west_0"));
    assertThat(standbys).allMatch(row -> row.caughtUpMillis() >= 0);
    assertThat(result.observed().slots())
        .extracting(SlotRow::of)
        .containsExactly("east-1", "west-0");
    assertThat(result.changed()).isEmpty();
    assertThat(result.degraded()).isEmpty();
  }

  @Test
  void each_sender_is_shown_also_of_those_who_are_no_members() {
    bed.world().members().commitsWaitFor("east-0", "FIRST 1 (west_0, east_1)");
    bed.world().replication().strangerAt("east-0", "debezium");

    ReplicationResult result = verify();

    assertThat(result.worst()).isEqualTo(Judged.GOOD);
    ObservedStandbys observed = result.observed();
    assertThat(observed.standbys()).allMatch(row -> !row.position().lastTransaction().isEmpty());
    assertThat(observed.senders())
        .extracting(
            row -> row.sender().value(),
            SenderRow::of,
            SenderRow::application,
            row -> row.positions().priority())
        .containsExactly(
            tuple("east-0", "east-1", "east_1", 2L),
            tuple("east-0", "west-0", "west_0", 1L),
            tuple("east-0", "", "debezium", 0L));
    assertThat(observed.senders().get(0).positions().replayed())
        .isEqualTo(observed.standbys().get(0).position().replayed());
    assertThat(observed.senders().get(2).positions().replayed()).isEmpty();
  }

  @Test
  void a_standby_that_is_gone_is_down_and_its_slot_keeps_wal_for_nobody() {
    bed.world().members().kill("west-0");

    ReplicationResult result = verify();

    assertThat(result.worst()).isEqualTo(Judged.WRONG);
    assertThat(ids(result, "east-1")).allMatch(row -> row.endsWith("GOOD"));
    assertThat(ids(result, "west-0")).containsExactly("walsender WRONG", "answers WRONG");
    assertThat(result.checks())
        .filteredOn(row -> row.is(StreamingRows.WALSENDER, "west-0"))
        .extracting(CheckRow::seen)
        .containsExactly("no member sends WAL to it");
    assertThat(result.degraded()).singleElement().asString().contains("slot west_0 is not in use");
    assertThat(bed.faults().calls())
        .as("nobody waits for it")
        .filteredOn(call -> call.method().equals("awaitStreaming"))
        .hasSize(1);
  }

  @Test
  void a_standby_that_only_the_archive_feeds_is_down_where_it_does_not_answer() {
    String fed = "follows: archive, dataDirectory: /data/east-1";
    FakeCluster world =
        new FakeCluster(dev.mooring.fake.Strait.cluster("dataDirectory: /data/east-1", fed));
    try (TestBed archived = new TestBed(world, ReplicationSetupImpl.class)) {
      world.members().kill("east-1");

      assertThat(ids(verify(archived, "strait"), "east-1")).containsExactly("answers WRONG");
    }
  }

  @Test
  void a_standby_that_does_not_replay_in_time_is_high() {
    bed.world().members().freeze("east-1");
    bed.world().members().write("east-0");

    ReplicationResult result = verify();

    assertThat(result.worst()).isEqualTo(Judged.WARNING);
    assertThat(ids(result, "east-1"))
        .containsExactly(
            "walsender GOOD", "answers WARNING", "caught-up WARNING", "walsender-slot GOOD");
    StandbyRow frozen = result.observed().standbys().get(0);
    assertThat(frozen.caughtUpMillis()).isEqualTo(-1);
    assertThat(frozen.connection().lagBytes()).isPositive();
  }

  @Test
  void without_one_primary_it_fails_and_says_what_was_seen() {
    bed.world().members().promote("west-0");

    Ended two = TestBed.ended(this::verify);

    assertThat(two.record().code()).isEqualTo(FailureCode.TWO_PRIMARIES.name());
    assertThat(two.record().headline()).contains("[east-0, west-0] accept writes, all of them");
    bed.world().members().kill("east-0");
    bed.world().members().kill("west-0");
    assertThat(TestBed.ended(this::verify).record().code())
        .isEqualTo(FailureCode.NO_PRIMARY.name());
  }

  @Test
  void a_cluster_whose_file_has_no_replication_is_refused() {
    try (TestBed moored =
        new TestBed(new FakeCluster(Harbour.cluster(1)), ReplicationSetupImpl.class)) {
      Ended ended = TestBed.ended(() -> verify(moored, "harbour"));

      assertThat(ended.type()).isEqualTo("Refused");
      assertThat(ended.message()).contains("its cluster file has no `replication`");
    }
  }
}
