package dev.mooring.activities.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.SetClock;
import dev.mooring.activities.watch.ObservedRoles.Answer;
import dev.mooring.activities.watch.ObservedRoles.Began;
import dev.mooring.activities.watch.ObservedRoles.Role;
import dev.mooring.authority.Epoch;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.port.WatchActivities.Pace;
import dev.mooring.port.WatchActivities.Reported;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.port.WatchActivities.WatchedSite;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** By looks of a watch over the cluster in memory. */
@Timeout(60)
class ObservedRolesTest {
  private static final SiteName EAST = new SiteName("east");
  private static final Duration EVERY = Duration.ofMillis(10);

  private final Cluster cluster = Strait.cluster();
  private final FakeCluster world = new FakeCluster(cluster);
  private final SetClock clock = new SetClock(Instant.parse("2030-01-01T00:00:00Z"));
  private long nanos;
  private final ObservedRoles roles = new ObservedRoles(clock, () -> nanos);
  private final RepeatedWatchActivities watch =
      new RepeatedWatchActivities(
          world.replication(),
          world.roles(),
          world.failovers(),
          world.evidence(),
          roles::begins,
          roles::saw);

  private void pass(Duration time) {
    clock.set(clock.instant().plus(time));
    nanos += time.toNanos();
  }

  @AfterEach
  void close() {
    watch.close();
  }

  private void look() {
    look(cluster.name(), EAST);
  }

  private void look(ClusterName name, SiteName site) {
    watch.awaitChanged(work(name, site));
  }

  private WatchWork work(ClusterName name, SiteName site) {
    return new WatchWork(
        new Call(name, "run", "WATCH", 1, Epoch.NONE),
        new WatchedSite(
            site,
            cluster.policies().database(),
            WorkLists.servers(cluster, cluster.membersAt(site)),
            WorkLists.byHost(cluster, cluster.membersAt(site)),
            List.of(),
            List.of()),
        new Pace(EVERY, 1, 1, 0),
        new Limits(1 << 20, 8, 300, Duration.ofSeconds(45), Duration.ofMinutes(1), 0, 90),
        Duration.ZERO,
        new Reported(List.of(), List.of()));
  }

  private void has(String member, boolean primary, boolean replica, String words) {
    Answer asPrimary = roles.is(Role.PRIMARY, member);
    assertThat(asPrimary.holds()).isEqualTo(primary);
    assertThat(asPrimary.words()).isEqualTo(words);
    assertThat(roles.is(Role.REPLICA, member)).isEqualTo(new Answer(replica, words));
  }

  @Test
  void a_member_has_the_role_in_which_it_was_seen() {
    look();
    has("east-0", true, false, "east-0 of strait accepts writes, observed 0 s ago");
    has("east-1", false, true, "east-1 of strait is a standby, observed 0 s ago");
    world.members().kill("east-0");
    look();
    has("east-0", false, false, "east-0 of strait gave no answer, observed 0 s ago");
  }

  @Test
  void one_that_is_not_watched_here_or_is_of_several_clusters_has_none() {
    look();
    has("west-0", false, false, "no watch of this worker observed a member west-0 lately");
    has("<b>", false, false, "no watch of this worker observed a member of that name lately");
    look(new ClusterName("sound"), EAST);
    has("east-0", false, false, "several clusters have east-0: ask for CLUSTER/INSTANCE");
    has("strait/east-0", true, false, "east-0 of strait accepts writes, observed 0 s ago");
    pass(Duration.ofSeconds(20));
    look();
    pass(Duration.ofSeconds(20));
    has("east-0", true, false, "east-0 of strait accepts writes, observed 20 s ago");
  }

  /** Whom another took the place of, and who came back all the same. */
  @Test
  void one_that_accepts_writes_and_may_not_is_no_primary() {
    world.members().moved("west-0", 4);
    look();
    has(
        "east-0",
        false,
        false,
        "east-0 of strait accepts writes, and the authority file of its host names west-0, observed"
            + " 0 s ago");
    world.members().moved("east-0", 5);
    look();
    has("east-0", true, false, "east-0 of strait accepts writes, observed 0 s ago");
    world.trouble().hostAnswers("e0", false);
    look();
    has(
        "east-0",
        false,
        false,
        "east-0 of strait accepts writes, and its host does not report which instance may, observed"
            + " 0 s ago");
  }

  /** As where nobody could write on its host while it was failed over. */
  @Test
  void one_that_another_host_knows_a_later_primary_of_is_none() {
    FakeMembers members = world.members();
    members.moved("east-0", 4);
    Strait.reported(members, "west-0", "west-0", 5);
    look();
    has("east-0", true, false, "east-0 of strait accepts writes, observed 0 s ago");
    look(cluster.name(), new SiteName("west"));
    has(
        "east-0",
        false,
        false,
        "east-0 of strait accepts writes, and the host of west-0 names west-0, observed 0 s ago");
    Strait.reported(members, "west-0", "none", 6);
    look(cluster.name(), new SiteName("west"));
    has("east-0", true, false, "east-0 of strait accepts writes, observed 0 s ago");
  }

  @Test
  void of_two_that_accept_writes_neither_is_the_primary() {
    world.members().promote("west-0");
    look();
    look(cluster.name(), new SiteName("west"));
    has(
        "east-0",
        false,
        false,
        "east-0 of strait accepts writes, and so does west-0, observed 0 s ago");
    has(
        "west-0",
        false,
        false,
        "west-0 of strait accepts writes, and so does east-0, observed 0 s ago");
  }

  /** The watch is over, or its worker stands still: by the time at which the look began. */
  @Test
  void a_look_expires_half_a_minute_after_the_next_one_was_due() {
    look();
    pass(EVERY.plusSeconds(30));
    assertThat(roles.is(Role.PRIMARY, "east-0").holds()).isTrue();
    pass(Duration.ofMillis(1));
    has("east-0", false, false, "no watch of this worker observed a member east-0 lately");
    Began longAgo = new Began(clock.instant().minusSeconds(60), nanos);
    try (RepeatedWatchActivities late =
        new RepeatedWatchActivities(
            world.replication(),
            world.roles(),
            world.failovers(),
            world.evidence(),
            () -> longAgo,
            roles::saw)) {
      late.awaitChanged(work(cluster.name(), EAST));
    }
    assertThat(roles.is(Role.PRIMARY, "east-0").holds()).isFalse();
  }

  @Test
  void a_clock_that_is_set_back_makes_no_look_younger() {
    look();
    clock.set(clock.instant().minusSeconds(3600));
    assertThat(roles.is(Role.PRIMARY, "east-0").holds()).isFalse();
    look();
    nanos += Duration.ofMinutes(2).toNanos();
    assertThat(roles.is(Role.PRIMARY, "east-0").holds()).isFalse();
  }
}
