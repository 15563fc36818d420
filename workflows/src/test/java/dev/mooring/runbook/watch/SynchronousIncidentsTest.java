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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** To which commits of a primary a watch reacts, and how often, by steady signs. */
class SynchronousIncidentsTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final String BOTH = "ANY 1 (west_0, east_1)";

  private final Cluster cluster = Strait.synchronous();
  private final SteadySigns signs = new SteadySigns(cluster);

  /** East-0 accepts writes, and commits wait for its standbys, of which none streams. */
  SynchronousIncidentsTest() {
    for (Instance member : cluster.members()) {
      signs.set(Kind.ROLE, member.id().value(), Sign.STANDS_BY);
    }
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.WAITS_FOR, "east-0", BOTH);
    signs.set(Kind.SENDS_TO, "east-0", "");
  }

  private List<SiteState> sites() {
    return List.of(signs.watched(new SiteName("east")), signs.watched(new SiteName("west")));
  }

  private List<Incident> found() {
    return SynchronousIncidents.found(cluster, sites(), NOW);
  }

  private List<Incident> after(Instant now, Incident... before) {
    List<Incident> found = SynchronousIncidents.found(cluster, sites(), now);
    return SynchronousIncidents.after(cluster, sites(), found, List.of(before), now);
  }

  private static Incident incident(Reaction reaction, boolean over) {
    return new Incident(reaction, new InstanceId("east-0"), NOW, true, over);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "nothing",
      value = {
        "ANY 1 (west_0, east_1); ''; RELAX",
        "*; ''; RELAX",
        "ANY 1 (west_0, east_1); west_0; nothing",
        "by_hand; ''; RELAX",
        "''; ''; nothing",
        "''; west_0; RESTORE",
        "*; west_0; RESTORE",
        "ANY 1 (west_0); west_0,east_1; RESTORE",
        "ANY 1 (west_0); east_1; RESTORE",
        "ANY 1 (west_0); west_0; nothing"
      },
      delimiter = ';')
  void commits_are_relaxed_if_none_streams_and_wait_again_for_those_that_stream(
      String names, String streaming, Reaction reaction) {
    signs.set(Kind.WAITS_FOR, "east-0", names);
    signs.set(Kind.SENDS_TO, "east-0", streaming);
    assertThat(found().stream().map(Incident::reaction).toList())
        .isEqualTo(reaction == null ? List.of() : List.of(reaction));
  }

  @Test
  void a_standby_of_unknown_role_and_a_second_writer_are_against_it_and_a_silent_one_is_not() {
    signs.set(Kind.ROLE, "west-0", "DATABASE_UNREACHABLE");
    assertThat(found()).hasSize(1);
    signs.unset(Kind.ROLE, "west-0");
    assertThat(found()).isEmpty();
    signs.set(Kind.ROLE, "west-0", Sign.ACCEPTS_WRITES);
    assertThat(found()).isEmpty();
  }

  @Test
  void it_is_not_over_while_the_primary_is_unknown() {
    signs.unset(Kind.SENDS_TO, "east-0");
    assertThat(after(NOW, incident(Reaction.RELAX, false)))
        .containsExactly(incident(Reaction.RELAX, false));
  }

  @Test
  void a_relaxation_is_needed_once_in_four_hours() {
    assertThat(after(NOW.plusSeconds(60), incident(Reaction.RELAX, true)))
        .containsExactly(incident(Reaction.RELAX, false));
    assertThat(after(NOW.plusSeconds(4 * 3600), incident(Reaction.RELAX, true)))
        .extracting(Incident::started)
        .containsExactly(false);
  }

  @Test
  void a_restoring_is_needed_each_time() {
    assertThat(after(NOW.plusSeconds(60), incident(Reaction.RESTORE, false)))
        .as("over at once")
        .extracting(Incident::reaction)
        .containsExactly(Reaction.RELAX);
  }
}
