package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Strait;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** To which commits of a primary a watch reacts, and how often, by steady signs. */
class SynchronousIncidentsTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final String BOTH = "ANY 1 (west_0, east_1)";

  private final SteadySigns signs = new SteadySigns(Strait.synchronous());
  private final List<SiteState> more = new ArrayList<>();
  private Cluster cluster = Strait.synchronous();

  /** East-0 accepts writes, and commits wait for its standbys, of which none streams. */
  SynchronousIncidentsTest() {
    for (Instance member : cluster.members()) {
      signs.set(Kind.ROLE, member.id().value(), Sign.STANDS_BY);
    }
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.WAITS_FOR, "east-0", BOTH);
    signs.set(Kind.SYNCHRONOUS_COMMIT, "east-0", "on");
    signs.streams("east-0");
  }

  private List<SiteState> sites() {
    List<SiteState> sites = new ArrayList<>(more);
    sites.add(signs.watched(new SiteName("east")));
    sites.add(signs.watched(new SiteName("west")));
    return sites;
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
        "by_hand; by_hand; nothing",
        "ANY 1 (west_0, by_hand); by_hand; nothing",
        "*; pg_receivewal; nothing",
        "ANY 1 (west_0); by_hand; RELAX",
        "by_hand; west_0; nothing",
        "ANY 1 (west_0, by_hand); west_0,east_1; nothing",
        "ANY 1 (west_0, east_0); west_0,east_1; RESTORE",
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
    signs.streams("east-0", streaming.isEmpty() ? new String[0] : streaming.split(","));
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

  /** As right after continue-as-new, when the signs come site by site. */
  @Test
  void it_is_not_over_while_the_primary_or_the_role_of_a_standby_is_unknown() {
    Instant muchLater = NOW.plusSeconds(5 * 3600);
    signs.set(Kind.WAITS_FOR, "east-0", "");
    signs.unset(Kind.SYNCHRONOUS_COMMIT, "east-0");
    assertThat(after(muchLater, incident(Reaction.RELAX, false)))
        .containsExactly(incident(Reaction.RELAX, false));
    signs.set(Kind.SYNCHRONOUS_COMMIT, "east-0", "on");
    signs.unset(Kind.ROLE, "west-0");
    assertThat(after(muchLater, incident(Reaction.RELAX, false)))
        .containsExactly(incident(Reaction.RELAX, false));
    signs.set(Kind.ROLE, "west-0", Sign.STANDS_BY);
    assertThat(after(muchLater, incident(Reaction.RELAX, false))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"off, 0", "local, 0", "remote_write, 1", "on, 1", "remote_apply, 1"})
  void commits_that_wait_for_no_standby_by_synchronous_commit_need_nothing(
      String commit, int incidents) {
    signs.set(Kind.SYNCHRONOUS_COMMIT, "east-0", commit);
    assertThat(found()).hasSize(incidents);
    signs.set(Kind.WAITS_FOR, "east-0", "");
    signs.streams("east-0", "west_0");
    assertThat(found()).hasSize(incidents);
  }

  @Test
  void it_is_neither_found_nor_over_while_an_instance_of_a_dr_site_is_unknown() {
    cluster =
        Altered.of(
            Strait.withDrSite(""),
            "policies.streaming.0.replication.synchronous",
            cluster.streaming().orElseThrow().replication().synchronous());
    assertThat(found()).isEmpty();
    assertThat(after(NOW, incident(Reaction.RELAX, false)))
        .containsExactly(incident(Reaction.RELAX, false));
    InstanceId deep = new InstanceId("deep-0");
    SiteName site = cluster.consumers().get(0);
    more.add(
        SiteState.watched(site, List.of(), List.of(new Sign(Kind.PROCESS, deep, Sign.STANDS_BY))));
    assertThat(found()).hasSize(1);
    signs.set(Kind.WAITS_FOR, "east-0", "");
    assertThat(after(NOW, incident(Reaction.RELAX, false)))
        .containsExactly(incident(Reaction.RELAX, true));
  }

  private int startable() {
    return SynchronousIncidents.startable(cluster, sites(), found()).size();
  }

  private void acts() {
    cluster = Strait.synchronous("{}\nwatch: {reactions: {synchronous: act}}");
  }

  /** The run would be refused, and none follows in the incident. */
  @Test
  void a_relaxation_waits_for_the_hosts_of_as_many_standbys_as_must_confirm() {
    signs.set(Kind.HOST, "east-0", Sign.ANSWERS);
    signs.set(Kind.HOST, "west-0", "HOST_UNREACHABLE");
    assertThat(startable()).isZero();
    signs.set(Kind.HOST, "west-0", Sign.ANSWERS);
    assertThat(startable()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      value = {"ANY 1 (west_0, by_hand); 0", "by_hand; 0", "*; 1", "WEST_0; 1"},
      delimiter = ';')
  void with_act_a_relaxation_waits_while_names_are_an_administrators(String names, int startable) {
    for (Instance member : cluster.members()) {
      signs.set(Kind.HOST, member.id().value(), Sign.ANSWERS);
    }
    signs.set(Kind.WAITS_FOR, "east-0", names);
    assertThat(startable()).as("without act").isEqualTo(1);
    acts();
    assertThat(startable()).isEqualTo(startable);
  }

  @Test
  void with_act_a_relaxation_waits_for_all_hosts_and_for_each_member_that_is_not_read() {
    acts();
    assertThat(startable()).isZero();
    for (Instance member : cluster.members()) {
      signs.set(Kind.HOST, member.id().value(), Sign.ANSWERS);
    }
    assertThat(startable()).isEqualTo(1);
    signs.set(Kind.ROLE, "west-0", "DATABASE_UNREACHABLE");
    signs.set(Kind.PROCESS, "west-0", Sign.STANDS_BY);
    assertThat(startable()).isZero();
    signs.set(Kind.PROCESS, "west-0", Sign.NONE);
    assertThat(startable()).isEqualTo(1);
    signs.set(Kind.HOST, "east-1", "HOST_UNREACHABLE");
    assertThat(startable()).isZero();
    signs.streams("east-0", "east_1");
    signs.set(Kind.WAITS_FOR, "east-0", "");
    assertThat(startable()).as("a restoring").isEqualTo(1);
  }

  @Test
  void a_relaxation_for_which_no_run_was_started_is_forgotten_once_it_is_over() {
    Incident none = new Incident(Reaction.RELAX, new InstanceId("east-0"), NOW, false, false);
    assertThat(after(NOW.plusSeconds(60), none)).containsExactly(none);
    signs.streams("east-0", "west_0");
    assertThat(after(NOW.plusSeconds(60), none)).isEmpty();
  }

  @Test
  void commits_that_still_wait_after_four_hours_are_the_same_incident() {
    assertThat(after(NOW.plusSeconds(5 * 3600), incident(Reaction.RELAX, false)))
        .containsExactly(incident(Reaction.RELAX, false));
  }

  @Test
  void a_run_that_was_started_counts_though_its_incident_was_forgotten_or_began_anew() {
    Incident one = new Incident(Reaction.RELAX, new InstanceId("east-0"), NOW, false, false);
    Incident anew =
        new Incident(Reaction.RELAX, new InstanceId("east-0"), NOW.plusSeconds(9), false, false);
    assertThat(Incidents.reactedTo(one, List.of())).containsExactly(one.reactedTo());
    assertThat(Incidents.reactedTo(one, List.of(anew))).containsExactly(one.reactedTo());
  }

  @Test
  void a_restoring_is_due_ten_minutes_after_the_standbys_were_seen_to_stream() {
    signs.set(Kind.WAITS_FOR, "east-0", "");
    signs.streams("east-0", "west_0");
    List<Incident> first = after(NOW);
    assertThat(first).extracting(SynchronousIncidents::due).containsExactly(NOW.plusSeconds(600));
    assertThat(after(NOW.plusSeconds(599), first.get(0))).isEqualTo(first);
    signs.streams("east-0");
    assertThat(after(NOW.plusSeconds(599), first.get(0))).isEmpty();
    signs.streams("east-0", "west_0");
    assertThat(after(NOW.plusSeconds(609)))
        .extracting(SynchronousIncidents::due)
        .containsExactly(NOW.plusSeconds(1209));
    assertThat(SynchronousIncidents.due(incident(Reaction.RELAX, false))).isEqualTo(NOW);
  }

  /** Otherwise one that comes and goes would keep commits from waiting for the other. */
  @Test
  void commits_wait_again_for_a_standby_that_streams_beside_one_that_comes_and_goes() {
    signs.set(Kind.WAITS_FOR, "east-0", "");
    signs.streams("east-0", "west_0", "east_1");
    List<Incident> first = after(NOW);
    signs.comesAndGoes("east-0", "east_1");
    assertThat(after(NOW.plusSeconds(300), first.get(0))).isEqualTo(first);
  }

  @Test
  void the_ten_minutes_begin_anew_after_a_standby_that_comes_and_goes() {
    signs.set(Kind.WAITS_FOR, "east-0", "ANY 1 (west_0)");
    signs.streams("east-0", "west_0", "east_1");
    List<Incident> first = after(NOW);
    assertThat(first).extracting(Incident::reaction).containsExactly(Reaction.RESTORE);
    signs.comesAndGoes("east-0", "east_1");
    assertThat(after(NOW.plusSeconds(300), first.get(0))).isEmpty();
    assertThat(after(NOW.plusSeconds(300), first.get(0).reactedTo()))
        .as("with a run")
        .containsExactly(first.get(0).reactedTo());
  }

  @Test
  void nothing_is_relaxed_nor_over_while_a_standby_comes_and_goes() {
    signs.comesAndGoes("east-0", "west_0");
    assertThat(found()).isEmpty();
    assertThat(after(NOW, incident(Reaction.RELAX, false)))
        .containsExactly(incident(Reaction.RELAX, false));
    signs.streams("east-0", "east_1");
    signs.comesAndGoes("east-0", "west_0");
    assertThat(after(NOW, incident(Reaction.RELAX, false)))
        .as("another streams")
        .containsExactly(incident(Reaction.RELAX, true));
  }

  @Test
  void another_run_restores_four_hours_after_the_last_one_if_that_is_needed_still() {
    signs.set(Kind.WAITS_FOR, "east-0", "");
    signs.streams("east-0", "west_0");
    Incident one = incident(Reaction.RESTORE, false);
    Instant later = NOW.plus(NoticePolicy.AGAIN_AFTER);
    assertThat(after(later.minusSeconds(1), one)).containsExactly(one);
    assertThat(after(later, one))
        .containsExactly(new Incident(Reaction.RESTORE, one.instance(), later, false, false));
    signs.comesAndGoes("east-0", "west_0");
    assertThat(after(later, one)).as("not known").containsExactly(one);
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
  void it_is_over_once_another_member_is_the_primary() {
    Incident former = new Incident(Reaction.RELAX, new InstanceId("west-0"), NOW, true, false);
    assertThat(after(NOW, former))
        .extracting(one -> one.instance() + " " + one.over())
        .containsExactly("west-0 true", "east-0 false");
  }

  @Test
  void a_restoring_is_needed_each_time() {
    assertThat(after(NOW.plusSeconds(60), incident(Reaction.RESTORE, false)))
        .as("over at once")
        .extracting(Incident::reaction)
        .containsExactly(Reaction.RELAX);
  }
}
