package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.fake.Altered;
import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishJudgeTest {

  /** One file is whole and waits: the last archived one is two before the one that is written. */
  @ParameterizedTest
  @CsvSource({"PT10M,0", "PT10M1S,1"})
  void an_archiver_that_says_nothing_while_wal_waits_is_a_warning(Duration silent, int warnings) {
    String archivedAt = Moored.NOW.minus(silent).toString();

    StatusResult report =
        StatusJudge.judge(
            Moored.withInstances(
                Moored.facts(),
                Moored.facts().instances().stream()
                    .map(one -> lastArchived(one, "000000010000000000000001", archivedAt))
                    .toList()));

    assertThat(report.findings()).hasSize(2 * warnings);
    if (warnings > 0) {
      assertThat(report.findings().get(0))
          .isEqualTo(
              CheckRow.warning(
                  "archiver",
                  "east-0",
                  "archived 000000010000000000000001 last, at "
                      + archivedAt
                      + ", 10 min 1 s ago, and 1 WAL files wait",
                  "a WAL file every 5 min",
                  "check whether its archive_command hangs, and the disk or host it writes to"));
    }
  }

  @ParameterizedTest
  @CsvSource({"60,PT2M,0", "60,PT2M1S,1", "3600,PT10M,0", "3600,PT10M1S,1"})
  void a_wal_file_is_due_in_archive_timeout_or_the_interval_of_publishing_whichever_is_sooner(
      long archiveTimeout, Duration silent, int warnings) {
    String archivedAt = Moored.NOW.minus(silent).toString();

    StatusResult report =
        StatusJudge.judge(
            Moored.withInstances(
                Moored.facts(),
                Moored.facts().instances().stream()
                    .map(one -> archivesEvery(one, archiveTimeout))
                    .map(one -> lastArchived(one, "000000010000000000000001", archivedAt))
                    .toList()));

    assertThat(report.findings()).hasSize(2 * warnings);
    if (warnings > 0) {
      assertThat(report.findings().get(0).limit())
          .isEqualTo("a WAL file every " + (archiveTimeout == 60 ? "1 min" : "5 min"));
    }
  }

  private static InstanceFacts archivesEvery(InstanceFacts facts, long seconds) {
    return facts
        .server()
        .seen()
        .map(server -> Altered.of(server, "archiving", archiving(server, seconds)))
        .map(
            server ->
                new InstanceFacts(
                    facts.instance(), facts.host(), new Observed.Seen<>(server), facts.epoch()))
        .orElse(facts);
  }

  private static Archiving archiving(ServerObserved server, long seconds) {
    Archiving now = server.archiving();
    return new Archiving(
        now.archiveMode(),
        now.archiveCommand(),
        now.archiveLibrary(),
        now.walLevel(),
        now.limits(),
        seconds);
  }

  @Test
  void an_archiver_that_brought_all_there_is_may_be_silent() {
    String longAgo = Moored.NOW.minus(Duration.ofDays(1)).toString();

    StatusResult report =
        StatusJudge.judge(
            Moored.withInstances(
                Moored.facts(),
                Moored.facts().instances().stream()
                    .map(one -> lastArchived(one, "000000010000000000000002", longAgo))
                    .toList()));

    assertThat(report.findings()).isEmpty();
  }

  /** Whether the archive has other bytes is not looked at here, so it is not said. */
  @Test
  void an_archiver_that_fails_is_shown_with_who_may_have_written_what_it_finds() {
    InstanceFacts failing =
        Moored.facts().instances().stream()
            .filter(InstanceFacts::isWritable)
            .map(one -> failing(one, "000000010000000000000002"))
            .findFirst()
            .orElseThrow();

    StatusResult report = StatusJudge.judge(Moored.withInstances(Moored.facts(), List.of(failing)));

    assertThat(report.findings())
        .filteredOn(row -> row.id().equals("archiver"))
        .singleElement()
        .extracting(CheckRow::remedy)
        .asString()
        .endsWith(
            "tells what to do; with other bytes it may have been written by an instance that was"
                + " opened (west-0)");
  }

  @Test
  void a_newer_point_without_a_known_reason_is_shown_without_one() {
    StatusResult report =
        StatusJudge.judge(
            Moored.at(
                Moored.NOW,
                Moored.evidence(
                    Moored.known(0), new Shelved(Moored.NEWEST, Stage.PENDING), List.of()),
                Moored.service(List.of(), false)));

    assertThat(report.findings())
        .filteredOn(row -> row.id().equals("newest-point"))
        .singleElement()
        .extracting(CheckRow::seen)
        .isEqualTo("made, and never became READY");
  }

  private static InstanceFacts failing(InstanceFacts facts, String file) {
    return archiver(
        facts,
        server ->
            Altered.of(
                Altered.of(server, "archiver.lastFailed", file),
                "archiver.lastFailedAt",
                Moored.NOW.toString()));
  }

  private static InstanceFacts archiver(
      InstanceFacts facts, UnaryOperator<ServerObserved> altered) {
    return facts
        .server()
        .seen()
        .map(altered)
        .map(
            server ->
                new InstanceFacts(
                    facts.instance(), facts.host(), new Observed.Seen<>(server), facts.epoch()))
        .orElse(facts);
  }

  private static InstanceFacts lastArchived(InstanceFacts facts, String file, String at) {
    return archiver(
        facts,
        server ->
            Altered.of(
                Altered.of(server, "archiver.lastArchived", file), "archiver.lastArchivedAt", at));
  }
}
