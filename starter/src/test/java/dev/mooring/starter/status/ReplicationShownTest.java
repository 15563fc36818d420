package dev.mooring.starter.status;

import static dev.mooring.starter.console.Table.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.SenderPositions;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.replication.ObservedStandbys;
import dev.mooring.runbook.replication.ObservedStandbys.Connection;
import dev.mooring.runbook.replication.ObservedStandbys.Position;
import dev.mooring.runbook.replication.ObservedStandbys.SenderRow;
import dev.mooring.runbook.replication.ObservedStandbys.SlotRow;
import dev.mooring.runbook.replication.ObservedStandbys.StandbyRow;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicationShownTest {
  private static final InstanceId EAST_0 = new InstanceId("east-0");
  private static final InstanceId WEST_0 = new InstanceId("west-0");

  private static ReplicationResult result() {
    return new ReplicationResult(
        "verified",
        "strait: east-0 is the primary on timeline 1, 0 of 1 standbys healthy",
        List.of(
            CheckRow.good("walsender", WEST_0, "streams from east-0", "streams"),
            CheckRow.warning("caught-up", WEST_0, "not yet", "within 5 s", "check its disk")),
        List.of(),
        List.of(),
        List.of(),
        new ObservedStandbys(
            EAST_0,
            List.of(
                new StandbyRow(
                    WEST_0,
                    "east-0",
                    new Connection("127.31.20.1", "streaming", "sync", 0, "west_0"),
                    -1,
                    new Position("0/5000148", "0/5000148", "2026-11-20T08:00:00.123456Z"))),
            List.of(new SlotRow("west_0", "west-0", true, 0, "reserved", "")),
            senders()));
  }

  private static List<SenderRow> senders() {
    return List.of(
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
        new SenderRow(EAST_0, "", "", "", "backup", "async", new SenderPositions()));
  }

  @Test
  void standbys_senders_and_slots_are_tables_and_what_is_wrong_and_no_member_is_named_below() {
    assertThat(String.join("\n", ReplicationLines.of(result(), UNLIMITED)))
        .isEqualTo(
            """
            strait: east-0 is the primary on timeline 1, 0 of 1 standbys healthy

            standby        from    state      lag  caught up  slot    received   replayed   last transaction
            -------  ----  ------  ---------  ---  ---------  ------  ---------  ---------  ---------------------------
            west-0   high  east-0  streaming  0 B  no         west_0  0/5000148  0/5000148  2026-11-20T08:00:00.123456Z

            sender  sends to  of      address      state      sync   priority  sent       written    flushed    replayed
            ------  --------  ------  -----------  ---------  -----  --------  ---------  ---------  ---------  ---------
            east-0  west_0    west-0  127.31.20.1  streaming  sync   1         0/5000148  0/5000148  0/5000148  0/5000110
            east-0  debezium  -       10.0.0.9     catchup    async  -         -          -          -          -
            east-0  -         -       -            backup     async  -         -          -          -          -

            slot of east-0  of              keeps  WAL
            --------------  ------  ------  -----  --------
            west_0          west-0  in use  0 B    reserved

            high  west-0 caught-up: not yet (should be: within 5 s)
                  fix: check its disk
            note: east-0 sends to debezium: no member of the cluster file bears that name
            note: east-0 sends to one without a name, and every member of the cluster file has one\
            """);
  }
}
