package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.topology.ContentId;
import dev.mooring.worker.MooringWorker;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Restore points of a cluster whose standbys stream are made on whichever member accepts writes,
 * wherever it stands; where two do, or none, none is made.
 */
@Tag("all")
@Tag("heavy")
class StreamingPublishIT {
  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.streaming(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void whoever_accepts_writes_is_published() {
    stage.laws().without(1, "a person starts the old primary beside the new one");
    stage.laws().without(6, "it knows the lab's first primary, which a person replaces");
    LabInstance east = stage.lab.instance("east-0");
    LabInstance west = stage.lab.instance("west-0");
    PublishResult before = stage.publish();
    assertThat(before.outcome()).isEqualTo("Completed");
    assertThat(before.degraded()).isEmpty();
    assertMadeBy(east, 1);
    assertShown(
        "east-0 at east is the primary on timeline 1; 2 of 2 standbys stream, none of them");
    assertThat(shown())
        .containsPattern(
            "west-0 +w0 +standby +streaming +1 .* SQL .* async +west +east-0 .* west_0");

    assertThat(typed("whois").out()).contains("every content has one writable instance: east-0");
    assertNothingWrong();
    rehearsesItsFences();

    stage.lab.stop(east);
    EndingRecord without = stage.publishFails();
    assertThat(without.code()).isEqualTo(FailureCode.NO_PRIMARY.name());
    assertThat(without.headline())
        .contains("content 0 has no running primary among the members", "west-0 is in recovery");

    sites.ask(west, "SELECT pg_promote()");
    Soon.soon(
        "west-0 accepts writes", () -> sites.ask(west, "SELECT pg_is_in_recovery()").equals("f"));
    assertPublishedFrom(west);
    assertThat(typed("whois").out())
        .contains("every content has one writable instance: west-0")
        .containsPattern("east-0 +e0 +down");
    publishesWhileTheOtherSiteIsGone();

    assertRefusedWhileBothTakeWrites(east);
    assertAdopted(east);
  }

  /** What a person did is recorded, and the old primary is started by nobody any more. */
  private static void assertAdopted(LabInstance east) {
    String west = " " + stage.cluster() + " west-0";
    stage.lab.stop(east);
    Answer plan = stage.mooring().type("plan adopt" + west);
    assertThat(plan.out() + plan.err())
        .contains(
            "west-0 accepts writes on timeline 2, and may",
            "would start as a primary and is fenced: `mooring resilver`");
    Answer adopted =
        stage.mooring().type("adopt" + west + " --digest " + Replicated.digest(plan.out()));
    assertThat(adopted.status()).as(adopted.out() + adopted.err()).isZero();
    assertThatThrownBy(() -> stage.lab.start(east)).isInstanceOf(LabFailure.class);
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
    assertShown("west-0 at west is the primary on timeline 2");
  }

  private static void assertPublishedFrom(LabInstance west) {
    PublishResult after = stage.publish();
    assertThat(after.outcome()).isEqualTo("Completed");
    assertThat(after.degraded())
        .singleElement()
        .asString()
        .startsWith("east-0 did not answer, and may accept writes unseen: ");
    assertMadeBy(west, 2);
    assertShown("west-0 at west is the primary on timeline 2; 0 of 2 standbys stream");
    assertThat(shown()).contains("west-0 standbys: none streams", "east-0 server-process: down");
  }

  private static void assertRefusedWhileBothTakeWrites(LabInstance east) {
    stage.lab.start(east);
    Soon.soon(
        "east-0 accepts writes too",
        () -> sites.ask(east, "SELECT pg_is_in_recovery()").equals("f"));
    EndingRecord beside = stage.publishFails();
    assertThat(beside.code()).isEqualTo(FailureCode.TWO_PRIMARIES.name());
    assertThat(beside.headline()).contains("east-0", "west-0");
    assertShown("strait HAS 2 PRIMARIES: east-0, west-0");
  }

  /** Its standbys are checked as such, and not as copies to be moored. */
  private static void assertNothingWrong() {
    Answer check = typed("check");
    assertThat(check.firstLine()).startsWith("strait: nothing is wrong, ");
    assertThat(check.out())
        .containsPattern("west-0 +answers +good +standby")
        .containsPattern("west-0 +archiving +good +archive_mode is on")
        .contains("one of the members is writable")
        .doesNotContain("copy-state")
        .doesNotContainPattern("west +contents");
  }

  /** Beside servers that go on; their launchers ask no guard, which is told and no failure. */
  private static void rehearsesItsFences() {
    assertThat(typed("check").out()).containsPattern("west-0 +last-rehearsal +good +never");
    Answer rehearsed = stage.mooring().type("rehearse " + stage.cluster());
    assertThat(rehearsed.status()).as(rehearsed.out()).isEqualTo(6);
    assertThat(rehearsed.firstLine()).startsWith("strait: rehearsal passed in part: ");
    for (String member : List.of("east-0", "west-0")) {
      assertThat(rehearsed.out())
          .containsPattern(
              member + " +configuration-fence +good +the server ends at the configuration fence")
          .containsPattern(member + " +control-start +good +by pg_ctl");
    }
    Answer later = typed("check");
    assertThat(later.firstLine()).startsWith("strait: nothing is wrong, ");
    assertThat(later.out()).containsPattern("west-0 +last-rehearsal +good +[0-9]+ s ago");
  }

  /** The site that the file calls publishing has no worker any more. */
  private static void publishesWhileTheOtherSiteIsGone() {
    stage.dismissWorker();
    MooringWorker west = stage.workerAt("west");
    try {
      PublishResult published = stage.publish();
      assertThat(published.outcome()).isEqualTo("Completed");
      assertThat(published.degraded())
          .anyMatch(sentence -> sentence.startsWith("the cluster file of east was not compared"));
    } finally {
      west.close();
    }
    stage.recallWorker();
  }

  private static void assertShown(String verdict) {
    assertThat(typed("status").firstLine()).startsWith(verdict);
  }

  private static String shown() {
    return typed("status").out();
  }

  private static Answer typed(String command) {
    return stage.mooring().type(command + " " + stage.cluster());
  }

  private static void assertMadeBy(LabInstance instance, int timeline) {
    ContentEvidence content = sites.latest().evidenceOf(new ContentId(0)).orElseThrow();
    assertThat(content.owner().instance().value()).isEqualTo(instance.id());
    assertThat(content.target().timeline().value()).isEqualTo(timeline);
  }

  @Test
  void a_site_that_streams_consumes_nothing() {
    EndingRecord refused = stage.consumeFails("latest");

    assertThat(refused.code()).isEqualTo(FailureCode.BAD_INPUT.name());
    assertThat(refused.headline()).contains("site west streams");
  }
}
