package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.port.DatabaseActivities.Catalogue;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.DatabaseActivities.CatalogueRow;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class CatalogueCheckTest {
  private static final Cluster DOCK = Harbour.dock();
  private static final SiteName EAST = new SiteName("east");

  private static CatalogueRow row(int dbid, int content, char role, char preferred, int port) {
    List<String> hosts = List.of("", "cdw", "sdw1", "sdw2", "sdw2", "sdw1", "sdw1");
    String kind = preferred == 'p' ? "primary" : "mirror";
    String directory = content < 0 ? "/data/qddir/gpseg-1" : "/data/" + kind + "/gpseg" + content;
    return new CatalogueRow(
        dbid,
        new ContentId(content),
        role == 'p',
        preferred == 'p',
        true,
        true,
        port,
        hosts.get(dbid),
        hosts.get(dbid),
        directory);
  }

  private static List<CatalogueRow> asInTheFile() {
    return List.of(
        row(1, -1, 'p', 'p', 5432),
        row(6, -1, 'm', 'm', 5432),
        row(2, 0, 'p', 'p', 6000),
        row(4, 0, 'm', 'm', 7000),
        row(3, 1, 'p', 'p', 6000),
        row(5, 1, 'm', 'm', 7000));
  }

  private static List<CatalogueRow> with(int dbid, UnaryOperator<CatalogueRow> change) {
    return asInTheFile().stream().map(r -> r.dbid() == dbid ? change.apply(r) : r).toList();
  }

  private static List<CatalogueRow> and(List<CatalogueRow> rows, CatalogueRow... more) {
    List<CatalogueRow> all = new ArrayList<>(rows);
    all.addAll(List.of(more));
    return all;
  }

  private static CatalogueObserved observed(int postgres, List<CatalogueRow> rows) {
    return new CatalogueObserved(
        List.of(
            new Catalogue(
                new InstanceId("coordinator"),
                "PostgreSQL 9.4.26 (Greenplum Database 6.27.1)",
                postgres,
                List.of(),
                rows)),
        List.of());
  }

  private static Verdict<CatalogueCheck.Fitting> judged(List<CatalogueRow> rows) {
    return CatalogueCheck.judge(DOCK, EAST, observed(12, rows));
  }

  private static CatalogueCheck.Fitting fitting(List<CatalogueRow> rows) {
    Verdict<CatalogueCheck.Fitting> verdict = judged(rows);
    assertThat(verdict).isInstanceOf(Verdict.Proceed.class);
    return ((Verdict.Proceed<CatalogueCheck.Fitting>) verdict).conclusion();
  }

  private static Verdict.Never<CatalogueCheck.Fitting> refused(
      Verdict<CatalogueCheck.Fitting> verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Never.class);
    return (Verdict.Never<CatalogueCheck.Fitting>) verdict;
  }

  private static List<String> primaries(List<CatalogueRow> rows) {
    return fitting(rows).primaries().stream().map(i -> i.id().value()).toList();
  }

  /** No host is asked here whether a link makes the two one. */
  @Test
  void a_data_directory_has_the_name_that_greenplum_starts_it_by_which_may_be_a_link() {
    assertThat(
            refused(judged(with(2, row -> Altered.of(row, "dataDirectory", "/data1/gpseg0"))))
                .reason())
        .endsWith(
            "seg0 (dbid 2) has data directory /data/primary/gpseg0 in the file, /data1/gpseg0 in the"
                + " catalogue (Greenplum starts it by the catalogue's name, link or not: write that"
                + " into the file)");
    assertThat(primaries(with(2, row -> Altered.of(row, "dataDirectory", "/data/primary/gpseg0/"))))
        .hasSize(3);
  }

  @Test
  void the_primaries_are_those_of_role_p() {
    assertThat(primaries(asInTheFile())).containsExactly("coordinator", "seg0", "seg1");
    assertThat(fitting(asInTheFile()).notices()).isEmpty();
  }

  @Test
  void a_promoted_mirror_is_followed_and_said() {
    List<CatalogueRow> rows = new ArrayList<>(asInTheFile());
    rows.set(2, row(2, 0, 'm', 'p', 6000));
    rows.set(3, row(4, 0, 'p', 'm', 7000));

    assertThat(primaries(rows)).containsExactly("coordinator", "mirror0", "seg1");
    assertThat(fitting(rows).notices())
        .containsExactly("content 0 is served by mirror0, a mirror now acting");
  }

  @Test
  void an_activated_standby_coordinator_is_followed_and_said() {
    List<CatalogueRow> rows = new ArrayList<>(asInTheFile().subList(2, 6));
    CatalogueRow standby = row(6, -1, 'p', 'm', 5432);
    rows.add(
        new CatalogueRow(
            6,
            standby.content(),
            true,
            true,
            true,
            true,
            5432,
            "sdw1",
            "sdw1",
            standby.dataDirectory()));

    assertThat(primaries(rows)).containsExactly("standby", "seg0", "seg1");
    assertThat(fitting(rows).notices())
        .anyMatch(notice -> notice.contains("coordinator (dbid 1) is no longer in"));
  }

  @Test
  void a_mirror_that_is_down_or_behind_is_said() {
    List<CatalogueRow> rows =
        with(
            4,
            r ->
                new CatalogueRow(
                    4,
                    r.content(),
                    false,
                    false,
                    false,
                    false,
                    r.port(),
                    r.hostname(),
                    r.address(),
                    r.dataDirectory()));

    assertThat(fitting(rows).notices())
        .containsExactly("content 0 has no mirror that could take over: mirror0 is down");
  }

  @Test
  void every_difference_is_named() {
    List<CatalogueRow> rows =
        with(
            3,
            r ->
                new CatalogueRow(
                    3,
                    new ContentId(0),
                    true,
                    false,
                    true,
                    true,
                    6001,
                    "sdw9",
                    "10.0.0.9",
                    "/data/elsewhere"));

    Verdict.Never<CatalogueCheck.Fitting> refusal =
        refused(judged(and(rows, row(5, 1, 'p', 'p', 6000))));

    assertThat(refusal.code()).isEqualTo(FailureCode.TOPOLOGY_DIFFERS);
    assertThat(refusal.reason())
        .contains("seg1 (dbid 3) has content 1 in the file, 0 in the catalogue")
        .contains("seg1 (dbid 3) has role primary in the file, mirror in the catalogue")
        .contains("seg1 (dbid 3) has port 6000 in the file, 6001 in the catalogue")
        .contains("seg1 (dbid 3) has host sdw2 at sdw2.example.org in the file, sdw9 in")
        .contains("/data/elsewhere in the catalogue");
  }

  @Test
  void instances_that_only_one_of_the_two_knows_are_named() {
    List<CatalogueRow> rows = new ArrayList<>(asInTheFile());
    rows.remove(5);
    rows.add(new CatalogueRow(9, new ContentId(1), false, false, true, true, 7, "h", "h", "/d"));

    assertThat(refused(judged(rows)).reason())
        .contains("mirror1 (dbid 5) is not in gp_segment_configuration")
        .contains("dbid 9, content 1 on h port 7, is not in the cluster file");
  }

  @Test
  void an_expansion_asks_for_a_rebaseline() {
    CatalogueRow more =
        new CatalogueRow(8, new ContentId(2), true, true, true, true, 6002, "h", "h", "/d");

    Verdict.Never<CatalogueCheck.Fitting> refusal = refused(judged(and(asInTheFile(), more)));

    assertThat(refusal.code()).isEqualTo(FailureCode.TOPOLOGY_DIFFERS);
    assertThat(refusal.reason()).contains("contents [2]").contains("rebaseline");
  }

  @Test
  void a_server_without_a_catalogue_is_no_greenplum() {
    Verdict.Never<CatalogueCheck.Fitting> refusal = refused(judged(List.of()));

    assertThat(refusal.code()).isEqualTo(FailureCode.VERSION_UNSUPPORTED);
    assertThat(refusal.reason()).startsWith("coordinator is no Greenplum");
  }

  @Test
  void greenplum_6_is_refused_with_the_reason() {
    Verdict.Never<CatalogueCheck.Fitting> refusal =
        refused(CatalogueCheck.judge(DOCK, EAST, observed(9, asInTheFile())));

    assertThat(refusal.code()).isEqualTo(FailureCode.VERSION_UNSUPPORTED);
    assertThat(refusal.reason()).contains("Greenplum 6").contains("recovery_target_action");
  }

  @Test
  void a_coordinator_that_does_not_answer_is_no_primary() {
    Verdict.Never<CatalogueCheck.Fitting> refusal =
        refused(
            CatalogueCheck.judge(
                DOCK,
                EAST,
                failed(
                    failure(
                        "coordinator", FailureCode.DATABASE_UNREACHABLE, "connection refused"))));

    assertThat(refusal.code()).isEqualTo(FailureCode.NO_PRIMARY);
    assertThat(refusal.reason()).contains("coordinator connection refused");
  }

  @Test
  void a_coordinator_that_refuses_the_account_is_not_one_that_is_down() {
    Verdict.Never<CatalogueCheck.Fitting> refusal =
        refused(
            CatalogueCheck.judge(
                DOCK,
                EAST,
                failed(
                    failure("coordinator", FailureCode.AUTHENTICATION_REFUSED, "wrong password"),
                    failure("standby", FailureCode.DATABASE_UNREACHABLE, "in recovery mode"))));

    assertThat(refusal.code()).isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
    assertThat(refusal.reason()).isEqualTo("coordinator: wrong password");
  }

  private static CatalogueObserved failed(InstanceFailure... failures) {
    return new CatalogueObserved(List.of(), List.of(failures));
  }

  private static InstanceFailure failure(String instance, FailureCode code, String message) {
    return new InstanceFailure(new InstanceId(instance), code, message);
  }
}
