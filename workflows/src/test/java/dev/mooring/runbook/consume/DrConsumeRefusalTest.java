package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.Typed;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run of DrConsume refuses before it touches an instance. */
class DrConsumeRefusalTest extends ConsumeBed {
  @Test
  void refuses_a_name_that_is_not_there_and_touches_nothing() {
    publish();
    Ended ended = refusedOrFailed(consume("'target':'sync_point_20200101_000000_zz'"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("NO_MANIFEST");
    assertThat(ended.record().headline())
        .isEqualTo("there is no manifest sync_point_20200101_000000_zz");
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @Test
  void refuses_when_nothing_was_published_yet() {
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("NO_MANIFEST");
    assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("REFUSED");
  }

  @Test
  void goes_to_no_earlier_point_than_an_instance_can_be_parked_at() {
    String first = publish();
    bed.world().writeEverywhere(20 << 20);
    publish();
    bed.consume(CONSUME);
    Ended ended = refusedOrFailed(consume("'target':'" + first + "'"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("BEYOND_TARGET");
    assertThat(ended.record().headline()).contains("lies below the floor").contains("west-0");
  }

  @Test
  void refuses_an_instance_that_ran_past_every_point() {
    publish();
    bed.world().writeEverywhere(40 << 20);
    bed.world().trouble().runPastTarget(2);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("BEYOND_TARGET");
    assertThat(bed.world().copies().anyStarted()).isFalse();
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
  }

  @Test
  void refuses_a_promoted_instance_with_the_remedy() {
    publish();
    bed.world().trouble().promote(1);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PROMOTED");
    assertThat(ended.message()).contains("west-1 is 'in production'").contains("make it anew");
  }

  @Test
  void refuses_an_instance_that_holds_wal_of_behind_the_fork_and_touches_nothing() {
    publish();
    bed.consume(CONSUME);
    List<InstanceObserved> before = bed.world().copies().observed();
    Lsn floor = new Lsn(before.get(1).control().checkpoint().redo().location().value() + 0x100);
    bed.world().trouble().failOverPrimary(1, floor);
    bed.world().writeEverywhere(40 << 20);
    publish();
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PROMOTED");
    assertThat(ended.message()).contains("west-1: ").contains("make it anew");
    assertThat(bed.world().copies().observed()).isEqualTo(before);
  }

  @Test
  void refuses_an_instance_of_another_database_system() {
    publish();
    bed.world().trouble().becomeAnotherSystem(3);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("IDENTITY_DIFFERS");
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "execute"})
  void refuses_a_cluster_whose_system_is_not_the_one_that_was_named(String mode) {
    publish();
    Ended ended = refusedOrFailed(consume("'mode':'" + mode + "','systemIdentifierEnds':'4711'"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("IDENTITY_DIFFERS");
    assertThat(ended.record().headline()).contains("ends with 4711, west-0 of content 0 is of");
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @Test
  void refuses_a_host_without_what_production_has_and_starts_nothing() {
    bed.world()
        .trouble()
        .primaryNeeds(
            1,
            new HostNeeds(
                List.of("$libdir/pg_trgm"),
                List.of("de_DE.UTF-8"),
                List.of(new HostNeeds.Tablespace(16401, "/fast/ts1"))));
    publish();
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("MISSING_ON_HOST");
    assertThat(ended.message())
        .contains("west-1: library $libdir/pg_trgm is not there, locale de_DE.UTF-8 is not there")
        .contains("tablespace 16401 lies in /fast/ts1")
        .contains("HINT: install, make or correct the named items there")
        .doesNotContain("west-0");
    assertThat(bed.world().copies().anyStarted()).isFalse();
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
  }

  @Test
  void refuses_an_instance_whose_own_tablespace_leads_nowhere() {
    publish();
    bed.world()
        .trouble()
        .lacks(2, "tablespace 16401 points to /gone, which is no directory that can be written");
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("MISSING_ON_HOST");
    assertThat(ended.message()).contains("west-2: tablespace 16401 points to /gone");
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @Test
  void refuses_a_tablespace_that_wal_before_the_point_makes_without_its_directory() {
    publish();
    String lacks = "tablespace 16402 is made in /gone on the way to the point";
    bed.world().trouble().lacksSpace(2, lacks);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("MISSING_ON_HOST");
    assertThat(ended.record().headline()).isEqualTo("west-2: " + lacks);
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @Test
  void refuses_programs_of_another_major_with_both_versions_and_starts_nothing() {
    publish();
    bed.world().trouble().installed(1, Harbour.software(new ServerVersion(17, 10)));
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("VERSION_DIFFERS");
    assertThat(ended.message())
        .contains("west-1 has a data directory of version 17 and programs of version 17.10")
        .contains("the WAL of east-1 is of version 15.20")
        .contains("HINT: install the primary's major version there");
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @Test
  void refuses_a_gap_before_anything_is_touched_and_names_it_in_the_receipt() {
    publish();
    bed.world().writeEverywhere(40 << 20);
    publish();
    WalFileName file = new WalFileName("000000010000000000000004");
    bed.world().trouble().removeWal(2, file);
    List<InstanceObserved> before = bed.world().copies().observed();
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline())
        .isEqualTo("west-2 (content 2, timeline 1): " + file + " is missing");
    assertThat(bed.world().copies().observed()).isEqualTo(before);
    ConsumeRecord.Attempt attempt =
        (ConsumeRecord.Attempt) bed.world().lastReceipt().seen().consume();
    assertThat(attempt.status()).isEqualTo(ConsumeRecord.Status.MISSING_WAL);
    assertThat(attempt.contents().get(2).missingWal()).containsExactly(file.text());
    assertThat(attempt.contents().get(1).missingWal()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "execute"})
  void refuses_a_record_that_cant_be_decoded_before_anything_is_touched(String mode) {
    publish();
    bed.world().writeEverywhere(40 << 20);
    publish();
    WalFileName file = new WalFileName("000000010000000000000004");
    bed.world().trouble().damageWal(2, file, true);
    List<InstanceObserved> before = bed.world().copies().observed();
    Ended ended =
        refusedOrFailed(
            Typed.json(
                "{'cluster':'harbour','site':'west','target':'latest','mode':'" + mode + "'}"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("WAL_MISSING");
    assertThat(ended.record().headline())
        .isEqualTo("west-2 (content 2, timeline 1): " + file + " is there and can't be decoded");
    assertThat(bed.world().copies().observed()).isEqualTo(before);
    ConsumeRecord.Attempt attempt =
        (ConsumeRecord.Attempt) bed.world().lastReceipt().seen().consume();
    assertThat(attempt.contents().get(2).missingWal()).containsExactly(file.text());
  }

  @Test
  void refuses_a_manifest_altered_by_a_byte() {
    publish();
    bed.world().trouble().alterLatest();
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isIn("SEAL_BROKEN", "EVIDENCE_UNREADABLE");
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @Test
  void stops_at_a_state_that_can_not_be_believed() {
    publish();
    bed.consume(CONSUME);
    bed.world().trouble().alterState(Harbour.WEST);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isIn("SEAL_BROKEN", "EVIDENCE_UNREADABLE");
  }

  @Test
  void fails_a_request_with_a_typing_error_at_once() {
    Ended ended = refusedOrFailed(Typed.json("{'cluster':'harbour','sight':'west'}"));
    assertThat(ended.type()).isEqualTo("BAD_INPUT");
    assertThat(ended.message())
        .isEqualTo(
            "request refused: site is missing; unknown field 'sight' (did you mean 'site'? known:"
                + " cluster, site, target, mode, overrides, systemIdentifierEnds, patience, by,"
                + " reason)");
    assertThat(bed.noted("consume", SearchAttributes.OUTCOME)).containsExactly("\"Refused\"");
    assertThat(bed.noted("consume", SearchAttributes.CLUSTER)).containsExactly("\"harbour\"");
    Progress shown =
        bed.client().newUntypedWorkflowStub("consume").query("progress", Progress.class);
    assertThat(shown.headline()).isEqualTo(ended.message());
    assertThat(shown.steps()).extracting(StepProgress::state).containsOnly("not reached");
  }

  @Test
  void refuses_a_site_that_is_not_there_or_that_publishes() {
    assertThat(
            refusedOrFailed(Typed.json("{'cluster':'harbour','site':'north'}")).record().headline())
        .isEqualTo("cluster harbour has no site 'north'; its sites are [east, west]");
    assertThat(
            refusedOrFailed(Typed.json("{'cluster':'harbour','site':'east'}")).record().headline())
        .isEqualTo("site east publishes this cluster's restore points; it can't consume them");
  }

  @Test
  void refuses_a_cluster_whose_file_is_not_there() {
    Ended ended = refusedOrFailed(Typed.json("{'cluster':'haven','site':'west'}"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("CLUSTER_FILE");
    assertThat(ended.record().receipt())
        .isEqualTo("none: the cluster file names where receipts are kept, at the site asked for");
  }

  @Test
  void refuses_one_that_runs_past_the_point_and_answers_no_sql_before_anything_is_touched() {
    String first = publish();
    bed.consume(Typed.json("{'cluster':'harbour','site':'west'}"));
    bed.world().writeEverywhere(40 << 20);
    publish();
    bed.world().trouble().startWithoutTargetAndGate(1);
    Ended ended =
        refusedOrFailed(Typed.json("{'cluster':'harbour','site':'west','target':'" + first + "'}"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("BEYOND_TARGET");
    assertThat(ended.record().headline()).contains(" of west-1 (startup process at ");
    assertThat(bed.world().copies().anyRuns()).as("it is left as it was").isTrue();
  }
}
