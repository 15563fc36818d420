package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.publish.PublishStep;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code mooring schedule}: publish and consume run as services, with nobody at a terminal. */
@Tag("all")
class ScheduleCommandIT {
  private static Stage stage;
  private static Sites sites;
  private static Mooring mooring;
  private static String publish;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    mooring = stage.mooring();
    publish = "mooring:" + stage.cluster() + ":publish";
  }

  @AfterEach
  void clear() {
    stage.hooks.clear();
    mooring.type("schedule remove");
    mooring.type("schedule remove --site west");
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void applied_twice_it_is_the_same_schedule_every_five_minutes() {
    Answer first = mooring.type("schedule apply " + stage.cluster());
    ScheduleDescription made = describe(publish);
    Answer second = mooring.type("schedule apply " + stage.cluster());
    ScheduleDescription again = describe(publish);

    assertThat(first.status()).as(first.err()).isZero();
    assertThat(first.out()).isEqualTo(publish + " is scheduled: PublishCycle every PT5M\n");
    assertThat(second.status()).isZero();
    assertThat(second.out()).contains("was scheduled already and is up to date");
    assertThat(every(made)).containsExactly(Duration.ofMinutes(5));
    assertThat(again.getSchedule().getSpec()).isEqualTo(made.getSchedule().getSpec());
    assertThat(again.getSchedule().getPolicy()).isEqualTo(made.getSchedule().getPolicy());
    assertThat(again.getSchedule().getState()).isEqualTo(made.getSchedule().getState());
    assertThat(again.getInfo().getCreatedAt()).isEqualTo(made.getInfo().getCreatedAt());
  }

  @Test
  void a_pause_survives_apply_until_it_is_resumed() {
    mooring.type("schedule apply");
    Answer paused = mooring.type("schedule pause --reason maintenance");
    mooring.type("schedule apply --every PT10M");
    Answer listed = mooring.type("schedule list");
    Answer status =
        mooring.typeUntil("status", answer -> answer.out().contains("paused: maintenance"));

    assertThat(paused.out()).isEqualTo(publish + " is paused\n");
    assertThat(listed.out()).containsPattern(publish + " +PT10M +paused +- +maintenance \\(ann\\)");
    assertThat(List.of(6, 7)).as("a warning, or critical").contains(status.status());
    assertThat(status.out())
        .contains("schedule " + publish + ": every 10 min, paused: maintenance (ann)")
        .contains("fix: `mooring schedule resume " + stage.cluster() + "`");

    assertThat(mooring.type("schedule resume").out()).isEqualTo(publish + " runs again\n");
    assertThat(mooring.type("schedule list").out())
        .containsPattern(publish + " +PT10M +runs +20[0-9-]+T");
  }

  @Test
  void publishes_by_itself_as_often_as_the_cluster_file_says() {
    String byHand = stage.publish().restorePoint();
    String every = "  every: PT10S\n";
    stage.amendClusterFile(now -> now.replace("publish:\n", "publish:\n" + every));
    Answer applied = mooring.type("schedule apply");
    stage.amendClusterFile(now -> now.replace(every, ""));

    assertThat(applied.out()).contains("PublishCycle every PT10S");
    Soon.soon("a scheduled run publishes", () -> !sites.latest().name().value().equals(byHand));
    Soon.soon(
        "it leaves its receipt", () -> sites.lastReceipt().run().workflowId().startsWith(publish));
    assertThat(actions(publish)).isNotEmpty();
    assertThat(mooring.type("schedule remove").out()).contains("is no longer scheduled");
    mooring.typeUntil(
        "status",
        answer ->
            answer.out().contains("published sync_point_") && !answer.out().contains("runs since"));
  }

  @Test
  void runs_of_a_schedule_never_overlap() {
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    stage.hooks.before(
        PublishStep.OBSERVE_SERVERS,
        () -> {
          begun.countDown();
          await(looked);
        });
    // so seldom that it starts nothing of itself meanwhile
    mooring.type("schedule apply --every P1D");
    Answer triggered = mooring.type("schedule trigger");
    await(begun);
    mooring.type("schedule trigger");
    Soon.soon(
        "the second action is skipped",
        () -> describe(publish).getInfo().getNumActionsSkippedOverlap() == 1);
    Answer status = mooring.typeUntil("status", answer -> answer.out().contains(" runs since "));
    looked.countDown();
    Answer followed = mooring.type("follow " + stage.cluster());

    assertThat(triggered.out()).startsWith(publish + " was triggered");
    assertThat(status.out().lines().filter(line -> line.contains(" runs since "))).hasSize(1);
    assertThat(followed.status()).as(followed.out()).isZero();
    assertThat(actions(publish)).hasSize(1);
  }

  @Test
  void the_consumer_is_a_service_too() {
    String consume = "mooring:" + stage.cluster() + ":consume:west";
    String point = stage.publish().restorePoint();
    stage.amendClusterFile(file -> file.replace("poll: PT0.5S}", "poll: PT0.5S, every: PT1H}"));
    Answer applied = mooring.type("schedule apply --site west");
    mooring.type("schedule trigger --site west");

    assertThat(applied.out()).isEqualTo(consume + " is scheduled: DrConsume every PT1H\n");
    Soon.soon("the west is moored", () -> isMooredAt(point));
    assertThat(mooring.type("schedule list --site west").out()).contains(consume);
    assertThat(mooring.type("schedule remove --site west").out())
        .isEqualTo(consume + " is no longer scheduled\n");
    assertThat(mooring.type("schedule remove --site west").out())
        .isEqualTo(consume + " was not scheduled\n");
    assertThat(mooring.type("schedule list").out()).contains("HINT: `mooring schedule apply");
  }

  private static boolean isMooredAt(String point) {
    return mooring.type("status").firstLine().startsWith("west is moored at " + point);
  }

  private static List<?> actions(String id) {
    return describe(id).getInfo().getRecentActions();
  }

  private static List<Duration> every(ScheduleDescription schedule) {
    return schedule.getSchedule().getSpec().getIntervals().stream()
        .map(ScheduleIntervalSpec::getEvery)
        .toList();
  }

  private static ScheduleDescription describe(String id) {
    return ScheduleClient.newInstance(stage.service.client().getWorkflowServiceStubs())
        .getHandle(id)
        .describe();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
