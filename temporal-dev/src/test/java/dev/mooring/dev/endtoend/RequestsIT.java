package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What may be asked for and is refused before anything is touched. */
@Timeout(120)
class RequestsIT {
  private static Stage stage;
  private static Sites sites;
  private static String first;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1).withInstancesPerHost(2));
    sites = new Sites(stage.lab);
    first = stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void refuses_a_target_nobody_published() {
    EndingRecord ending = stage.consumeFails("sync_point_20200101_000000_abcdef");

    refused(ending, "NO_MANIFEST", "sync_point_20200101_000000_abcdef");
  }

  @Test
  void refuses_a_point_that_is_not_ready_and_touches_no_instance() {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
    stage.lab.faults().archiveOff(0);
    EndingRecord unproved = stage.publishFails();
    assertThat(unproved.code()).isEqualTo("ARCHIVE_NOT_PROVED");
    String pending = pendingPoint();
    String before = westFingerprint();

    EndingRecord ending = stage.consumeFails(pending);

    refused(ending, "NO_MANIFEST", pending + ": not READY, ");
    assertThat(westFingerprint()).isEqualTo(before);
  }

  @Test
  void refuses_a_point_older_than_the_one_the_site_is_moored_at() {
    sites.fillWalFiles(0, 1);
    stage.publish();
    String second = stage.consume().restorePoint();

    EndingRecord ending = stage.consumeFails(first);

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("BEYOND_TARGET");
    assertThat(sites.mooredAt()).isEqualTo(second);
  }

  @Test
  void refuses_a_manifest_whose_contents_are_not_the_cluster_files() {
    stage.publish();
    stage.amendClusterFile(
        now ->
            now.lines()
                .filter(line -> !line.contains("content: 1"))
                .reduce("", (before, line) -> before + line + "\n"));

    EndingRecord ending = stage.consumeFails("latest");

    refused(ending, "CONTENTS_DIFFER", "[0, 1]");
  }

  @Test
  void believes_no_manifest_altered_by_one_byte() {
    String second = stage.publish().restorePoint();
    alter(sites.manifestFile(second));

    EndingRecord ending = stage.consumeFails(second);

    refused(ending, "SEAL_BROKEN", sites.manifestFile(second).toString());
  }

  @Test
  void believes_no_latest_altered_by_one_byte() {
    stage.publish();
    alter(sites.manifestFile("LATEST"));

    EndingRecord ending = stage.consumeFails("latest");

    refused(ending, "SEAL_BROKEN", sites.manifestFile("LATEST").toString());
  }

  @Test
  void refuses_a_second_run_and_names_the_holder() {
    stage.publish();
    AtomicReference<EndingRecord> second = new AtomicReference<>();
    stage.hooks.before(ConsumeStep.PROVE_CHAIN, () -> second.set(stage.consumeFails("latest")));
    WorkflowStub run = stage.startConsume("latest");
    run.getResult(Object.class);

    assertThat(Objects.requireNonNull(second.get()).outcome()).isEqualTo("Refused");
    assertThat(second.get().code()).isEqualTo("LOCK_HELD");
    assertThat(second.get().headline()).contains(run.getExecution().getWorkflowId());
  }

  /**
   * As if somebody had restored another database's backup there: of content 1, by its own initdb.
   */
  @Test
  void refuses_a_copy_of_another_system_in_the_place_of_one() {
    List<LabInstance> west = stage.lab.instancesAt("west");
    String place = west.get(0).dataDirectory().toString();
    String second = stage.publish().restorePoint();
    onWest("mv", place, place + ".own");
    onWest("cp", "-a", west.get(1).dataDirectory().toString(), place);
    String before = westFingerprint();

    EndingRecord ending = stage.consumeFails("latest");

    refused(ending, "IDENTITY_DIFFERS", system(0));
    assertThat(ending.headline()).startsWith("west-0 is of system " + system(1));
    assertThat(westFingerprint()).isEqualTo(before);
    onWest("rm", "-rf", place);
    onWest("mv", place + ".own", place);
    assertThat(stage.consume().restorePoint()).isEqualTo(second);
  }

  private static void onWest(String... command) {
    stage.lab.run(stage.lab.instancesAt("west").get(0).host(), command);
  }

  private static String system(int content) {
    return sites.ask(content, "SELECT system_identifier::text FROM pg_control_system()");
  }

  /** The one point whose manifest is pending. */
  private static String pendingPoint() {
    String ending = ".pending.json";
    try (Stream<Path> files = Files.list(sites.manifestFile("LATEST").getParent())) {
      List<String> pending =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(ending))
              .toList();
      assertThat(pending).hasSize(1);
      return pending.get(0).replace(ending, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String westFingerprint() {
    return stage.lab.fingerprintWithout(stage.lab.host("e0"));
  }

  /** One digit of one position is another one; the file is still a manifest in every way. */
  private static void alter(Path manifest) {
    String text = Sites.read(manifest);
    int digit = text.indexOf("\"lsn\": \"0/") + "\"lsn\": \"0/".length();
    char other = text.charAt(digit) == '1' ? '2' : '1';
    try {
      Files.writeString(manifest, text.substring(0, digit) + other + text.substring(digit + 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void refused(EndingRecord ending, String code, String words) {
    ended(ending, "Refused", code, words);
  }

  private static void ended(EndingRecord ending, String outcome, String code, String words) {
    assertThat(ending.outcome()).isEqualTo(outcome);
    assertThat(ending.code()).isEqualTo(code);
    assertThat(ending.headline()).contains(words);
    assertThat(sites.mooredAt()).isEqualTo(first);
    assertThat(stage.lab.instancesAt("west")).noneMatch(stage.lab::isRunning);
  }
}
