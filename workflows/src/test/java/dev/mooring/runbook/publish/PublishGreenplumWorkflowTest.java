package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.ContentId;
import dev.mooring.wire.RawRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublishGreenplumWorkflowTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'dock'}");
  private static final RawRequest CONSUME = Typed.json("{'cluster':'dock','site':'west'}");

  private final TestBed bed = new TestBed(Harbour.dock());

  @AfterEach
  void close() {
    bed.close();
  }

  private List<String> owners() {
    return latest().contents().stream().map(c -> c.owner().instance().value()).toList();
  }

  private Manifest latest() {
    return bed.world().latest().orElseThrow();
  }

  private TimelineId timelineOf(int content) {
    return latest().evidenceOf(new ContentId(content)).orElseThrow().target().timeline();
  }

  @Test
  void its_copies_are_moored_at_the_point_of_its_primaries() {
    PublishResult result = bed.publish(PUBLISH);

    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded()).isEmpty();
    assertThat(owners()).containsExactly("coordinator", "seg0", "seg1");
    assertThat(bed.consume(CONSUME).headline())
        .isEqualTo("west is moored at " + result.restorePoint() + ": 3 of 3 instances proved");
  }

  @Test
  void a_mirror_that_would_not_archive_is_told_and_refuses_nothing() {
    bed.world().mirrorArchives("mirror1", "off", "cp %p /archive/1/%f");
    bed.world().mirrorArchives("standby", "on", "cp %p /archive/-1/%f || true");

    assertThat(bed.publish(PUBLISH).degraded())
        .containsExactlyInAnyOrder(
            "mirror1: archive_mode is off, must be on; once promoted it would not archive content"
                + " 1",
            "standby: archive_command hides its failures: it reports success also after a failure;"
                + " once promoted it would not archive content -1");
  }

  @Test
  void a_mirror_that_took_over_is_followed_on_its_timeline() {
    bed.publish(PUBLISH);
    TimelineId before = timelineOf(0);
    bed.world().takeOver("mirror0");

    PublishResult result = bed.publish(PUBLISH);

    assertThat(owners()).containsExactly("coordinator", "mirror0", "seg1");
    assertThat(timelineOf(0).value()).isEqualTo(before.value() + 1);
    assertThat(timelineOf(1)).isEqualTo(before);
    assertThat(result.degraded())
        .containsExactly(
            "content 0 is served by mirror0, a mirror now acting",
            "content 0 has no mirror that could take over: seg0 is down");
  }

  @Test
  void is_not_ready_when_a_mirror_accepts_writes_beside_the_primary_that_made_the_point() {
    bed.publish(PUBLISH);
    RestorePointName before = latest().name();
    bed.faults()
        .before(
            call -> call.step().equals("CONFIRM_UNCHANGED"),
            () -> bed.world().takeWritesBeside("mirror0"));

    TestBed.Ended ended = TestBed.ended(() -> bed.publish(PUBLISH));

    assertThat(ended.record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(ended.record().headline())
        .startsWith("content 0: mirror0 accepts writes on timeline 1, beside seg0");
    assertThat(latest().name()).isEqualTo(before);
  }

  @Test
  void mirrors_are_asked_apart_from_those_that_must_answer() {
    bed.publish(PUBLISH);

    assertThat(bed.faults().carried())
        .filteredOn(carried -> carried.call().step().equals("CONFIRM_UNCHANGED"))
        .extracting(carried -> servers((OnServers) carried.argument()))
        .containsExactlyInAnyOrder(
            List.of("coordinator", "seg0", "seg1"), List.of("standby", "mirror0", "mirror1"));
  }

  private static List<String> servers(OnServers asked) {
    return asked.servers().stream().map(s -> s.instance().id().value()).toList();
  }

  @Test
  void an_activated_standby_coordinator_is_followed_and_the_copies_with_it() {
    bed.publish(PUBLISH);
    bed.consume(CONSUME);
    bed.world().takeOver("standby");
    bed.world().writeEverywhere(3000);

    PublishResult result = bed.publish(PUBLISH);

    assertThat(owners()).containsExactly("standby", "seg0", "seg1");
    assertThat(result.degraded())
        .containsExactlyInAnyOrder(
            "coordinator coordinator (dbid 1) is no longer in gp_segment_configuration: its standby"
                + " was activated; correct the cluster file",
            "content -1 is served by standby, a mirror now acting");
    assertThat(bed.consume(CONSUME).headline())
        .isEqualTo("west is moored at " + result.restorePoint() + ": 3 of 3 instances proved");
  }
}
