package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a primary that is down was shut down, and may return by itself, by steady signs. */
class ShutDownPrimaryTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  private Cluster cluster = Strait.cluster();
  private final SteadySigns signs = new SteadySigns(cluster);
  private boolean eastLost;
  private boolean paused;
  private List<Diagnosis> open = List.of();
  private ShutDownPrimary primary = new ShutDownPrimary(cluster, List.of());

  /** East-0 accepts writes, and was seen to. */
  ShutDownPrimaryTest() {
    for (Instance member : cluster.members()) {
      signs.set(Kind.ROLE, member.id().value(), Sign.STANDS_BY);
    }
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    at(-600);
  }

  private void isOf(Cluster another) {
    cluster = another;
    primary = new ShutDownPrimary(cluster, List.of());
  }

  private List<SiteState> sites() {
    SiteName east = new SiteName("east");
    return List.of(
        eastLost ? SiteState.lost(east, "its worker is away") : signs.watched(east),
        signs.watched(new SiteName("west")));
  }

  /** The diagnoses of the cluster so many seconds after noon. */
  private List<String> at(long seconds) {
    Instant now = NOON.plusSeconds(seconds);
    List<Diagnosis> found =
        primary.with(Diagnoses.of(cluster, sites(), open, now), open, sites(), paused, now);
    open = found;
    return open.stream()
        .filter(one -> one.subject().equals("strait"))
        .map(one -> one.kind().id())
        .toList();
  }

  private void ends(String standby, String how) {
    signs.set(Kind.WAL_END, standby, how);
  }

  private void isDown() {
    signs.set(Kind.ROLE, "east-0", "DATABASE_UNREACHABLE");
  }

  /** It was shut down at noon, by the WAL of all its standbys. */
  private void isShutDown() {
    ends("east-1", Sign.SHUT_DOWN);
    ends("west-0", Sign.SHUT_DOWN);
    at(5);
    isDown();
  }

  @Test
  void it_is_down_only_five_minutes_later() {
    isShutDown();
    assertThat(at(30)).containsExactly("primary-shut-down");
    assertThat(primary.mayReturn()).isTrue();
    assertThat(primary.next(NOON.plusSeconds(90))).contains(Duration.ofMinutes(4));
    assertThat(at(329)).containsExactly("primary-shut-down");
    assertThat(at(330)).containsExactly("primary-down", "primary-shut-down");
    assertThat(primary.mayReturn()).isFalse();
    assertThat(primary.next(NOON.plusSeconds(331))).isEmpty();
    assertThat(at(400)).containsExactly("primary-down", "primary-shut-down");
  }

  @Test
  void it_is_over_once_a_member_accepts_writes() {
    isShutDown();
    at(30);
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    assertThat(at(90)).isEmpty();
  }

  @Test
  void one_that_crashed_is_down_at_once_and_stays_so() {
    isDown();
    assertThat(at(30)).containsExactly("primary-down");
    ends("west-0", Sign.SHUT_DOWN);
    assertThat(at(40)).containsExactly("primary-down");
  }

  @Test
  void a_standby_that_shows_a_crash_counts_more_than_one_that_shows_a_shutdown() {
    isShutDown();
    ends("west-0", Sign.ANOTHER_RECORD);
    assertThat(at(30)).containsExactly("primary-down");
  }

  /** It came back, was written to and crashed, before its role was steady. */
  @Test
  void one_that_crashes_after_its_return_is_down_at_once() {
    isShutDown();
    assertThat(at(30)).containsExactly("primary-shut-down");
    ends("west-0", Sign.RECEIVES);
    assertThat(at(60)).as("it is back").containsExactly("primary-shut-down");
    ends("west-0", Sign.ANOTHER_RECORD);
    assertThat(at(80)).containsExactly("primary-down", "primary-shut-down");
  }

  /** The standby has not streamed since an earlier shutdown. */
  @Test
  void an_end_that_is_shown_for_long_is_that_of_an_earlier_time() {
    ends("west-0", Sign.SHUT_DOWN);
    at(-300);
    isDown();
    assertThat(at(30)).containsExactly("primary-down");
    assertThat(at(40)).containsExactly("primary-down");
  }

  @Test
  void what_a_run_of_the_watch_begins_with_is_of_an_earlier_time() {
    ends("west-0", Sign.SHUT_DOWN);
    primary = new ShutDownPrimary(cluster, sites());
    isDown();
    assertThat(at(30)).containsExactly("primary-down");
  }

  @Test
  void what_the_run_before_has_found_goes_on() {
    isShutDown();
    at(30);
    primary = new ShutDownPrimary(cluster, sites());
    assertThat(at(60)).containsExactly("primary-shut-down");
    assertThat(at(330)).containsExactly("primary-down", "primary-shut-down");
  }

  @Test
  void one_that_no_run_starts_is_down_at_once() {
    paused = true;
    isShutDown();
    assertThat(at(30)).as("automation is paused").containsExactly("primary-down");
  }

  @Test
  void one_that_a_person_starts_is_down_at_once() {
    isOf(Strait.cluster("sites:\n", "guard: {startAfterReboot: ask}\nsites:\n"));
    isShutDown();
    assertThat(at(30)).containsExactly("primary-down");
  }

  @Test
  void one_that_its_launcher_starts_may_return_also_while_automation_is_paused() {
    isOf(Strait.cluster("sites:\n", "guard: {afterReboot: start}\nsites:\n"));
    paused = true;
    isShutDown();
    assertThat(at(30)).containsExactly("primary-shut-down");
  }

  /** It was over in time, and no look has come since. */
  @Test
  void the_end_of_the_time_is_never_waited_for_in_vain() {
    isShutDown();
    at(30);
    assertThat(primary.next(NOON.plusSeconds(400))).contains(Duration.ofMillis(1));
    at(400);
    assertThat(primary.next(NOON.plusSeconds(400))).isEmpty();
  }

  /** It stays open for some looks more, while the primary accepts writes. */
  @Test
  void one_that_is_back_is_not_down_later() {
    isShutDown();
    at(30);
    List<Diagnosis> ending = open;
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    at(90);
    open = ending;
    assertThat(at(400)).isEmpty();
    assertThat(primary.mayReturn()).isFalse();
  }

  @Test
  void it_is_down_in_time_also_if_the_cluster_file_can_not_be_read() {
    isShutDown();
    at(30);
    assertThat(ShutDownPrimary.late(open, cluster.name(), NOON.plusSeconds(329))).isEqualTo(open);
    assertThat(ShutDownPrimary.late(open, cluster.name(), NOON.plusSeconds(330)))
        .extracting(Diagnosis::kind)
        .contains(DiagnosisKind.PRIMARY_DOWN, DiagnosisKind.PRIMARY_SHUT_DOWN);
  }

  /** No member is known to accept writes, and its site is not seen. */
  @Test
  void it_is_down_in_time_also_if_a_site_is_lost_meanwhile() {
    isShutDown();
    at(30);
    eastLost = true;
    assertThat(at(60)).containsExactly("primary-shut-down");
    assertThat(at(330)).containsExactly("primary-down", "primary-shut-down");
  }
}
