package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.runbook.publish.PublishStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the command line says and how it exits, in this JVM, against real servers, a real Temporal
 * and a worker.
 */
@Tag("all")
class CommandLineIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern RUN =
      Pattern.compile("^(follow|cancel|approve|reject|retry|roll-back|give-up) ");

  private static Stage stage;
  private static Sites sites;
  private static Mooring mooring;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    mooring = stage.mooring();
    stage.publish();
    stage.consume();
  }

  @AfterEach
  void clear() {
    stage.hooks.clear();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void publishes_consumes_and_says_what_was_proved_of_whom() {
    Answer published = mooring.type("publish " + stage.cluster() + " --by ann --reason weekly");
    String point = sites.latest().name().value();
    Answer consumed = mooring.type("consume");
    Answer status = mooring.typeUntilInOrder("status");

    assertThat(published.status()).as(published.err()).isZero();
    assertThat(published.out())
        .contains("mooring:" + stage.cluster() + ":publish started (run ")
        .contains("done     publish the READY manifest and LATEST")
        .contains(point + " is READY: 2 contents proved")
        .contains("content 0  east-0")
        .contains("content 1  east-1");
    assertThat(consumed.status()).as(consumed.err()).isZero();
    assertThat(consumed.out())
        .contains("west is moored at " + point + ": 2 of 2 instances proved")
        .containsPattern("west-0 +0 +shut down in recovery")
        .containsPattern("west-1 +1 +shut down in recovery");
    assertThat(status.status()).as(status.out()).isZero();
    assertThat(status.firstLine())
        .matches("west is moored at " + point + ", .* old, 2 of 2 proved");
    assertThat(status.out())
        .containsPattern("0 +west-0 +west +w0 +parked +1 +0/[0-9A-F]+ +0/[0-9A-F]+ +needs 0000")
        .containsPattern("1 +east-1 +east +e1 +primary +1 +0/[0-9A-F]+ +- +has 0000");
    assertThat(sites.lastReceipt().run().runbook()).isEqualTo("DrConsume");
  }

  @Test
  void status_in_json_has_the_fields_of_the_reference_tool_beside_its_own() throws IOException {
    JsonNode status = JSON.readTree(mooring.typeUntilInOrder("status --format json").out());

    assertThat(status.get("mode").asText()).isEqualTo("dr");
    String point = sites.latest().name().value();
    assertThat(status.at("/latest/restore_point").asText()).isEqualTo(point);
    assertThat(status.at("/latest/ready").asBoolean()).isTrue();
    assertThat(status.at("/state/current_restore_point").asText()).isEqualTo(sites.mooredAt());
    assertThat(status.at("/state/target_restore_point").asText()).isEqualTo(point);
    assertThat(status.at("/last_receipt/file").asText()).endsWith(".json");
    assertThat(status.at("/last_receipt/status").asText())
        .isEqualTo("success_recovery_point_validated");
    assertThat(status.at("/last_receipt/checked_at_utc").asText()).endsWith("Z");
    assertThat(status.at("/last_receipt/waited_secs").isNumber()).isTrue();
    assertThat(status.get("notes").isArray()).isTrue();
    assertThat(status.get("recent_receipts").isEmpty()).isTrue();
    assertThat(status.get("verdict").asText()).startsWith("west is ");
    assertThat(status.get("instances")).hasSize(4);
    assertThat(status.get("exit_code").asInt()).isZero();
  }

  @Test
  void status_shows_as_many_receipts_as_asked_for_newest_first() throws IOException {
    mooring.type("consume");
    mooring.type("consume --target nowhere");
    String history = "status --include-history --history-n 2";
    Answer table = mooring.typeUntil(history, CommandLineIT::showsReceipts);
    JsonNode json =
        JSON.readTree(
            mooring.typeUntil(history + " --format json", CommandLineIT::showsReceipts).out());

    assertThat(table.out().substring(table.out().indexOf("RECENT RECEIPTS:")).lines())
        .hasSize(5)
        .element(1)
        .asString()
        .matches("checked_at_utc +runbook +status +current +target +file");
    assertThat(table.out()).contains("DrConsume  refused").contains("validated");
    assertThat(json.get("recent_receipts")).hasSize(2);
    assertThat(json.at("/recent_receipts/1/status").asText())
        .isEqualTo("success_recovery_point_validated");
  }

  private static boolean showsReceipts(Answer status) {
    return status.out().contains("validated");
  }

  @Test
  void a_plan_says_all_and_changes_nothing() {
    String before = sites.mooredAt();
    String latest = stage.publish().restorePoint();
    Answer publish = mooring.type("plan publish");
    Answer consume = mooring.type("plan consume " + stage.cluster());

    assertThat(publish.status()).as(publish.err()).isZero();
    assertThat(publish.out()).contains("in these steps:").contains("MAKE_POINT: ");
    assertThat(consume.status()).as(consume.err()).isZero();
    assertThat(consume.out())
        .contains("would act on:")
        .contains("west-1: content 1, system ")
        .contains("START_ALL: ")
        .containsPattern("digest: [0-9a-f]{64}");
    assertThat(sites.latest().name().value()).isEqualTo(latest);
    assertThat(sites.mooredAt()).isEqualTo(before);
  }

  @Test
  void logs_are_the_last_lines_of_latest_and_of_the_last_receipt_of_each_runbook() {
    stage.publish();
    Answer three = mooring.type("logs --raw --n 3");
    Answer all = mooring.type("logs --raw --n 9999");

    assertThat(three.status()).isZero();
    assertThat(three.out().lines()).hasSize(4 + 5 + 5);
    assertThat(three.out()).contains("== " + sites.manifestFile("LATEST")).contains("receipts/");
    assertThat(all.out()).contains(Sites.read(sites.manifestFile("LATEST")).stripTrailing());
    assertThat(mooring.type("logs --n 0").status()).isEqualTo(2);
  }

  @Test
  void verify_knows_whole_evidence_from_evidence_altered_by_one_byte() throws IOException {
    Answer whole = mooring.type("verify");
    Path manifest = sites.manifestFile(sites.latest().name().value());
    String text = Sites.read(manifest);
    Files.writeString(manifest, text.replaceFirst("\"lsn\": \"0/", "\"lsn\": \"1/"));
    Answer broken = mooring.type("verify");
    Files.writeString(manifest, text);

    assertThat(whole.status()).isZero();
    assertThat(whole.out())
        .contains("all evidence found is as it was written")
        .contains(" receipts in one chain");
    assertThat(broken.status()).isEqualTo(7);
    assertThat(broken.out())
        .contains("EVIDENCE BROKEN")
        .contains(manifest.toString())
        .contains("HINT");
  }

  @Test
  void a_store_that_is_not_there_is_named_and_not_called_unexpected() {
    String store = "\"" + stage.lab.evidenceStore() + "\"";
    stage.amendClusterFile(now -> now.replace(store, "\"/nowhere/evidence\""));
    Answer verify = mooring.type("verify");
    Answer logs = mooring.type("logs");
    Answer status =
        mooring.typeUntil("status", answer -> answer.out().contains("/nowhere/evidence"));
    stage.amendClusterFile(now -> now.replace("\"/nowhere/evidence\"", store));

    for (Answer one : List.of(verify, logs)) {
      assertThat(one.status()).isEqualTo(1);
      assertThat(one.err())
          .startsWith("mooring: the evidence store's directory /nowhere/evidence is not there")
          .contains("HINT: mount the evidence store");
    }
    assertThat(status.status()).isEqualTo(7);
    assertThat(status.firstLine()).contains("can't be said");
    assertThat(status.out())
        .contains("/nowhere/evidence")
        .contains("fix: mount the evidence store");
  }

  @Test
  void follow_shows_the_ending_of_a_run_that_is_over_and_exits_as_it_did() {
    mooring.type("consume --target nowhere");
    Answer followed = mooring.type("follow mooring:" + stage.cluster() + ":consume:west");

    assertThat(followed.status()).isEqualTo(3);
    assertThat(followed.out())
        .containsPattern(
            "failed   choose the restore point( .[0-9.]+ s.)?: there is no manifest nowhere")
        .contains("Refused: there is no manifest nowhere (NO_MANIFEST)")
        .contains("HINT: publish a restore point first")
        .contains("receipt: ")
        .contains("next: `mooring consume " + stage.cluster() + " --site west`");
  }

  @Test
  void a_publish_that_is_not_ready_exits_1_and_says_why() {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
    stage.breakArchiver();

    Answer failed = mooring.type("publish");
    stage.lab.faults().archiveOn(0);
    stage.amendClusterFile(now -> now.replace("archiveWait: PT2S", "archiveWait: PT20S"));

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.out())
        .contains("Failed: ")
        .contains("(ARCHIVE_NOT_PROVED)")
        .contains("the archiver of east-0 failed")
        .contains("next: `mooring publish " + stage.cluster() + "` once that is fixed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"approve --digest 00000000", "reject", "retry"})
  void a_decision_that_no_run_waits_for_is_refused_and_the_run_goes_on(String word) {
    CountDownLatch looked = new CountDownLatch(1);
    stage.hooks.before(PublishStep.OBSERVE_SERVERS, () -> await(looked));
    mooring.type("publish --no-wait");
    Answer decided = mooring.type(word + " " + stage.cluster() + " --reason wondering");
    looked.countDown();
    Answer followed = mooring.type("follow " + stage.cluster());

    assertThat(decided.status()).isEqualTo(3);
    assertThat(decided.err())
        .startsWith("mooring: mooring:" + stage.cluster() + ":publish refused: ")
        .contains("HINT: `mooring follow mooring:" + stage.cluster() + ":publish` shows");
    assertThat(followed.status()).as(followed.out()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"roll-back", "give-up"})
  void a_person_may_stop_a_run_by_a_decision_too(String word) {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch looked = new CountDownLatch(1);
    stage.hooks.before(
        PublishStep.OBSERVE_SERVERS,
        () -> {
          begun.countDown();
          await(looked);
        });
    mooring.type("publish --no-wait");
    await(begun);
    Answer decided = mooring.type(word + " " + stage.cluster() + " --by ben --reason wrong-night");
    looked.countDown();
    Answer followed = mooring.type("follow " + stage.cluster());

    assertThat(decided.status()).as(decided.err()).isZero();
    assertThat(followed.status()).as(followed.out()).isEqualTo(4);
    assertThat(followed.out()).contains("RolledBack: stopped by ben: wrong-night (CANCELLED)");
  }

  @Test
  void a_second_start_of_the_same_runbook_is_refused_and_names_the_run() {
    CountDownLatch looked = new CountDownLatch(1);
    stage.hooks.before(PublishStep.OBSERVE_SERVERS, () -> await(looked));
    mooring.type("publish --no-wait");
    Answer second = mooring.type("publish");
    looked.countDown();

    assertThat(second.status()).isEqualTo(3);
    assertThat(second.err())
        .contains("mooring:" + stage.cluster() + ":publish is open already (run ")
        .contains("it was not started again");
    assertThat(mooring.type("follow " + stage.cluster()).status()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status haven | 3 | there is no cluster file | the directory holds",
        "logs haven | 3 | there is no file | knows [",
        "publish haven | 3 | haven.yaml |  the directory holds",
        "consume --site wset | 2 | has no site wset that can consume | its sites that can are"
            + " [west]",
        "consume --site east | 2 | has no site east that can consume | its sites that can are"
            + " [west]",
        "schedule apply --site wset | 2 | has no site wset | its sites are [east, west]",
        "consume --target nowhere | 3 | there is no manifest nowhere | publish a restore point"
            + " first",
        "follow nowhere | 3 | knows no run of cluster nowhere | `mooring status`",
        "follow mooring:nowhere:publish | 3 | knows no run of mooring:nowhere:publish | `mooring"
            + " status`",
        "cancel nowhere | 3 | knows no run of cluster nowhere | `mooring status`",
        "publsh | 2 | there is no command or argument publsh; did you mean publish? | --help",
        "status --formt json | 2 | there is no option --formt; did you mean --format? | --help",
        "schedule pause --reason x | 1 | there is no schedule | `mooring schedule apply`",
        "publish --namespace nope | 1 | Namespace nope is not found | check --namespace (now nope)",
      })
  void names_what_is_wrong_and_what_to_do(String line, int status, String fact, String remedy) {
    Answer answer = mooring.typeUntil(line, typed -> !typed.err().contains("no worker serves"));
    String said = answer.out() + answer.err();

    assertThat(answer.status()).as(said).isEqualTo(status);
    assertThat(said).contains(fact).contains(remedy).contains("HINT: ").doesNotContain("Exception");
  }

  /** Where {@code %s} stands, somebody erred by a letter. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "status %s",
        "check %s",
        "setup %s",
        "plan publish %s",
        "plan consume %s",
        "plan switchover %s --to west-0",
        "plan failover %s",
        "plan failback %s --to east",
        "plan resilver %s",
        "publish %s",
        "consume %s",
        "replicate setup %s --mode plan",
        "replicate remove %s --mode plan",
        "replicate verify %s",
        "replicate files %s --directory .",
        "adopt %s west-0 --mode plan",
        "switchover %s --to west-0 --digest 01234567 --reason x --system-identifier-ends any",
        "resilver %s --digest 01234567 --reason x --system-identifier-ends any",
        "failover %s --digest 01234567 --reason x --system-identifier-ends any",
        "start-primary %s --digest 01234567 --reason x --system-identifier-ends any",
        "failback %s --to east --reason x --system-identifier-ends any",
        "follow %s",
        "follow mooring:%s:consume:west",
        "cancel %s",
        "approve mooring:%s:switchover --digest 01234567 --reason x",
        "reject %s --reason x",
        "retry %s --reason x",
        "roll-back mooring:%s:publish --reason x",
        "give-up %s --reason x",
        "logs %s",
        "report %s",
        "report mooring:%s:publish",
        "verify %s",
        "whois %s",
        "archive-floor %s",
        "schedule apply %s",
        "schedule list %s",
        "schedule pause %s --reason x",
        "schedule resume %s",
        "schedule trigger %s",
        "schedule remove %s"
      })
  void a_misspelt_cluster_is_refused_and_told_from_the_one_that_is_meant(String line) {
    // of the other name runs are begun, and refused: one of these may be followed
    String slip = RUN.matcher(line).find() ? "y" : "x";
    Answer answer = mooring.type(line.formatted(stage.cluster() + slip));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(3);
    assertThat(answer.out() + answer.err()).contains("did you mean " + stage.cluster() + "?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"publish", "follow x", "cancel x", "retry x --reason y", "schedule list", "setup"})
  void without_temporal_there_is_one_clear_error(String line) {
    Answer refused = mooring.type(line + " --address 127.0.0.1:1");
    Answer nameless = mooring.type(line + " --address temporal.invalid:7233");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("mooring: no Temporal server answers at 127.0.0.1:1: Connection refused")
        .contains("HINT: start it (`temporal-dev/up` starts a local one), or name another");
    assertThat(refused.err().lines()).hasSize(2);
    assertThat(nameless.status()).isEqualTo(1);
    assertThat(nameless.err()).contains("no address is known of the name temporal.invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "check",
        "plan publish",
        "plan consume --site west",
        "plan switchover --to west-0",
        "replicate verify"
      })
  void without_a_worker_whatever_only_looks_gives_up_within_seconds(String line) {
    stage.dismissWorker();
    try {
      // the second is not told that the first is open
      for (int time = 0; time < 2; time++) {
        Answer untaken = mooring.type(line);
        assertThat(untaken.status()).as(untaken.err()).isEqualTo(1);
        assertThat(untaken.err())
            .containsPattern("no worker took mooring:|a worker was given mooring:")
            .contains("`systemctl start mooring-worker@SITE`");
        assertThat(untaken.out()).doesNotContain("Temporal does not answer");
        // 3 s; 15 s of a plan that a poll of the worker took which was just leaving
        assertThat(untaken.took()).isLessThan(ThisMachine.takes(Duration.ofSeconds(20)));
      }
    } finally {
      stage.recallWorker();
    }
  }

  @Test
  void without_temporal_status_names_the_command_that_needs_none() {
    Answer status = mooring.type("status --address 127.0.0.1:1");

    assertThat(status.status()).isEqualTo(1);
    assertThat(status.err())
        .startsWith("mooring: no Temporal server answers at 127.0.0.1:1")
        .contains("mooring whois");
    assertThat(mooring.type("whois --address 127.0.0.1:1").status()).isZero();
  }

  /** That it waits no longer than its limit is shown with a set clock, by InstancesLookTest. */
  @Test
  void whois_tells_every_other_instance_when_a_host_is_dead() {
    LabInstance dead = sites.east(1);
    stage.lab.faults().signalSsh(dead.host(), Signal.STOP);
    stage.lab.faults().signalAll(dead, Signal.STOP);
    Answer whois;
    try {
      whois = mooring.typeUntil("whois", CommandLineIT::seesAllButOne);
    } finally {
      stage.lab.faults().signalAll(dead, Signal.CONT);
      stage.lab.faults().signalSsh(dead.host(), Signal.CONT);
    }
    System.out.println("whois with a dead host took " + whois.took().toMillis() + " ms");

    assertThat(whois.status()).isEqualTo(6);
    assertThat(whois.firstLine())
        .isEqualTo("content 1 has no writable instance among those observed");
    assertThat(whois.out())
        .containsPattern("0 +east-0 +e0 +writable ")
        .containsPattern("0 +west-0 +w0 +parked +1 +- +0/")
        .containsPattern("1 +east-1 +e1 +unknown +- ")
        .containsPattern("1 +west-1 +w1 +parked ")
        .containsPattern(
            "east-1 is unknown: host e1 (did not answer within 3 s|.* can.t be reached over SSH)");
  }

  private static boolean seesAllButOne(Answer whois) {
    return whois.out().lines().filter(line -> line.contains(" unknown ")).count() == 1;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
