package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Typed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a setup does not begin with, told with what fixes it; nothing is made then. */
class SetupRefusedTest {
  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.cluster()), ReplicationSetupImpl.class);

  @BeforeEach
  void westDoesNotStream() {
    bed.world().members().neverThere("west-0");
  }

  @AfterEach
  void close() {
    assertThat(bed.world().members().letIn("east-0")).isEmpty();
    bed.close();
  }

  private Ended refused() {
    return TestBed.ended(
        () ->
            bed.client()
                .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("setup"))
                .setUp(
                    Typed.json(
                        "{'cluster':'strait','act':'setup','mode':'execute','by':'alice'}")));
  }

  @Test
  void data_of_this_cluster_that_is_no_standby_is_a_resilvers() {
    bed.world().members().fencedFormerPrimary("west-0");
    Ended ended = refused();
    assertThat(ended.record().code()).isEqualTo("IDENTITY_DIFFERS");
    assertThat(ended.message()).contains("`mooring resilver strait --instances west-0`");
  }

  @Test
  void one_whose_directory_is_that_of_another_member_is_not_copied() {
    bed.world().directories().lose("west-0");
    Strait.sharesDirectory(bed.world().members(), "east-1");
    Ended ended = refused();
    assertThat(ended.type() + " " + ended.record().code()).isEqualTo("Refused TOPOLOGY_DIFFERS");
    assertThat(ended.message()).contains("east-1: is by a link the directory of another too");
  }

  /** A server with such a file does not start again. */
  @Test
  void access_lines_that_the_primary_can_not_parse_are_taken_back_with_what_it_says_of_them() {
    bed.world().directories().lose("west-0");
    Strait.parsesNoAccess(bed.world().members(), "east-0");
    Ended ended = refused();
    assertThat(ended.type() + " " + ended.record().code()).isEqualTo("Failed HOST_REFUSED");
    assertThat(ended.message()).contains("east-0 can't parse its access rules", "line 2: is not");
  }

  @Test
  void too_few_senders_are_told_with_what_sets_them() {
    bed.world().directories().lose("west-0");
    bed.world().members().setOn("east-0", "max_wal_senders", "1");
    Ended ended = refused();
    assertThat(ended.record().code()).isEqualTo("SETTINGS_TOO_LOW");
    assertThat(ended.message())
        .contains(
            "max_wal_senders = 1, must be 4. HINT: with `--override restart` and a reason",
            "by hand: ALTER SYSTEM SET max_wal_senders = 10; and a restart");
  }

  @Test
  void room_is_judged_as_a_resilver_judges_it() {
    bed.world().directories().lose("west-0");
    bed.world().directories().room(1_000);
    Ended ended = refused();
    assertThat(ended.record().code()).isEqualTo("NO_ROOM");
    assertThat(ended.message()).contains("(what east-0 has, and a tenth more), and 1000 are free");
  }
}
