package dev.mooring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LastRuns;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceSamplesTest {
  private static final Instant AT = Instant.parse("2026-02-01T18:19:40Z");
  private static final ClusterName CLUSTER = new ClusterName("harbour");
  private static final RestorePointName POINT = new RestorePointName("sync_point_20260201_181640");

  @Test
  void nothing_stands_for_what_is_not_there_or_not_to_be_believed() {
    EvidenceObserved seen =
        evidence(new LatestSeen.Refused("altered"), new StateSeen.Refused("altered"));

    assertThat(EvidenceSamples.of(CLUSTER, seen, AT))
        .extracting(Sample::name)
        .containsExactly("mooring_evidence_read_timestamp_seconds");
  }

  @Test
  void of_several_runs_that_ended_alike_the_newest_counts() {
    EvidenceObserved seen =
        evidence(
            new LatestSeen.None(),
            new StateSeen.Never(),
            consume("FAILED", Status.TIMEOUT, AT),
            consume("FAILED", Status.TIMEOUT, AT.minusSeconds(60)));

    assertThat(reported(EvidenceSamples.of(CLUSTER, seen, AT), "mooring_run_ended"))
        .containsExactly("[DrConsume, west, failed] " + AT.getEpochSecond());
  }

  @Test
  void a_run_that_did_nothing_does_not_count_as_completed() {
    EvidenceObserved seen =
        evidence(
            new LatestSeen.None(),
            new StateSeen.Never(),
            receipt("DrConsume", "west", "COMPLETED", POINT.value(), new ConsumeRecord.None(), AT),
            receipt("PublishCycle", "east", "COMPLETED", "", new ConsumeRecord.None(), AT),
            receipt("PublishCycle", "east", "REFUSED", "", new ConsumeRecord.None(), AT));

    assertThat(reported(EvidenceSamples.of(CLUSTER, seen, AT), "mooring_run_ended"))
        .containsExactly(
            "[DrConsume, west, skipped] " + AT.getEpochSecond(),
            "[PublishCycle, east, skipped] " + AT.getEpochSecond(),
            "[PublishCycle, east, refused] " + AT.getEpochSecond());
    assertThat(reported(ReferenceSamples.of("dr", CLUSTER, seen), "dr_status_code"))
        .containsExactly("[primary, refused] -1", "[dr, -, west] 0");
  }

  @Test
  void a_plan_is_a_plan_however_it_ended_and_hides_no_run() {
    EvidenceObserved seen =
        evidence(
            new LatestSeen.None(),
            new StateSeen.Never(),
            SampleReceipts.plan(SampleReceipts.consume(2, Status.MISSING_WAL)),
            SampleReceipts.plan(SampleReceipts.publish(2)),
            SampleReceipts.publish(1));

    assertThat(reported(EvidenceSamples.of(CLUSTER, seen, AT), "mooring_run_ended"))
        .hasSize(3)
        .anyMatch(sample -> sample.startsWith("[DrConsume, west, planned]"))
        .anyMatch(sample -> sample.startsWith("[PublishCycle, east, planned]"))
        .anyMatch(sample -> sample.startsWith("[PublishCycle, east, completed]"));
    assertThat(reported(ReferenceSamples.of("dr", CLUSTER, seen), "dr_status_code"))
        .containsExactly("[primary, completed] 1", "[dr, -, west] 0");
  }

  @Test
  void the_reference_tools_status_is_1_after_a_success_and_minus_1_after_any_failure() {
    for (Status status : Status.values()) {
      EvidenceObserved seen =
          evidence(
              new LatestSeen.None(),
              new StateSeen.Never(),
              consume(status == Status.SUCCESS ? "COMPLETED" : "FAILED", status, AT),
              consume("COMPLETED", Status.SUCCESS, AT.minusSeconds(60)));
      String code = status == Status.SUCCESS ? "1" : "-1";

      List<Sample> samples = ReferenceSamples.of("dr", CLUSTER, seen);
      assertThat(reported(samples, "dr_status_code"))
          .containsExactly("[primary, -] 0", "[dr, " + status.text() + ", west] " + code);
      assertThat(reported(samples, "dr_last_waited_seconds")).containsExactly("[dr, west] 7");
      assertThat(reported(samples, "dr_receipts_recent_count"))
          .containsExactly(
              "[dr, ok, west] " + (status == Status.SUCCESS ? 2 : 1),
              "[dr, timeout, west] " + (status == Status.TIMEOUT ? 1 : 0),
              "[dr, other, west] "
                  + (status == Status.MISMATCH || status == Status.MISSING_WAL ? 1 : 0));
    }
  }

  @Test
  void the_reference_tools_status_is_minus_1_also_where_that_tool_leaves_no_receipt() {
    EvidenceObserved seen =
        evidence(
            new LatestSeen.None(),
            new StateSeen.Never(),
            receipt("DrConsume", "west", "FAILED", "", new ConsumeRecord.None(), AT),
            consume("COMPLETED", Status.SUCCESS, AT.minusSeconds(60)));

    List<Sample> samples = ReferenceSamples.of("dr", CLUSTER, seen);
    assertThat(reported(samples, "dr_status_code"))
        .containsExactly("[primary, -] 0", "[dr, failed, west] -1");
    assertThat(reported(samples, "dr_receipts_recent_count"))
        .containsExactly("[dr, ok, west] 1", "[dr, timeout, west] 0", "[dr, other, west] 1");
  }

  @Test
  void the_reference_tools_latest_is_1_0_or_minus_1() {
    assertThat(latestReady(new LatestSeen.None())).isZero();
    assertThat(latestReady(new LatestSeen.Refused("altered"))).isEqualTo(-1);
    assertThat(latestReady(new LatestSeen.Unsealed(POINT, false))).isEqualTo(-1);
    assertThat(latestReady(new LatestSeen.Unsealed(POINT, true))).isEqualTo(1);
  }

  private static double latestReady(LatestSeen latest) {
    return ReferenceSamples.of("dr", CLUSTER, evidence(latest, new StateSeen.Never())).stream()
        .filter(one -> one.name().equals("dr_latest_ready"))
        .findFirst()
        .orElseThrow()
        .value();
  }

  /** The values of a figure with those of its labels, but for the cluster's. */
  private static List<String> reported(List<Sample> samples, String name) {
    return samples.stream()
        .filter(one -> one.name().startsWith(name))
        .map(
            one ->
                one.labels().stream()
                        .filter(label -> !label.name().equals("cluster"))
                        .map(Sample.Label::value)
                        .toList()
                    + " "
                    + (long) one.value())
        .toList();
  }

  private static EvidenceObserved evidence(
      LatestSeen latest, StateSeen state, Receipt... receipts) {
    return new EvidenceObserved(
        latest,
        List.of(),
        List.of(),
        List.of(new SiteSeen(new SiteName("west"), state)),
        Arrays.stream(receipts)
            .map(one -> new ReceiptSeen("receipts/1", new ReceiptRead.Intact(one), ""))
            .toList(),
        new LastRuns(List.of(), List.of(), receipts.length));
  }

  private static Receipt consume(String outcome, Status status, Instant at) {
    return receipt(
        "DrConsume",
        "west",
        outcome,
        POINT.value(),
        new ConsumeRecord.Attempt("", POINT, status, Duration.ofSeconds(7), List.of()),
        at);
  }

  private static Receipt receipt(
      String runbook, String site, String outcome, String point, ConsumeRecord seen, Instant at) {
    return new Receipt(
        new Receipt.RunReference(runbook, CLUSTER, site, "id", "run"),
        new Receipt.Asked("", "ann", "", ""),
        new Receipt.Ending(outcome, "", "ended", point, at),
        List.of(),
        new Receipt.Seen(List.of(), List.of(), seen));
  }
}
