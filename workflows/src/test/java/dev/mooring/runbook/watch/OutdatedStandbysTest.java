package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** To which standbys a watch reacts, and how often, by steady signs. */
class OutdatedStandbysTest {
  private static final SiteName EAST = new SiteName("east");
  private static final SiteName WEST = new SiteName("west");
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration WINDOW = Duration.ofHours(4);
  private static final InstanceId STANDBY = new InstanceId("west-0");

  private final Cluster cluster = Strait.cluster();
  private final SteadySigns signs = new SteadySigns(cluster);

  /** East-0 accepts writes, and west-0 does not stream. */
  OutdatedStandbysTest() {
    for (Instance member : cluster.members()) {
      String id = member.id().value();
      signs.set(Kind.ROLE, id, Sign.STANDS_BY);
      signs.set(Kind.HOST, id, Sign.ANSWERS);
      signs.set(Kind.AUTHORITY, id, "east-0");
    }
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.RECEIVER, "west-0", "none");
    signs.set(Kind.NOT_STREAMING, "west-0", "");
  }

  private void streams() {
    signs.unset(Kind.NOT_STREAMING, "west-0");
    signs.set(Kind.RECEIVER, "west-0", Sign.STREAMS);
  }

  private void fails() {
    signs.set(Kind.NOT_STREAMING, "west-0", "");
    signs.set(Kind.RECEIVER, "west-0", "none");
  }

  private List<InstanceId> found() {
    return OutdatedStandbys.of(cluster, List.of(signs.watched(EAST), signs.watched(WEST)));
  }

  private List<Incident> incidents(Instant now, Incident... before) {
    return OutdatedStandbys.incidents(
        cluster, List.of(signs.watched(EAST), signs.watched(WEST)), found(), List.of(before), now);
  }

  private static Incident incident(boolean started, boolean over) {
    return new Incident(Reaction.RESILVER, STANDBY, NOW, started, over);
  }

  @Test
  void a_standby_that_does_not_stream_from_the_one_primary_is_one() {
    assertThat(found()).containsExactly(STANDBY);
  }

  @Test
  void one_that_streams_is_none() {
    streams();
    assertThat(found()).isEmpty();
  }

  @Test
  void one_whose_slot_is_over_its_limit_is_one_although_it_streams() {
    streams();
    signs.set(Kind.SLOT_LARGE, "east-0", "west_0");
    assertThat(found()).containsExactly(STANDBY);
  }

  /** It streams from another member, or the archive brings that WAL. */
  @Test
  void one_whose_slot_lost_wal_is_one_only_if_it_neither_streams_nor_replays_more() {
    signs.set(Kind.SLOT_LOST, "east-0", "west_0");
    assertThat(found()).containsExactly(STANDBY);
    signs.unset(Kind.NOT_STREAMING, "west-0");
    assertThat(found()).isEmpty();
    streams();
    assertThat(found()).isEmpty();
  }

  @Test
  void one_that_replays_late_on_purpose_is_none() {
    signs.unset(Kind.NOT_STREAMING, "west-0");
    signs.set(Kind.RECEIVER, "west-0", Sign.REPLAYS_FIRST);
    signs.set(Kind.SLOT_LARGE, "east-0", "west_0");
    signs.set(Kind.SLOT_LOST, "east-0", "west_0");
    assertThat(found()).isEmpty();
  }

  @Test
  void a_slot_on_another_member_than_its_upstream_is_none_of_its_own() {
    streams();
    signs.set(Kind.SLOT_LARGE, "east-1", "west_0");
    assertThat(found()).isEmpty();
  }

  @Test
  void two_that_accept_writes_or_none_are_against_it() {
    signs.set(Kind.ROLE, "east-1", Sign.ACCEPTS_WRITES);
    assertThat(found()).isEmpty();
    signs.set(Kind.ROLE, "east-1", Sign.STANDS_BY);
    signs.set(Kind.ROLE, "east-0", Sign.STANDS_BY);
    assertThat(found()).isEmpty();
  }

  @Test
  void a_member_of_unknown_role_and_a_silent_one_are_against_it() {
    signs.set(Kind.ROLE, "east-1", "DATABASE_UNREACHABLE");
    assertThat(found()).isEmpty();
    signs.unset(Kind.ROLE, "east-1");
    assertThat(found()).isEmpty();
  }

  @Test
  void a_host_that_is_silent_or_unknown_is_against_it() {
    signs.set(Kind.HOST, "east-1", "HOST_UNREACHABLE");
    assertThat(found()).isEmpty();
    signs.unset(Kind.HOST, "east-1");
    assertThat(found()).isEmpty();
  }

  @Test
  void a_site_that_nobody_watches_is_against_it() {
    assertThat(
            OutdatedStandbys.of(
                cluster, List.of(SiteState.lost(EAST, "its worker is gone"), signs.watched(WEST))))
        .isEmpty();
  }

  @Test
  void one_that_any_authority_file_names_is_none() {
    signs.set(Kind.AUTHORITY, "east-1", "west-0");
    assertThat(found()).isEmpty();
  }

  @Test
  void an_incident_begins_once_and_stays_while_nothing_is_known_of_the_standby() {
    assertThat(incidents(NOW.plusMillis(1))).containsExactly(incident(false, false));
    Instant later = NOW.plusSeconds(60);
    assertThat(incidents(later, incident(true, false))).containsExactly(incident(true, false));
    signs.forget(STANDBY);
    assertThat(incidents(later, incident(true, false))).containsExactly(incident(true, false));
  }

  @Test
  void one_of_a_member_that_accepts_writes_is_over_and_one_of_no_member_is_dropped() {
    Instant later = NOW.plusSeconds(60);
    signs.unset(Kind.NOT_STREAMING, "west-0");
    signs.unset(Kind.RECEIVER, "west-0");
    signs.set(Kind.ROLE, "west-0", Sign.ACCEPTS_WRITES);
    Incident removed = new Incident(Reaction.RESILVER, new InstanceId("west-9"), NOW, true, false);
    assertThat(incidents(later, incident(true, false), removed))
        .containsExactly(incident(true, true));
  }

  @Test
  void one_that_fails_again_within_four_hours_is_in_the_same_incident() {
    streams();
    Instant later = NOW.plus(WINDOW).minusSeconds(1);
    assertThat(incidents(later, incident(true, false))).containsExactly(incident(true, true));
    fails();
    assertThat(incidents(later, incident(true, true))).containsExactly(incident(true, false));
  }

  @Test
  void one_that_fails_again_later_is_in_another() {
    Instant later = NOW.plus(WINDOW);
    assertThat(incidents(later, incident(true, true)))
        .containsExactly(new Incident(Reaction.RESILVER, STANDBY, later, false, false));
    assertThat(incidents(later, incident(true, false))).containsExactly(incident(true, false));
    streams();
    assertThat(incidents(later, incident(true, false))).isEmpty();
  }
}
