package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.fake.Harbour;
import dev.mooring.port.DatabaseActivities.Catalogue;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.DatabaseActivities.CatalogueRow;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class CatalogueJudgeTest {
  private static final Cluster DOCK = Harbour.dock();

  private static List<CheckRow> findings(CatalogueObserved seen) {
    StatusFacts harbour = Moored.facts();
    return CatalogueJudge.findings(
        new StatusFacts(
            DOCK,
            harbour.now(),
            harbour.sites(),
            DOCK.instances().stream().map(Moored::seen).toList(),
            harbour.service(),
            Optional.of(seen)));
  }

  private static CatalogueObserved catalogue(
      int postgres, Predicate<Instance> down, Predicate<Instance> elsewhere) {
    List<CatalogueRow> rows =
        DOCK.instancesAt(new SiteName("east")).stream()
            .map(
                i ->
                    new CatalogueRow(
                        i.dbid(),
                        i.content(),
                        !i.mirror(),
                        !i.mirror(),
                        true,
                        !down.test(i),
                        elsewhere.test(i) ? i.port() + 1 : i.port(),
                        i.host().value(),
                        i.host().value(),
                        i.dataDirectory()))
            .toList();
    return new CatalogueObserved(
        List.of(
            new Catalogue(new InstanceId("coordinator"), "Greenplum", postgres, List.of(), rows)),
        List.of());
  }

  private static boolean none(Instance instance) {
    return false;
  }

  @Test
  void a_greenplum_as_its_file_has_it_is_nothing_to_tell() {
    assertThat(findings(catalogue(12, CatalogueJudgeTest::none, CatalogueJudgeTest::none)))
        .isEmpty();
  }

  @Test
  void a_mirror_that_is_down_is_a_warning_and_its_cure_named() {
    assertThat(
            findings(
                catalogue(12, i -> i.id().value().equals("mirror1"), CatalogueJudgeTest::none)))
        .extracting(CheckRow::verdict, CheckRow::title, CheckRow::remedy)
        .containsExactly(
            tuple(
                Judged.WARNING,
                "east catalogue",
                "`gpstate -e` there says more; bring it back with gprecoverseg"));
  }

  @Test
  void each_difference_is_critical_and_the_many_are_left_to_check() {
    List<CheckRow> findings = findings(catalogue(12, CatalogueJudgeTest::none, instance -> true));

    assertThat(findings).hasSize(5).allMatch(one -> one.verdict() == Judged.WRONG);
    assertThat(findings.get(0).inShort()).startsWith("east catalogue: coordinator (dbid 1)");
    assertThat(findings.get(4).seen()).endsWith("2 more, each of which `mooring check dock` names");
    assertThat(findings.get(4).remedy()).isEqualTo(FailureCode.TOPOLOGY_DIFFERS.hint());
  }

  @Test
  void a_greenplum_that_can_not_be_moored_is_critical() {
    assertThat(findings(catalogue(9, CatalogueJudgeTest::none, CatalogueJudgeTest::none)))
        .singleElement()
        .matches(one -> one.verdict() == Judged.WRONG)
        .extracting(CheckRow::seen)
        .asString()
        .contains("runs a Greenplum 6");
  }

  @Test
  void a_coordinator_that_is_not_reached_as_users_reach_it_is_a_warning_with_the_reason() {
    InstanceFailure hung =
        new InstanceFailure(
            new InstanceId("coordinator"),
            FailureCode.DATABASE_UNREACHABLE,
            "coordinator coordinator did not answer within 3 s");
    InstanceFailure standby =
        new InstanceFailure(
            new InstanceId("standby"), FailureCode.DATABASE_UNREACHABLE, "connection refused");

    assertThat(findings(new CatalogueObserved(List.of(), List.of(hung, standby))))
        .extracting(CheckRow::verdict, CheckRow::seen)
        .contains(
            tuple(
                Judged.WARNING,
                "coordinator answers in utility mode, and takes no connection such as users have:"
                    + " coordinator coordinator did not answer within 3 s; its catalogue was not"
                    + " read"));
  }
}
