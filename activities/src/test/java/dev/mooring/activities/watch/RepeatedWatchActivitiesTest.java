package dev.mooring.activities.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.watch.ObservedRoles.Began;
import dev.mooring.authority.Epoch;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.port.WatchActivities.Pace;
import dev.mooring.port.WatchActivities.Pending;
import dev.mooring.port.WatchActivities.Reported;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.port.WatchActivities.Watched;
import dev.mooring.port.WatchActivities.WatchedSite;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Over the ports of the cluster in memory, with looks a hundredth of a second apart, and a minute
 * by the clock of the readings.
 */
@Timeout(60)
class RepeatedWatchActivitiesTest {
  private static final SiteName EAST = new SiteName("east");
  private static final InstanceId EAST_0 = new InstanceId("east-0");
  private static final Began NOW = new Began(SampleManifests.at(1), 0);

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final Cluster cluster = Strait.cluster();
  private final FakeCluster world = new FakeCluster(cluster);
  private List<String> standbys = cluster.members().stream().map(cluster::applicationName).toList();
  private List<EvidenceAges> evidence = List.of();
  private final AtomicInteger minutes = new AtomicInteger();
  private final List<SiteName> looks = new CopyOnWriteArrayList<>();
  private final RepeatedWatchActivities watch =
      new RepeatedWatchActivities(
          world.replication(),
          world.roles(),
          world.failovers(),
          world.evidence(),
          () -> new Began(NOW.at(), minutes.incrementAndGet() * MINUTE),
          (request, look, began) -> looks.add(request.watched().site()));

  @AfterEach
  void close() {
    watch.close();
  }

  private WatchWork work(Duration atMost, List<Sign> last) {
    return work(atMost, last, List.of());
  }

  private WatchWork work(Duration atMost, List<Sign> last, List<Pending> pending) {
    return work(new Pace(Duration.ofMillis(10), 3, 2, 0), atMost, last, pending);
  }

  private WatchWork work(Pace pace, Duration atMost, List<Sign> last, List<Pending> pending) {
    return new WatchWork(
        new Call(cluster.name(), "run", "WATCH", 1, Epoch.NONE),
        new WatchedSite(
            EAST,
            cluster.policies().database(),
            WorkLists.servers(cluster, cluster.membersAt(EAST)),
            WorkLists.byHost(cluster, cluster.membersAt(EAST)),
            standbys,
            evidence),
        pace,
        new Limits(1 << 20, 8, 300, Duration.ofSeconds(45), Duration.ofMinutes(1), 0, 90),
        atMost,
        new Reported(last, pending));
  }

  private List<Sign> watched(List<Sign> last) {
    return watch.awaitChanged(work(Duration.ofSeconds(30), last)).signs();
  }

  private static String value(List<Sign> signs, Kind kind) {
    return signs.stream()
        .filter(sign -> sign.kind() == kind && sign.subject().equals(EAST_0))
        .map(Sign::words)
        .reduce("", String::concat);
  }

  @Test
  void the_first_signs_are_told_once_they_are_steady() {
    List<Sign> first = watched(List.of());
    assertThat(looks).hasSize(3).containsOnly(EAST);
    assertThat(value(first, Kind.ROLE)).isEqualTo(Sign.ACCEPTS_WRITES);
    assertThat(value(first, Kind.STANDBYS)).isEqualTo(Sign.SOME);
    assertThat(first)
        .filteredOn(sign -> sign.kind() == Kind.SENDS_TO)
        .extracting(Sign::about)
        .containsExactlyElementsOf(standbys);
    assertThat(value(first, Kind.ARCHIVER)).isEqualTo(Sign.ARCHIVES);
    assertThat(value(first, Kind.HOST)).isEqualTo(Sign.ANSWERS);
    assertThat(value(first, Kind.DISK)).isEqualTo(Sign.ROOM);
    assertThat(first).noneMatch(Sign::showsTrouble);
  }

  @Test
  void what_streams_and_is_no_member_is_no_standby() {
    standbys = List.of("another");
    assertThat(value(watched(List.of()), Kind.STANDBYS)).isEqualTo("none");
  }

  @Test
  void the_age_of_evidence_is_a_sign_of_the_site() {
    world
        .manifests()
        .ensureReady(
            new EnsureManifest(
                new Call(cluster.name(), "run", "READY", 1, Epoch.NONE),
                cluster.policies().evidence(),
                SampleManifests.ready(1, 1)));
    evidence =
        List.of(
            new EvidenceAges(cluster.policies().evidence(), Duration.ofMinutes(10), Duration.ZERO));
    Sign inTime = new Sign(Kind.RESTORE_POINT, new InstanceId("east"), Sign.IN_TIME);
    List<Sign> signs = watched(List.of());
    for (int i = 0; i < 5 && !signs.contains(inTime); i++) {
      signs = watched(signs);
    }
    assertThat(signs).contains(inTime);
  }

  /** A look that hangs tells no old signs. */
  @Test
  void what_does_not_answer_in_time_is_silent() {
    try (RepeatedWatchActivities hurried =
        new RepeatedWatchActivities(
            world.replication(),
            world.roles(),
            world.failovers(),
            world.evidence(),
            () -> NOW,
            (request, look, began) -> {},
            Duration.ofMillis(50))) {
      List<Sign> first;
      synchronized (world.members()) {
        first = hurried.awaitChanged(work(Duration.ofSeconds(30), List.of())).signs();
      }
      assertThat(first).extracting(Sign::kind).containsOnly(Kind.ROLE, Kind.HOST);
      assertThat(first).allMatch(Sign::showsTrouble);
    }
  }

  /** Its archiver is asked apart: a primary that answers is none that is down. */
  @Test
  void a_primary_whose_archiver_is_not_read_in_time_accepts_writes() {
    CountDownLatch never = new CountDownLatch(1);
    ReplicationActivities slow =
        (ReplicationActivities)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ReplicationActivities.class},
                (port, method, arguments) -> {
                  if (method.getName().equals("observeReadiness")) {
                    never.await();
                  }
                  return method.invoke(world.replication(), arguments);
                });
    try (RepeatedWatchActivities hurried =
        new RepeatedWatchActivities(
            slow,
            world.roles(),
            world.failovers(),
            world.evidence(),
            () -> NOW,
            (request, look, began) -> {},
            Duration.ofMillis(500))) {
      List<Sign> first = hurried.awaitChanged(work(Duration.ofSeconds(30), List.of())).signs();
      assertThat(value(first, Kind.ROLE)).isEqualTo(Sign.ACCEPTS_WRITES);
      assertThat(value(first, Kind.ARCHIVER)).isEqualTo("unread");
    }
  }

  /** It streamed before: only then is it read, and once. */
  @Test
  void what_the_wal_of_a_standby_ends_with_is_read_once_its_primary_is_gone() {
    List<Sign> first = watched(List.of());
    assertThat(first).extracting(Sign::kind).doesNotContain(Kind.WAL_END);
    world.members().shutDown("east-0");
    List<Sign> gone = watched(first);
    assertThat(ends(gone)).containsExactly("east-1 shut-down");
    world.trouble().hostAnswers("e1", false);
    assertThat(ends(watched(gone))).as("it is not read again").containsExactly("east-1 shut-down");
  }

  @Test
  void a_standby_that_did_not_stream_before_and_one_that_can_not_be_read_show_no_end() {
    List<Sign> first = watched(List.of());
    world.members().shutDown("east-0");
    assertThat(ends(watched(List.of()))).isEmpty();
    world.trouble().hostAnswers("e1", false);
    assertThat(ends(watched(first))).isEmpty();
  }

  private static List<String> ends(List<Sign> signs) {
    return signs.stream()
        .filter(sign -> sign.kind() == Kind.WAL_END)
        .map(sign -> sign.subject() + " " + sign.words())
        .toList();
  }

  @Test
  void it_ends_once_something_changed() throws Exception {
    List<Sign> first = watched(List.of());
    CompletableFuture<Watched> next =
        CompletableFuture.supplyAsync(
            () -> watch.awaitChanged(work(Duration.ofSeconds(30), first)));
    world.members().kill("east-0");
    Watched now = next.get(20, TimeUnit.SECONDS);
    assertThat(value(now.signs(), Kind.ROLE)).isNotEqualTo("DATABASE_UNREACHABLE");
    while (!value(now.signs(), Kind.ROLE).equals("DATABASE_UNREACHABLE")) {
      now = watch.awaitChanged(work(Duration.ofSeconds(30), now.signs(), now.pending()));
    }
    assertThat(value(now.signs(), Kind.HOST)).isEqualTo(Sign.ANSWERS);
  }

  @Test
  void a_silent_host_is_a_sign_and_no_failure() {
    world.trouble().hostAnswers("e0", false);
    List<Sign> first = watched(List.of());
    assertThat(value(first, Kind.HOST)).isNotEmpty().isNotEqualTo(Sign.ANSWERS);
    assertThat(value(first, Kind.AUTHORITY)).isEmpty();
  }

  @Test
  void what_did_not_change_is_told_again_once_the_time_is_over() {
    List<Sign> first = watched(List.of());
    Watched over = watch.awaitChanged(work(Duration.ofMillis(50), first));
    assertThat(over.signs()).isEqualTo(first);
    assertThat(over.ended()).isFalse();
  }

  /** Nothing is lost with a worker that is stopped in order: another goes on where it was. */
  @Test
  void it_ends_with_its_worker_and_tells_what_it_knows() throws Exception {
    List<Sign> first = watched(List.of());
    looks.clear();
    CompletableFuture<Watched> under =
        CompletableFuture.supplyAsync(
            () ->
                watch.awaitChanged(
                    work(
                        new Pace(Duration.ofHours(1), 3, 2, 0),
                        Duration.ofHours(2),
                        first,
                        List.of())));
    while (looks.isEmpty()) {
      Thread.onSpinWait();
    }
    watch.end();
    Watched reported = under.get(20, TimeUnit.SECONDS);
    assertThat(reported.signs()).isEqualTo(first);
    assertThat(reported.ended()).isTrue();
  }

  /** Else what began a moment ago would count at once. */
  @Test
  void what_is_pending_is_looked_at_again_no_sooner_than_its_pace() {
    List<Sign> first = watched(List.of());
    world.members().kill("east-0");
    Watched before = watch.awaitChanged(work(Duration.ofSeconds(30), first));
    assertThat(before.pending()).isNotEmpty();
    looks.clear();
    watch.end();
    Watched over =
        watch.awaitChanged(
            work(
                new Pace(Duration.ofHours(1), 3, 2, 0),
                Duration.ofHours(2),
                before.signs(),
                before.pending()));
    assertThat(looks).isEmpty();
    assertThat(over).isEqualTo(new Watched(before.signs(), before.pending(), true));
  }

  @Test
  void it_ends_when_its_thread_is_interrupted() {
    List<Sign> first = watched(List.of());
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> watched(first)).isInstanceOf(IllegalStateException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
