package dev.mooring.starter.status;

import static dev.mooring.starter.console.Table.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.SenderPositions;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.replication.ReplicationResult.Health;
import dev.mooring.runbook.replication.ReplicationResult.SenderRow;
import dev.mooring.runbook.replication.ReplicationResult.SlotRow;
import dev.mooring.runbook.replication.ReplicationResult.StandbyRow;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RunbookDataConverter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicationShownTest {
  private static final InstanceId EAST_0 = new InstanceId("east-0");
  private static final InstanceId WEST_0 = new InstanceId("west-0");

  private static ReplicationResult result() {
    return new ReplicationResult(
        "verified",
        "strait: east-0 is the primary on timeline 1, 1 of 1 standbys healthy",
        Health.HEALTHY,
        EAST_0,
        List.of(
            new StandbyRow(
                WEST_0,
                Health.HEALTHY,
                "east-0",
                "127.31.20.1",
                "streaming",
                "sync",
                0,
                100,
                "west_0",
                "0/5000148",
                "0/5000148",
                "",
                "2026-11-20T08:00:00.123456Z")),
        List.of(new SlotRow("west_0", "west-0", true, 0, "reserved", "")),
        List.of(),
        List.of(),
        List.of(),
        List.of(
            new SenderRow(
                EAST_0,
                "west-0",
                "west_0",
                "127.31.20.1",
                "streaming",
                "sync",
                new SenderPositions("0/5000148", "0/5000148", "0/5000148", "0/5000110", 1)),
            new SenderRow(
                EAST_0, "", "debezium", "10.0.0.9", "catchup", "async", new SenderPositions()),
            new SenderRow(EAST_0, "", "", "", "backup", "async", new SenderPositions())));
  }

  @Test
  void standbys_senders_and_slots_are_tables_and_who_is_no_member_is_named_below() {
    assertThat(String.join("\n", ReplicationLines.of(result(), UNLIMITED)))
        .isEqualTo(
            """
            strait: east-0 is the primary on timeline 1, 1 of 1 standbys healthy

            standby           from    state      lag  caught up     slot    received   replayed   last transaction
            -------  -------  ------  ---------  ---  ------------  ------  ---------  ---------  ---------------------------
            west-0   healthy  east-0  streaming  0 B  within 0.1 s  west_0  0/5000148  0/5000148  2026-11-20T08:00:00.123456Z

            sender  sends to  of      address      state      sync   priority  sent       written    flushed    replayed
            ------  --------  ------  -----------  ---------  -----  --------  ---------  ---------  ---------  ---------
            east-0  west_0    west-0  127.31.20.1  streaming  sync   1         0/5000148  0/5000148  0/5000148  0/5000110
            east-0  debezium  -       10.0.0.9     catchup    async  -         -          -          -          -
            east-0  -         -       -            backup     async  -         -          -          -          -

            slot of east-0  of              keeps  WAL
            --------------  ------  ------  -----  --------
            west_0          west-0  in use  0 B    reserved

            note: east-0 sends to debezium: no member of the cluster file bears that name
            note: east-0 sends to one without a name, and every member of the cluster file has one\
            """);
  }

  @Test
  void a_result_of_a_release_that_did_not_ask_is_shown_without() throws Exception {
    String old =
        """
        {"outcome": "verified", "headline": "h", "worst": "HEALTHY", "primary": "east-0",
         "standbys": [{"instance": "west-0", "health": "HEALTHY", "upstream": "east-0",
           "address": "", "state": "streaming", "sync": "async", "lagBytes": 0, "lagMillis": 100,
           "slot": "west_0", "received": "0/5000148", "replayed": "0/5000148", "why": ""}],
         "slots": [], "changed": [], "degraded": [], "steps": []}
        """;

    ReplicationResult read = RunbookDataConverter.mapper().readValue(old, ReplicationResult.class);

    assertThat(read.standbys().get(0).lastReplayed()).isEmpty();
    assertThat(ReplicationLines.of(read, UNLIMITED))
        .hasSize(6)
        .noneMatch(line -> line.startsWith("sender"));
  }
}
