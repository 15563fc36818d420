package dev.mooring.starter.status;

import static dev.mooring.starter.console.Table.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.runbook.status.MemberRow;
import dev.mooring.runbook.status.MemberRow.Lag;
import dev.mooring.runbook.status.MemberRow.LagLimits;
import dev.mooring.runbook.status.MemberRow.Stream;
import dev.mooring.runbook.status.Moored;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.runbook.status.WalPlace;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusShownTest {

  @Test
  void the_verdict_stands_in_the_first_line_and_the_instances_below() {
    String shown = String.join("\n", StatusLines.of(Moored.result(List.of()), UNLIMITED));

    assertThat(shown)
        .isEqualTo(
            """
            west is moored at sync_point_20261120_080000_aa, 42 s old, 2 of 2 proved
            east published sync_point_20261120_080000_aa 42 s ago, named, spread 3 ms

            content  instance  site  host  state    timeline  LSN        floor      archive                         system
            -------  --------  ----  ----  -------  --------  ---------  ---------  ------------------------------  -------------------
            0        east-0    east  e0    primary  1         0/3000148  -          has 000000010000000000000002    7100000000000000001
            0        west-0    west  w0    parked   1         0/30000A0  0/30000A0  needs 000000010000000000000002  7100000000000000001
            1        east-1    east  e0    primary  1         0/3000148  -          has 000000010000000000000002    7100000000000000002
            1        west-1    west  w0    parked   1         0/30000A0  0/30000A0  needs 000000010000000000000002  7100000000000000002

            schedule mooring:harbour:publish: every 5 min, next in 1 min 40 s\
            """);
  }

  @Test
  void json_has_the_fields_of_the_reference_tool() throws IOException {
    JsonNode json = new ObjectMapper().readTree(StatusJson.of(withReceipt(), 10));

    assertThat(json.path("mode").asText()).isEqualTo("dr");
    assertThat(json.at("/latest/restore_point").asText())
        .isEqualTo("sync_point_20261120_080000_aa");
    assertThat(json.at("/latest/ready").booleanValue()).isTrue();
    assertThat(json.at("/state/current_restore_point").asText())
        .isEqualTo("sync_point_20261120_080000_aa");
    assertThat(json.at("/state/target_restore_point").asText())
        .isEqualTo("sync_point_20261120_080000_aa");
    assertThat(json.at("/last_receipt/file").asText()).isEqualTo("receipts/00000001.json");
    assertThat(json.at("/last_receipt/status").asText())
        .isEqualTo("success_recovery_point_validated");
    assertThat(json.at("/last_receipt/checked_at_utc").asText()).isEqualTo("2026-02-01T18:17:49Z");
    assertThat(json.at("/last_receipt/waited_secs").asLong()).isEqualTo(7);
    assertThat(json.path("notes").isArray()).isTrue();
    assertThat(json.at("/recent_receipts/0/_file").asText()).isEqualTo("receipts/00000001.json");
    assertThat(json.at("/recent_receipts/0/status").asText()).isEqualTo("from the document");
    assertThat(json.path("exit_code").asInt()).isZero();
    assertThat(json.path("instances")).hasSize(4);
  }

  @Test
  void without_history_no_receipt_is_listed_and_the_last_one_still_is_named() throws IOException {
    JsonNode json = new ObjectMapper().readTree(StatusJson.of(withReceipt(), 0));

    assertThat(json.path("recent_receipts")).isEmpty();
    assertThat(json.at("/last_receipt/file").asText()).isEqualTo("receipts/00000001.json");
  }

  @Test
  void history_is_a_table_of_attempts() {
    EvidenceObserved evidence = withReceipt().evidence().get(0);

    assertThat(String.join("\n", StatusLines.history(evidence, 10, UNLIMITED)))
        .isEqualTo(
            """

            RECENT RECEIPTS:
            checked_at_utc        runbook    status                            current  target                         file
            --------------------  ---------  --------------------------------  -------  -----------------------------  ----------------------
            2026-02-01T18:17:49Z  DrConsume  success_recovery_point_validated  -        sync_point_20260201_181740_s1  receipts/00000001.json\
            """);
  }

  @Test
  void a_plan_is_shown_as_planned_and_is_no_last_attempt() throws IOException {
    StatusResult planned =
        Moored.result(
            List.of(
                seen(SampleReceipts.plan(SampleReceipts.publish(1))),
                seen(
                    SampleReceipts.plan(SampleReceipts.consume(1, ConsumeRecord.Status.TIMEOUT)))));

    assertThat(StatusLines.history(planned.evidence().get(0), 10, UNLIMITED))
        .anyMatch(line -> line.contains("PublishCycle  planned "))
        .anyMatch(line -> line.contains("DrConsume     plan failed "));
    JsonNode json = new ObjectMapper().readTree(StatusJson.of(planned, 10));
    assertThat(json.at("/last_receipt/file").isNull()).isTrue();
  }

  @Test
  void members_are_a_table_from_which_one_picks_whom_to_promote() {
    StatusResult streaming = streaming();

    assertThat(String.join("\n", StatusLines.of(streaming, UNLIMITED)))
        .isEqualTo(
            """
            east-0 at east is the primary on timeline 2

            member  host    role     state      timeline  lag bytes  WAL end    read from  replayed   replay s  sync  site  streams from  heard s ago  slot
            ------  ------  -------  ---------  --------  ---------  ---------  ---------  ---------  --------  ----  ----  ------------  -----------  ------
            east-0  host-e  primary  running    2         -          0/5000148  SQL        -          -         -     east  -             -            -
            west-0  host-w  standby  streaming  2         72         0/5000100  SQL        0/50000A0  0.012     sync  west  east-0        1            west_0
            limits: 16777216 lag bytes (replication.maxLagBytes), 0.1 replay s (watch.maxLag)\
            """);
    assertThat(String.join(" ", StatusLines.of(streaming, 80).subList(2, 4)))
        .as("where a position comes from is shown on the narrowest terminal")
        .contains("timeline", "WAL end", "read");
    assertThat(StatusLines.of(streaming, 60).get(2))
        .startsWith("member  host    role     state      timeline  lag");
  }

  @Test
  void lag_is_in_json_beside_its_limits_and_null_if_unknown() throws IOException {
    JsonNode members = new ObjectMapper().readTree(StatusJson.of(streaming(), 0)).path("members");

    assertThat(members.at("/0/replay_lag_seconds").isNull()).isTrue();
    assertThat(members.at("/1/lag_bytes").asLong()).isEqualTo(72);
    assertThat(members.at("/1/lag_bytes_limit").asLong()).isEqualTo(16777216);
    assertThat(members.at("/1/replay_lag_seconds").asText()).isEqualTo("0.012");
    assertThat(members.at("/1/replay_lag_seconds_limit").asDouble()).isEqualTo(0.1);
  }

  private static StatusResult streaming() {
    StatusResult all = Moored.result(List.of());
    return new StatusResult(
        all.headline(),
        all.worst(),
        all.cluster(),
        all.lookedAt(),
        List.of("east-0 at east is the primary on timeline 2"),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(
            member(
                "east-0",
                "primary",
                "running",
                new WalPlace("2", "0/5000148", "", "SQL"),
                new Stream(lag("", ""), "", "", "", "")),
            member(
                "west-0",
                "standby",
                "streaming",
                new WalPlace("2", "0/5000100", "0/50000A0", "SQL"),
                new Stream(lag("72", "0.012"), "1", "sync", "west_0", "east-0"))));
  }

  private static Lag lag(String bytes, String seconds) {
    return new Lag(bytes, seconds, new LagLimits(16777216, "0.1"));
  }

  private static MemberRow member(
      String id, String role, String state, WalPlace place, Stream stream) {
    String site = id.substring(0, 4);
    return new MemberRow(
        new InstanceId(id),
        new SiteName(site),
        new HostName("host-" + site.charAt(0)),
        role,
        state,
        place,
        stream);
  }

  private static StatusResult withReceipt() {
    return Moored.result(List.of(seen(SampleReceipts.consume(1, ConsumeRecord.Status.SUCCESS))));
  }

  private static ReceiptSeen seen(Receipt receipt) {
    return new ReceiptSeen(
        "receipts/00000001.json",
        new ReceiptRead.Intact(receipt),
        "{\"status\":\"from the document\"}");
  }
}
