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
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** For what a watch starts a Failover, and how often, by steady signs. */
class FailoverIncidentsTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(60);
  private static final Instant LATER = NOW.plusSeconds(4 * 3600);

  private Cluster cluster = Strait.failingOver("act");
  private final SteadySigns signs = new SteadySigns(cluster);

  /** East-0 accepts writes. */
  FailoverIncidentsTest() {
    for (Instance member : cluster.members()) {
      signs.set(Kind.ROLE, member.id().value(), Sign.STANDS_BY);
    }
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
  }

  private List<SiteState> sites() {
    return List.of(signs.watched(new SiteName("east")), signs.watched(new SiteName("west")));
  }

  private List<Incident> after(Instant now, Incident... before) {
    List<Incident> found = FailoverIncidents.found(cluster, sites(), now);
    return FailoverIncidents.after(cluster, sites(), found, List.of(before), now);
  }

  private static Incident down() {
    return new Incident(Reaction.FAILOVER, new InstanceId("strait"), NOW, true, false);
  }

  private static Incident reign(String primary, Instant since, boolean started) {
    return new Incident(Reaction.AWAIT_FAILURE, new InstanceId(primary), since, started, false);
  }

  private void dies() {
    signs.set(Kind.ROLE, "east-0", "DATABASE_UNREACHABLE");
  }

  @Test
  void that_no_member_accepts_writes_is_one_of_the_cluster_as_its_diagnosis_is() {
    dies();
    assertThat(after(NOW))
        .containsExactly(
            new Incident(Reaction.FAILOVER, new InstanceId("strait"), NOW, false, false));
    signs.set(Kind.RECEIVER, "west-0", Sign.STREAMS);
    assertThat(after(NOW)).as("a standby streams from it").isEmpty();
    signs.unset(Kind.RECEIVER, "west-0");
    signs.unset(Kind.ROLE, "west-0");
    assertThat(after(NOW)).as("a role is not known").isEmpty();
  }

  @Test
  void it_is_over_once_a_primary_is_seen_and_not_while_a_role_is_unknown() {
    cluster = Strait.failingOver("propose");
    signs.unset(Kind.ROLE, "east-0");
    assertThat(after(SOON, down())).containsExactly(down());
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    assertThat(after(SOON, down())).isEmpty();
  }

  @Test
  void it_is_the_same_while_it_lasts() {
    dies();
    assertThat(after(LATER, down())).containsExactly(down());
  }

  @Test
  void with_act_the_failure_of_the_only_one_that_accepts_writes_is_awaited() {
    assertThat(after(NOW)).containsExactly(reign("east-0", NOW, false));
    signs.unset(Kind.ROLE, "west-0");
    assertThat(after(NOW)).as("a role is not known").isEmpty();
    signs.set(Kind.ROLE, "west-0", Sign.ACCEPTS_WRITES);
    assertThat(after(NOW)).as("two accept writes").isEmpty();
    signs.set(Kind.ROLE, "west-0", "HOST_UNREACHABLE");
    assertThat(after(NOW)).as("it is silent").hasSize(1);
    cluster = Strait.failingOver("propose");
    assertThat(after(NOW, reign("east-0", NOW, true))).isEmpty();
  }

  @Test
  void a_reign_ends_once_another_is_the_only_one_that_accepts_writes() {
    Incident first = reign("east-0", NOW, true);
    assertThat(after(LATER, first)).containsExactly(first);
    signs.set(Kind.ROLE, "west-0", Sign.ACCEPTS_WRITES);
    assertThat(after(LATER, first)).as("two accept writes").containsExactly(first);
    dies();
    assertThat(after(LATER, first)).containsExactly(reign("west-0", LATER, false));
    signs.set(Kind.ROLE, "west-0", Sign.STANDS_BY);
    assertThat(after(LATER, first)).as("none accepts writes").contains(first);
  }
}
