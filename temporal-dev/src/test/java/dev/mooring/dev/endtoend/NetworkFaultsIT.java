package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostNetwork.Way;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.worker.MooringWorker;
import io.temporal.client.WorkflowStub;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Packets that the hosts' networks lose, and hosts that stand still, while clients write: what
 * can't be reached is named, nothing is changed, and once all is fixed the next runs are fine and
 * exact.
 */
@Tag("root")
@Tag("all")
@Tag("heavy")
class NetworkFaultsIT {
  private static Stage stage;
  private static Sites sites;
  private static MooringWorker worker;
  private static String published = "";
  private static String consumed = "";

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.dismissWorker();
    worker = stage.workerOf(stage.service, List.of(stage.hooks, Impatience.givesUpSoon()));
    stage.publish();
    stage.consume();
    stage.lab.load().start(Barrier.HELD);
  }

  /** The point to be consumed is not the one that the west is moored at. */
  @BeforeEach
  void publishOneMore() {
    consumed = sites.mooredAt();
    published = stage.publish().restorePoint();
  }

  @AfterEach
  void mend() {
    stage.lab.hosts().forEach(host -> stage.lab.faults().network(host).mend());
    stage.hooks.clear();
  }

  @AfterAll
  static void strike() {
    try {
      worker.close();
      stage.lab.load().stop();
      stage.lab.load().checkPrimaries().assertExact();
    } finally {
      stage.close();
    }
  }

  @Test
  void a_database_port_that_is_blocked_either_way_is_no_primary() {
    LabInstance east = sites.east(0);
    for (Way way : Way.values()) {
      mend();
      stage.lab.faults().network(east.host()).drop(way, east.port());

      EndingRecord ending = stage.publishFails();

      assertThat(ending.outcome()).isEqualTo("Refused");
      assertThat(ending.code()).isEqualTo("NO_PRIMARY");
      assertThat(ending.headline())
          .contains("content 0 has no running primary at east: east-0 did not answer")
          .doesNotContain("east-1");
      assertThat(sites.latest().name().value()).isEqualTo(published);
    }
    resilvered();
  }

  @Test
  void one_that_is_cut_one_way_after_the_proof_publishes_nothing() {
    cutBefore(PublishStep.CONFIRM_UNCHANGED, Way.IN);
  }

  @Test
  void nor_does_one_whose_answers_are_lost_once_its_point_is_made() {
    cutBefore(PublishStep.SWITCH_WAL, Way.OUT);
  }

  private void cutBefore(PublishStep step, Way way) {
    LabInstance east = sites.east(0);
    stage.hooks.before(step, () -> stage.lab.faults().network(east.host()).drop(way, east.port()));

    EndingRecord ending = stage.publishFails();

    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("DATABASE_UNREACHABLE");
    assertThat(ending.headline()).contains("east-0").doesNotContain("east-1");
    assertThat(sites.latest().name().value()).isEqualTo(published);
    resilvered();
  }

  @Test
  void a_host_whose_answers_are_lost_in_the_middle_of_a_consume_is_asked_until_they_come() {
    LabHost west = sites.west(1).host();
    stage.hooks.before(
        ConsumeStep.START_ALL,
        () -> stage.lab.faults().network(west).drop(Way.OUT, west.sshPort()));

    WorkflowStub consume = stage.startConsumeOfLatest();
    Soon.soon("the start is tried again", () -> stage.service.triesAgain(consume));
    assertThat(sites.mooredAt()).isEqualTo(consumed);
    mend();

    assertThat(consume.getResult(ConsumeResult.class).restorePoint()).isEqualTo(published);
    assertThat(sites.mooredAt()).isEqualTo(published);
    resilvered();
  }

  @Test
  void a_host_without_ssh_is_not_a_database_that_is_down() {
    withoutSsh(Way.IN, Way.OUT);
  }

  @Test
  void nor_is_one_whose_packets_are_lost_the_other_way() {
    withoutSsh(Way.OUT, Way.IN);
  }

  private void withoutSsh(Way ofPublish, Way ofConsume) {
    LabHost east = sites.east(0).host();
    LabHost west = sites.west(1).host();
    stage.lab.faults().network(east).drop(ofPublish, east.sshPort());
    stage.lab.faults().network(west).drop(ofConsume, west.sshPort());
    String files = filesOfWest();

    WorkflowStub publish = stage.startPublish();
    EndingRecord consuming = stage.consumeFails("latest");
    EndingRecord publishing = Stage.endingOf(publish);

    assertUnreachable(publishing, east);
    assertUnreachable(consuming, west);
    assertThat(sites.ask(0, "SELECT 1")).isEqualTo("1");
    assertThat(filesOfWest()).isEqualTo(files);
    assertThat(sites.latest().name().value()).isEqualTo(published);
    assertThat(sites.mooredAt()).isEqualTo(consumed);
    resilvered();
  }

  private static String filesOfWest() {
    return stage.lab.fingerprintOf(sites.west(0).host())
        + stage.lab.fingerprintOf(sites.west(1).host());
  }

  private static void assertUnreachable(EndingRecord ending, LabHost host) {
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("HOST_UNREACHABLE");
    assertThat(ending.headline())
        .contains("host " + host.name() + " (")
        .contains("can't be reached over SSH")
        .doesNotContain("primary")
        .doesNotContain("is down");
  }

  @Test
  void a_site_that_is_cut_off_before_its_point_is_confirmed_publishes_none() {
    stage.hooks.before(PublishStep.CONFIRM_UNCHANGED, () -> eastern().forEach(this::cutOff));

    EndingRecord ending = stage.publishFails();

    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("DATABASE_UNREACHABLE");
    assertThat(sites.latest().name().value()).isEqualTo(published);
    String east = sites.east(0).dataDirectory().toString();
    assertThat(stage.lab.run(sites.east(0).host(), "cat", east + "/postmaster.pid"))
        .contains("ready");
    assertThat(stage.publishFails().code()).isEqualTo("NO_PRIMARY");
    assertThat(stage.consume().restorePoint()).isEqualTo(published);
    resilvered();
  }

  private static List<LabHost> eastern() {
    return stage.lab.hosts().stream().filter(host -> host.site().equals("east")).toList();
  }

  private void cutOff(LabHost host) {
    stage.lab.faults().network(host).cutFromControlPlane();
  }

  @Test
  void a_primarys_host_that_freezes_after_its_point_was_made_makes_none_ready() {
    LabInstance east = sites.east(0);
    stage.hooks.after(PublishStep.MAKE_POINT, () -> signalHost(east, Signal.STOP));

    EndingRecord ending;
    try {
      ending = stage.publishFails();
    } finally {
      signalHost(east, Signal.CONT);
    }

    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isIn("DATABASE_UNREACHABLE", "OUTCOME_UNKNOWN");
    assertThat(ending.headline()).contains("east-0");
    assertThat(sites.latest().name().value()).isEqualTo(published);
    resilvered();
  }

  private static void signalHost(LabInstance instance, Signal signal) {
    stage.lab.faults().signalAll(instance, signal);
    stage.lab.faults().signalAllSsh(instance.host(), signal);
  }

  /** Mended, production is written to, and the next publish and consume are fine and exact. */
  private void resilvered() {
    mend();
    String written = written();
    Soon.soon("clients write again", () -> !written().equals(written));
    String next = stage.publish().restorePoint();
    assertThat(next).isNotEqualTo(published);
    assertThat(stage.consume().restorePoint()).isEqualTo(next);
    assertThat(sites.mooredAt()).isEqualTo(next);
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      stage.lab.load().check(copy).assertExact();
    }
    stage.laws().assertAll();
  }

  private static String written() {
    return sites.ask(0, "SELECT max(seq) FROM lab.ledger");
  }
}
