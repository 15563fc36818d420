package dev.mooring.activities.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.watch.ObservedRoles.Began;
import dev.mooring.authority.Epoch;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.port.Call;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.port.WatchActivities.Pace;
import dev.mooring.port.WatchActivities.Reported;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.port.WatchActivities.WatchedSite;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Over the store of the cluster in memory, by a clock that stands until it is set. */
class EvidenceReadingsTest {
  private static final Sign IN_TIME = sign(Sign.IN_TIME);
  private static final Sign TOO_OLD = sign(SampleManifests.nameOf(1).value());

  private final Cluster cluster = Harbour.cluster(2);
  private final FakeCluster world = new FakeCluster(cluster);
  private final Queue<Runnable> begun = new ArrayDeque<>();
  private final EvidenceReadings readings = new EvidenceReadings(world.evidence(), begun::add);

  EvidenceReadingsTest() {
    world
        .manifests()
        .ensureReady(
            new EnsureManifest(call(), cluster.policies().evidence(), SampleManifests.ready(1, 2)));
  }

  private static Sign sign(String words) {
    return new Sign(Kind.RESTORE_POINT, new InstanceId("east"), words);
  }

  private Call call() {
    return new Call(cluster.name(), "run", "WATCH", 1, Epoch.NONE);
  }

  /** An observation so many seconds after the point was made, and what it shows. */
  private List<Sign> after(int seconds, Sign... last) {
    return readings.signs(
        work(
            List.of(
                new EvidenceAges(
                    cluster.policies().evidence(), Duration.ofMinutes(10), Duration.ZERO)),
            last),
        new Began(
            SampleManifests.at(1).plusSeconds(seconds), Duration.ofSeconds(seconds).toNanos()));
  }

  private WatchWork work(List<EvidenceAges> ages, Sign... last) {
    return new WatchWork(
        call(),
        new WatchedSite(
            Harbour.EAST, cluster.policies().database(), List.of(), List.of(), List.of(), ages),
        new Pace(Duration.ofSeconds(10), 3, 3, 0),
        new Limits(1 << 20, 8, 300, Duration.ofSeconds(45), Duration.ofMinutes(1), 0, 90),
        Duration.ofHours(1),
        new Reported(List.of(last), List.of()));
  }

  /** All readings that were begun are over. */
  private void read() {
    while (!begun.isEmpty()) {
      begun.remove().run();
    }
  }

  /** What the observation at that second shows once its reading, if it begins one, is over. */
  private List<Sign> read(int second, Sign... last) {
    after(second, last);
    read();
    return after(second, last);
  }

  @Test
  void evidence_is_read_once_a_minute_and_counts_once_two_readings_have_found_it() {
    assertThat(read(480)).isEmpty();
    after(539);
    assertThat(begun).as("a minute is not over").isEmpty();
    assertThat(read(540)).containsExactly(IN_TIME);
    assertThat(after(599)).containsExactly(IN_TIME);
    assertThat(read(601)).as("too old once").containsExactly(IN_TIME);
    assertThat(after(660)).as("by the same reading").containsExactly(IN_TIME);
    assertThat(read(661)).containsExactly(TOO_OLD);
  }

  @Test
  void no_observation_waits_for_a_reading() {
    assertThat(after(0, TOO_OLD)).as("by the worker before").containsExactly(TOO_OLD);
    assertThat(after(60)).as("a reading that takes a minute").containsExactly(TOO_OLD);
    assertThat(after(119)).containsExactly(TOO_OLD);
    assertThat(after(120)).as("two minutes").isEmpty();
    assertThat(begun).as("no second one beside it").hasSize(1);
    assertThat(read(130)).as("the first one that is over").isEmpty();
    assertThat(read(190)).containsExactly(IN_TIME);
  }

  @Test
  void an_age_that_two_readings_could_not_read_is_unknown() {
    assertThat(read(0, IN_TIME)).containsExactly(IN_TIME);
    world.trouble().storeAnswers(false);
    assertThat(read(60)).containsExactly(IN_TIME);
    assertThat(read(120)).isEmpty();
  }

  /** Another worker observed the site meanwhile, or none. */
  @Test
  void readings_of_long_ago_are_not_shown() {
    assertThat(read(0, IN_TIME)).containsExactly(IN_TIME);
    assertThat(after(120, TOO_OLD)).as("in the same call").containsExactly(IN_TIME);
    assertThat(after(241, TOO_OLD)).containsExactly(TOO_OLD);
    assertThat(begun).as("beside one that is left").hasSize(2);
  }

  @Test
  void a_watch_of_an_older_release_has_no_evidence_read() {
    assertThat(readings.signs(work(List.of()), new Began(SampleManifests.at(1), 0))).isEmpty();
    assertThat(begun).isEmpty();
  }
}
