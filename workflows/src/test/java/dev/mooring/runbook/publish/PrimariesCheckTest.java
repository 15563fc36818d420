package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrimariesCheckTest {
  private final Cluster cluster = Harbour.cluster(2);
  private final ServerObserved east0 = server("east-0");
  private final ServerObserved east1 = server("east-1");

  @Test
  void finds_the_one_instance_of_each_content_that_accepts_writes() {
    List<PrimariesCheck.Primary> primaries =
        Verdicts.proceeds(judge(List.of(east0, east1, inRecovery("west-0")), List.of()));
    assertThat(primaries)
        .containsExactly(
            new PrimariesCheck.Primary(Harbour.instance(cluster, "east-0"), east0),
            new PrimariesCheck.Primary(Harbour.instance(cluster, "east-1"), east1));
  }

  @Test
  void goes_on_when_servers_of_another_site_do_not_answer() {
    Verdicts.proceeds(judge(List.of(east0, east1), List.of(failed("west-0"), failed("west-1"))));
  }

  @Test
  void refuses_two_instances_that_accept_writes_for_one_content() {
    Verdicts.never(
        judge(List.of(east0, east1, server("west-1")), List.of()),
        FailureCode.TWO_PRIMARIES,
        "content 1 has 2 instances that accept writes: [east-1, west-1]"
            + ": end that first, docs/operations/split-brain.md");
  }

  @Test
  void refuses_a_content_whose_primary_does_not_answer() {
    Verdicts.never(
        judge(List.of(east0), List.of(failed("east-1"))),
        FailureCode.NO_PRIMARY,
        "content 1 has no running primary at east: east-1 did not answer (connection refused)");
  }

  @Test
  void says_that_the_account_was_refused_where_no_instance_let_it_in() {
    InstanceFailure refused =
        new InstanceFailure(
            new InstanceId("east-1"),
            FailureCode.AUTHENTICATION_REFUSED,
            "password authentication failed");
    Verdicts.never(
        judge(List.of(east0), List.of(refused)),
        FailureCode.AUTHENTICATION_REFUSED,
        "east-1: password authentication failed");
    Verdicts.never(
        judge(List.of(east0, server("west-1")), List.of(refused, failed("west-0"))),
        FailureCode.AUTHENTICATION_REFUSED,
        "east-1: password authentication failed");
    Verdicts.never(
        judge(List.of(east0), List.of(failed("east-1"), failed("west-1"))),
        FailureCode.NO_PRIMARY,
        "content 1 has no running primary at east: east-1 did not answer (connection refused)");
  }

  @Test
  void says_that_a_server_can_not_read_its_own_state_and_not_that_none_runs() {
    InstanceFailure unreadable =
        new InstanceFailure(
            new InstanceId("east-1"), FailureCode.STATE_UNREADABLE, "checksum does not match");
    Verdicts.never(
        judge(List.of(east0), List.of(unreadable)),
        FailureCode.STATE_UNREADABLE,
        "content 1 has no running primary at east: east-1 did not answer (checksum does not"
            + " match)");
  }

  @Test
  void names_a_mirror_of_a_greenplum_alone_as_one_that_was_not_asked() {
    Cluster dock = Harbour.dock();
    Verdicts.never(
        judge(List.of(east0), List.of()),
        FailureCode.NO_PRIMARY,
        "content 1 has no running primary at east: east-1 was not observed");
    Verdicts.never(
        PrimariesCheck.judge(
            dock,
            new ServersObserved(
                List.of(server(dock, "coordinator")), List.of(failed("seg0"), failed("seg1")))),
        FailureCode.NO_PRIMARY,
        "content 0 has no running primary at east: mirror0 was not asked, as a mirror,"
            + " seg0 did not answer (connection refused)");
  }

  @Test
  void refuses_a_content_whose_only_instance_is_in_recovery() {
    Verdicts.never(
        judge(List.of(inRecovery("east-0"), east1), List.of()),
        FailureCode.NO_PRIMARY,
        "content 0 has no running primary at east: east-0 is in recovery");
  }

  @Test
  void refuses_a_content_whose_primary_runs_at_another_site() {
    Verdicts.never(
        judge(List.of(inRecovery("east-0"), server("west-0"), east1), List.of()),
        FailureCode.NO_PRIMARY,
        "content 0 has no running primary at east: east-0 is in recovery");
  }

  @Test
  void of_a_cluster_that_streams_any_member_may_be_the_one_that_accepts_writes() {
    Cluster strait = Harbour.strait();
    assertThat(
            Verdicts.proceeds(
                    PrimariesCheck.judge(
                        strait,
                        new ServersObserved(
                            List.of(inRecovery(strait, "east-1"), server(strait, "west-0")),
                            List.of(failed("east-0")))))
                .get(0)
                .instance()
                .id())
        .isEqualTo(new InstanceId("west-0"));
    Verdicts.never(
        PrimariesCheck.judge(
            strait,
            new ServersObserved(
                List.of(server(strait, "east-0"), server(strait, "west-0")), List.of())),
        FailureCode.TWO_PRIMARIES,
        "content 0 has 2 instances that accept writes: [east-0, west-0]"
            + ": end that first, docs/operations/split-brain.md");
    Verdicts.never(
        PrimariesCheck.judge(
            strait,
            new ServersObserved(
                List.of(inRecovery(strait, "west-0"), inRecovery(strait, "east-1")),
                List.of(failed("east-0"), failed("west-1")))),
        FailureCode.NO_PRIMARY,
        "content 0 has no running primary among the members: east-0 did not answer (connection"
            + " refused), east-1 is in recovery, west-0 is in recovery, west-1 did not answer"
            + " (connection refused)");
  }

  private Verdict<List<PrimariesCheck.Primary>> judge(
      List<ServerObserved> observed, List<InstanceFailure> failures) {
    return PrimariesCheck.judge(cluster, new ServersObserved(observed, failures));
  }

  private ServerObserved server(String id) {
    return server(cluster, id);
  }

  private static ServerObserved server(Cluster cluster, String id) {
    return ObservedInstances.server(Harbour.instance(cluster, id));
  }

  private ServerObserved inRecovery(String id) {
    return inRecovery(cluster, id);
  }

  private static ServerObserved inRecovery(Cluster cluster, String id) {
    return Altered.of(server(cluster, id), "position.inRecovery", true);
  }

  private static InstanceFailure failed(String id) {
    return new InstanceFailure(
        new InstanceId(id), FailureCode.DATABASE_UNREACHABLE, "connection refused");
  }
}
