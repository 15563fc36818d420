package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeTrouble;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.DatabaseActivities.Right;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.wire.RawRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterCheckWorkflowTest {
  private static final RawRequest CHECK = Typed.json("{'cluster':'harbour'}");

  private final TestBed bed = new TestBed(Harbour.cluster(2));
  private final FakeTrouble trouble = bed.world().trouble();

  @AfterEach
  void close() {
    bed.close();
  }

  private static List<CheckRow> wrong(CheckResult result) {
    return result.rows().stream().filter(row -> row.verdict() != Judged.GOOD).toList();
  }

  private static CheckRow only(CheckResult result) {
    assertThat(wrong(result)).hasSize(1);
    return wrong(result).get(0);
  }

  @Test
  void a_cluster_that_has_all_has_nothing_wrong_and_a_row_for_each_thing() {
    CheckResult result = bed.check(CHECK);

    assertThat(wrong(result)).isEmpty();
    assertThat(result.headline())
        .isEqualTo(
            "harbour: nothing is wrong, "
                + result.rows().size()
                + " things checked by its workers");
    assertThat(result.rows().stream().map(CheckRow::title))
        .doesNotHaveDuplicates()
        .contains(
            "east cluster-file",
            "west cluster-file",
            "east evidence-read",
            "west evidence-write",
            "east primaries",
            "west contents",
            "w0 host-answers",
            "east-1 programs",
            "west-1 data-directory-mode",
            "west-0 wal-archive",
            "east-0 mooring-directory",
            "west-0 wal-space",
            "west-0 copy-state",
            "east-0 answers",
            "east-0 privileges",
            "east-1 archiving",
            "east-1 data-directory",
            "east-0 major-version",
            "west-1 server-version",
            "west-0 hot-standby-settings");
  }

  @Test
  void a_greenplum_shows_its_coordinator_its_functions_and_its_catalogue() {
    try (TestBed dock = new TestBed(Harbour.dock())) {
      CheckResult asInTheFile = dock.check(Typed.json("{'cluster':'dock'}"));
      dock.world().takeOver("mirror0");
      CheckResult failedOver = dock.check(Typed.json("{'cluster':'dock'}"));

      assertThat(wrong(asInTheFile)).isEmpty();
      assertThat(asInTheFile.rows())
          .extracting(row -> row.title() + " | " + row.seen())
          .contains(
              "east coordinator | coordinator runs PostgreSQL 12.12 (Greenplum Database 7.1.0"
                  + " build fake), of PostgreSQL 12",
              "coordinator gp-create-restore-point | there",
              "coordinator gp-switch-wal | there",
              "east catalogue | 6 rows",
              "coordinator privileges | gpadmin has [MONITOR, RESTORE_POINT, SWITCH_WAL,"
                  + " GREENPLUM_POINT, GREENPLUM_SWITCH]",
              "seg0 privileges | gpadmin has [MONITOR, RESTORE_POINT, SWITCH_WAL]")
          .noneMatch(row -> row.startsWith("mirror0 answers"));
      assertThat(asInTheFile.rows())
          .filteredOn(row -> row.is("major-version", "seg0"))
          .extracting(CheckRow::limit)
          .containsExactly("12 to 18, its host's programs of the same");
      assertThat(wrong(failedOver))
          .filteredOn(row -> row.is("catalogue", "east"))
          .extracting(CheckRow::seen)
          .containsExactly(
              "content 0 is served by mirror0, a mirror now acting",
              "content 0 has no mirror that could take over: seg0 is down");
      assertThat(failedOver.rows())
          .extracting(CheckRow::title)
          .contains("mirror0 answers")
          .doesNotContain("seg0 answers");
    }
  }

  /** What lets a primary acknowledge commits would let the stale one. */
  @Test
  void with_two_primaries_only_their_end_is_advised_and_named_first() {
    bed.world().cutOffStandbyOf(1);
    assertThat(only(bed.check(CHECK)).remedy()).isEqualTo(SynchronousCommits.REMEDY);
    trouble.promote(1);
    CheckResult result = bed.check(CHECK);
    assertThat(result.headline())
        .endsWith(", " + result.rows().size() + " things checked by its workers");
    assertThat(wrong(result)).extracting(CheckRow::title).contains("east-1 synchronous-commits");
    assertThat(result.rows().get(0).title()).isEqualTo("east primaries");
    assertThat(result.rows().get(0).seen())
        .endsWith("[east-1, west-1]: end that first, docs/operations/split-brain.md");
    assertThat(result.rows().stream().skip(1).map(CheckRow::remedy))
        .filteredOn(remedy -> !remedy.isEmpty())
        .isNotEmpty()
        .containsOnly("first end the split brain, then `mooring status harbour`");
  }

  @Test
  void a_mirror_that_would_not_archive_needs_attention() {
    try (TestBed dock = new TestBed(Harbour.dock())) {
      dock.world().mirrorArchives("mirror0", "on", "");

      CheckRow row = only(dock.check(Typed.json("{'cluster':'dock'}")));

      assertThat(row.verdict()).isEqualTo(Judged.WARNING);
      assertThat(row.title()).isEqualTo("mirror0 archiving");
      assertThat(row.seen()).contains("archive_command is empty").contains("content 0");
    }
  }

  @Test
  void a_right_that_is_missing_is_named_with_the_statement_that_gives_it() {
    trouble.revoke(Right.RESTORE_POINT);

    CheckResult result = bed.check(CHECK);

    assertThat(result.worst()).isEqualTo(Judged.WRONG);
    assertThat(wrong(result))
        .extracting(CheckRow::title)
        .containsExactly("east-0 privileges", "east-1 privileges");
    assertThat(wrong(result).get(0).seen()).isEqualTo("mooring lacks [RESTORE_POINT]");
    assertThat(wrong(result).get(0).remedy())
        .isEqualTo(
            "as a superuser: GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text) TO"
                + " mooring");
  }

  @Test
  void a_right_that_no_policy_needs_may_be_missing() {
    trouble.revoke(Right.CHECKPOINT);

    assertThat(wrong(bed.check(CHECK))).isEmpty();
  }

  @Test
  void an_archive_command_that_hides_failure_is_judged_as_publish_judges_it() {
    trouble.archiving(1, new Archiving("on", "cp %p /a/%f || true", "", "replica", Harbour.LIMITS));

    CheckRow row = only(bed.check(CHECK));

    assertThat(row.title()).isEqualTo("east-1 archiving");
    assertThat(row.seen()).contains("hides its failures");
  }

  @Test
  void an_archiver_that_fails_needs_attention() {
    trouble.archiverFails(0);
    bed.world().writeEverywhere(17 << 20);

    CheckRow row = only(bed.check(CHECK));

    assertThat(row.verdict()).isEqualTo(Judged.WARNING);
    assertThat(row.title()).isEqualTo("east-0 archiver");
    assertThat(row.seen()).startsWith("can't archive ");
    assertThat(row.remedy()).endsWith("written by an instance that was opened (west-0)");
    assertThat(row.limit()).isEqualTo("a WAL file every 5 min");
  }

  @Test
  void a_dead_host_is_wrong_with_its_reason_and_the_others_are_looked_at() {
    trouble.hostAnswers("w0", false);

    CheckRow row = only(bed.check(CHECK));

    assertThat(row.title()).isEqualTo("w0 host-answers");
    assertThat(row.seen()).isEqualTo("UNKNOWN: w0 does not answer");
    assertThat(row.remedy()).isNotEmpty();
  }

  @Test
  void a_site_without_a_worker_is_one_row_and_not_a_dozen() {
    try (TestBed half = TestBed.unserved(Harbour.cluster(2), Harbour.WEST)) {
      CheckRow row = only(half.check(CHECK));

      assertThat(row.title()).isEqualTo("west worker");
      assertThat(row.seen()).contains("no worker serves the queue mooring-west");
    }
  }

  @Test
  void an_unreadable_instance_is_wrong() {
    trouble.unreadable(0);

    assertThat(wrong(bed.check(CHECK)))
        .anySatisfy(
            row -> {
              assertThat(row.title()).isEqualTo("west-0 control-file");
              assertThat(row.seen()).startsWith("UNKNOWN: pg_controldata");
            });
  }

  @Test
  void a_store_that_does_not_answer_is_wrong_for_reading_and_writing_at_both_sites() {
    trouble.storeAnswers(false);

    assertThat(wrong(bed.check(CHECK)))
        .extracting(CheckRow::title)
        .containsExactly(
            "east evidence-read",
            "east evidence-write",
            "west evidence-read",
            "west evidence-write");
  }

  @Test
  void each_of_several_stores_has_a_row_and_one_away_stops_nothing() {
    try (TestBed several = new TestBed(Harbour.inSeveralStores())) {
      CheckResult well = several.check(CHECK);
      several.world().storeIsOut("/mnt/third");
      CheckResult oneOut = several.check(CHECK);

      assertThat(wrong(well)).isEmpty();
      assertThat(well.rows())
          .extracting(row -> row.title() + " | " + row.seen())
          .contains("west evidence-quorum | 3 of 3")
          .anyMatch(row -> row.startsWith("east /var/lib/mooring/evidence evidence-write | "))
          .anyMatch(row -> row.startsWith("west /mnt/second evidence-write | /mnt/second written"));
      assertThat(oneOut.worst()).isEqualTo(Judged.WARNING);
      assertThat(wrong(oneOut))
          .extracting(row -> row.title() + " | " + row.seen())
          .containsExactly(
              "east /mnt/third evidence-write | UNKNOWN: [/mnt/third] do not answer",
              "west /mnt/third evidence-write | UNKNOWN: [/mnt/third] do not answer");
      assertThat(oneOut.rows())
          .contains(
              CheckRow.must(true, "evidence-quorum", "west", "2 of 3", "at least 2 of 3", ""));
    }
  }

  @Test
  void fewer_stores_than_a_write_must_reach_are_wrong_each_and_together() {
    try (TestBed several = new TestBed(Harbour.inSeveralStores())) {
      several.world().storeIsOut("/mnt/second");
      several.world().storeIsOut("/mnt/third");

      CheckResult result = several.check(CHECK);

      assertThat(wrong(result)).allMatch(row -> row.verdict() == Judged.WRONG);
      assertThat(wrong(result))
          .filteredOn(row -> row.subject().startsWith("east"))
          .extracting(CheckRow::title)
          .containsExactly(
              "east evidence-read",
              "east /mnt/second evidence-write",
              "east /mnt/third evidence-write",
              "east evidence-quorum");
      assertThat(wrong(result))
          .anySatisfy(
              row -> {
                assertThat(row.seen()).isEqualTo("1 of 3");
                assertThat(row.limit()).isEqualTo("at least 2 of 3");
                assertThat(row.remedy())
                    .isEqualTo("bring back so many of them that 2 can be written");
              });
    }
  }

  @Test
  void a_primary_that_is_down_is_wrong_and_the_content_without_one_named() {
    trouble.crashPrimary(0);

    CheckResult result = bed.check(CHECK);

    assertThat(wrong(result))
        .extracting(CheckRow::title)
        .contains("east primaries", "east-0 answers");
    assertThat(wrong(result).get(0).seen()).contains("content 0 has no running primary at east");
  }

  @Test
  void a_site_with_another_cluster_file_is_wrong_with_both_digests() {
    trouble.clusterFileDiffersAt(Harbour.WEST, "ab".repeat(32));

    CheckRow row = only(bed.check(CHECK));

    assertThat(row.title()).isEqualTo("west cluster-file");
    assertThat(row.seen()).isEqualTo("digest abababababab");
    assertThat(row.limit()).startsWith("digest ");
    assertThat(row.remedy()).isEqualTo("copy one cluster file to every site");
  }

  @Test
  void a_site_with_another_cluster_file_shows_the_sections_in_which_it_differs() {
    trouble.clusterFileAt(
        Harbour.WEST,
        Harbour.cluster(
            2,
            "publish:",
            """
            notices: {channels: [{name: pager, command: page}]}
            publish:\
            """));
    assertThat(only(bed.check(CHECK)).seen()).endsWith("; differs in notices");
  }

  @Test
  void programs_of_another_minor_at_the_copy_need_attention_and_stop_nothing() {
    trouble.installed(1, Harbour.software(new ServerVersion(15, 3)));

    CheckResult result = bed.check(CHECK);

    assertThat(result.worst()).isEqualTo(Judged.WARNING);
    assertThat(result.headline()).startsWith("harbour: nothing is wrong, 1 to attend to, ");
    assertThat(only(result).title()).isEqualTo("west-1 server-version");
    assertThat(only(result).seen())
        .isEqualTo("west-1 has programs of version 15.3, the WAL of east-1 is of version 15.20");
  }

  @Test
  void programs_of_another_major_at_the_copy_are_wrong_as_consume_judges_them() {
    trouble.installed(0, Harbour.software(new ServerVersion(17, 10)));

    CheckRow row = only(bed.check(CHECK));

    assertThat(row.title()).isEqualTo("west-0 server-version");
    assertThat(row.verdict()).isEqualTo(Judged.WRONG);
    assertThat(row.seen()).contains("programs of version 17.10").contains("version 15.20");
    assertThat(row.remedy()).startsWith("install the primary's major version there");
  }

  @Test
  void programs_that_can_not_decode_their_primarys_wal_are_wrong_as_publish_judges_them() {
    trouble.primaryRuns(1, new ServerVersion(16, 4));

    assertThat(wrong(bed.check(CHECK)))
        .extracting(CheckRow::title)
        .containsExactly("east-1 major-version", "west-1 server-version");
  }

  @Test
  void settings_lower_than_the_primarys_need_attention_with_both_values() {
    trouble.limitedTo(0, new StandbyLimits(50, 8, 10, 0, 64));

    CheckRow row = only(bed.check(CHECK));

    assertThat(row.verdict()).isEqualTo(Judged.WARNING);
    assertThat(row.title()).isEqualTo("west-0 hot-standby-settings");
    assertThat(row.seen())
        .isEqualTo(
            "max_connections is 50, must be at least 100, max_prepared_transactions is 0, must be"
                + " at least 10");
  }
}
