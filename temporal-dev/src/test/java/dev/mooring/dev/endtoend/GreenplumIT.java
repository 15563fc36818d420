package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.topology.ContentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A Greenplum is published by its own restore point, as its own catalogue describes it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("all")
class GreenplumIT {
  private static Stage stage;
  private static Sites sites;
  private static Lab lab;
  private static LabInstance coordinator;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.greenplumLike(2).withInstancesPerHost(2).withWalFileMegabytes(1));
    lab = stage.lab;
    sites = new Sites(lab);
    coordinator = lab.instance("east-c");
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  private static void execute(LabInstance instance, String... statements) {
    AtServer.execute(lab, instance, statements);
  }

  private static List<String> rows(LabInstance instance, String query) {
    return AtServer.rows(lab, instance, query);
  }

  private static boolean archived(ContentEvidence content, String name) {
    return sites.decoded(coordinator, content).contains("RESTORE_POINT " + name);
  }

  @Test
  @Order(1)
  void one_call_makes_the_point_and_each_archived_file_holds_it() {
    PublishResult result = stage.publish();

    Manifest manifest = sites.latest();
    assertThat(result.restorePoint()).isEqualTo(manifest.name().value());
    assertThat(manifest.contentIds())
        .containsExactly(ContentId.COORDINATOR, new ContentId(0), new ContentId(1));
    assertThat(manifest.header().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
    assertThat(manifest.contents()).allMatch(c -> archived(c, manifest.name().value()));
  }

  @Test
  @Order(2)
  void the_owners_are_those_of_the_catalogue_and_each_archiver_has_its_row() {
    for (int file = 0; file < 20; file++) {
      execute(
          lab.instance("east-1"),
          "SELECT pg_logical_emit_message(true, 'x', 'y'), pg_switch_wal()");
    }
    stage.publish();

    Manifest manifest = sites.latest();
    assertThat(
            manifest.contents().stream()
                .map(c -> c.owner().dbid() + " " + c.owner().host() + " " + c.owner().port()))
        .containsExactlyElementsOf(
            rows(
                coordinator,
                "SELECT dbid || ' ' || hostname || ' ' || port FROM"
                    + " greenplum.gp_segment_configuration WHERE role = 'p' ORDER BY content"));
    String text = Sites.read(sites.manifestFile("LATEST"));
    assertThat(text.replaceAll("\\s", ""))
        .contains("\"role\":\"coordinator\",\"segment_id\":-1,\"archived_count\":")
        .contains("\"role\":\"segment\",\"segment_id\":0,\"archived_count\":")
        .contains("\"role\":\"segment\",\"segment_id\":1,\"archived_count\":");
    assertThat(text.split("\"last_failed_time\"", -1)).hasSize(4);
    assertThat(archivedCount(text, 1))
        .as("files archived by the segment that filled twenty more")
        .isGreaterThan(archivedCount(text, -1) + 10)
        .isGreaterThan(archivedCount(text, 0) + 10);
  }

  private static int archivedCount(String manifest, int content) {
    Matcher row =
        Pattern.compile("\"segment_id\": " + content + ",\\s+\"archived_count\": (\\d+)")
            .matcher(manifest);
    assertThat(row.find()).as("a row of content %s", content).isTrue();
    return Integer.parseInt(row.group(1));
  }

  private static List<String> wrong(CheckResult result) {
    return result.rows().stream()
        .filter(row -> row.verdict() == Judged.WRONG)
        .map(row -> row.title() + " | " + row.seen())
        .toList();
  }

  private static CheckResult check() {
    return stage.start("ClusterCheck", stage.publishRequest()).getResult(CheckResult.class);
  }

  @Test
  @Order(2)
  void a_check_tells_what_the_server_is_and_has() {
    CheckResult result =
        Soon.seen("a check finds nothing wrong", GreenplumIT::check, seen -> wrong(seen).isEmpty());

    assertThat(result.rows())
        .extracting(row -> row.title() + " | " + row.seen())
        .anyMatch(row -> row.startsWith("east coordinator | east-c runs PostgreSQL 12.12 (Green"))
        .contains(
            "east-c gp-create-restore-point | there",
            "east-c gp-switch-wal | there",
            "east catalogue | 6 rows");
  }

  @Test
  @Order(2)
  void a_mirror_that_would_not_archive_is_told_by_publish_and_check() throws IOException {
    LabInstance mirror = lab.mirrors().get(1);
    Path settings = mirror.dataDirectory().resolve("postgresql.auto.conf");
    String before = Sites.read(settings);
    Files.writeString(settings, before + "archive_mode = 'off'\n");
    PublishResult published = stage.publish();
    CheckResult checked = check();
    Files.writeString(settings, before);

    String reported = mirror.id() + ": archive_mode is off, must be on";
    assertThat(published.degraded()).singleElement().asString().startsWith(reported);
    assertThat(checked.rows())
        .filteredOn(row -> row.verdict() == Judged.WARNING)
        .anyMatch(row -> row.seen().startsWith(reported));
    assertThat(stage.publish().degraded()).isEmpty();
  }

  @Test
  @Order(2)
  void a_mirrors_host_that_does_not_answer_is_told_by_all_and_refuses_nothing() {
    LabInstance mirror = lab.mirrors().get(0);
    String before = Sites.read(lab.clusterFile());
    stage.amendClusterFile(now -> DarkHost.of(mirror, now));
    PublishResult published = stage.publish();
    CheckResult checked = check();
    StatusResult seen = status();
    stage.amendClusterFile(now -> before);

    String unknown = "whether mirror " + mirror.id() + " would archive once promoted is not known";
    assertThat(published.degraded()).singleElement().asString().startsWith(unknown).contains("m0");
    assertThat(wrong(checked)).isEmpty();
    assertThat(checked.rows())
        .filteredOn(row -> row.verdict() == Judged.WARNING)
        .extracting(row -> row.title() + " | " + row.seen())
        .anyMatch(
            row ->
                row.startsWith("m0 host-answers | UNKNOWN: ")
                    && row.contains("a publish continues"))
        .anyMatch(row -> row.contains(" archiving | " + unknown));
    assertThat(seen.findings())
        .filteredOn(finding -> finding.inShort().contains("m0"))
        .singleElement()
        .extracting(CheckRow::verdict)
        .isEqualTo(Judged.WARNING);
  }

  @Test
  @Order(2)
  void a_standby_coordinator_that_can_be_read_is_not_taken_for_a_second_one() throws IOException {
    LabInstance standby = lab.mirrors().get(2);
    Path settings = standby.dataDirectory().resolve("postgresql.auto.conf");
    String before = Sites.read(settings);
    Files.writeString(settings, before + "hot_standby = 'on'\n");
    restart(standby);
    Soon.soon(
        "it answers as users reach it",
        () -> rows(standby, "SELECT pg_is_in_recovery()").equals(List.of("t")));
    PublishResult published = stage.publish();
    Files.writeString(settings, before);
    restart(standby);

    assertThat(published.outcome()).isEqualTo("Completed");
    assertThat(published.degraded()).isEmpty();
  }

  private static void restart(LabInstance instance) {
    lab.run(
        instance.host(),
        lab.postgresPrograms().resolve("pg_ctl").toString(),
        "--silent",
        "--mode=fast",
        "--log=" + instance.dataDirectory().resolve("restarted.log"),
        "--pgdata=" + instance.dataDirectory(),
        "restart");
  }

  @Test
  @Order(2)
  void status_shows_a_mirror_as_one() {
    StatusResult result =
        Soon.seen(
            "a look sees the mirrors",
            GreenplumIT::status,
            seen ->
                seen.instances().stream().filter(row -> row.state().equals("mirror")).count() == 3);

    assertThat(result.findings())
        .extracting(CheckRow::id)
        .doesNotContain("answers", "primaries", "catalogue");
  }

  private static StatusResult status() {
    return stage.start("ClusterStatus", stage.publishRequest()).getResult(StatusResult.class);
  }

  private static List<String> reported(Judged verdict, StatusResult result) {
    return result.findings().stream()
        .filter(finding -> finding.verdict() == verdict)
        .map(CheckRow::inShort)
        .toList();
  }

  @Test
  @Order(3)
  void a_catalogue_that_differs_is_refused_by_name() {
    execute(
        coordinator,
        "UPDATE greenplum.gp_segment_configuration SET port = port + 1 WHERE dbid = 2");
    EndingRecord moved = stage.publishFails();
    List<String> checked = wrong(check());
    List<String> seen = reported(Judged.WRONG, status());
    execute(
        coordinator,
        "UPDATE greenplum.gp_segment_configuration SET port = port - 1 WHERE dbid = 2",
        "INSERT INTO greenplum.gp_segment_configuration"
            + " VALUES (9, 2, 'p', 'p', 's', 'u', 7, 'h', 'h', '/d')");
    EndingRecord expanded = stage.publishFails();
    execute(coordinator, "DELETE FROM greenplum.gp_segment_configuration WHERE dbid = 9");

    assertThat(moved.code()).isEqualTo(FailureCode.TOPOLOGY_DIFFERS.name());
    assertThat(moved.toString()).contains("east-0 (dbid 2) has port");
    assertThat(checked)
        .anyMatch(row -> row.startsWith("east catalogue | east-0 (dbid 2) has port"));
    assertThat(seen).anyMatch(fact -> fact.startsWith("east catalogue: east-0 (dbid 2) has port"));
    assertThat(expanded.code()).isEqualTo(FailureCode.TOPOLOGY_DIFFERS.name());
    assertThat(expanded.toString()).contains("contents [2]").contains("rebaseline");
  }

  @Test
  @Order(4)
  void greenplum_6_is_refused() {
    execute(coordinator, "ALTER DATABASE postgres SET greenplum.server_version_num = '90426'");
    EndingRecord refused = stage.publishFails();
    List<String> checked = wrong(check());
    execute(
        coordinator,
        "ALTER DATABASE postgres RESET greenplum.server_version_num",
        // a session that is kept warm has it as it was when it began
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mooring'");

    assertThat(refused.code()).isEqualTo(FailureCode.VERSION_UNSUPPORTED.name());
    assertThat(refused.toString()).contains("recovery_target_action");
    assertThat(checked).anyMatch(row -> row.contains("runs a Greenplum 6"));
  }

  @Test
  @Order(7)
  void a_promoted_mirror_is_followed_on_its_own_timeline() {
    stage.laws().without(6, "the acting mirror archives into its content's directory");
    stage.publish();
    long before = timelineOf(0);
    LabInstance mirror = lab.mirrors().get(0);
    lab.faults().signalAll(lab.instance("east-0"), Signal.KILL);
    AtServer.promoteMirror(lab, mirror);
    execute(
        coordinator,
        "UPDATE greenplum.gp_segment_configuration"
            + " SET role = CASE role WHEN 'p' THEN 'm' ELSE 'p' END,"
            + " status = CASE role WHEN 'p' THEN 'd' ELSE 'u' END, mode = 'n' WHERE content = 0");
    PublishResult result = stage.publish();

    assertThat(timelineOf(0)).isEqualTo(before + 1);
    assertThat(timelineOf(1)).isEqualTo(before);
    assertThat(sites.latest().contents()).allMatch(c -> archived(c, result.restorePoint()));
    assertThat(String.join("; ", result.degraded()))
        .contains("content 0 is served by " + mirror.id())
        .contains("content 0 has no mirror that could take over: east-0 is down");
    assertThat(reported(Judged.WARNING, status()))
        .contains(
            "east catalogue: content 0 is served by " + mirror.id() + ", a mirror now acting",
            "east catalogue: content 0 has no mirror that could take over: east-0 is down");
  }

  private static long timelineOf(int content) {
    return sites
        .latest()
        .evidenceOf(new ContentId(content))
        .orElseThrow()
        .target()
        .timeline()
        .value();
  }
}
