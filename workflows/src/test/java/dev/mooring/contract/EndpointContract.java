package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.EndpointActivities.Cut;
import dev.mooring.port.EndpointActivities.EndpointsCut;
import dev.mooring.port.EndpointActivities.EndpointsPaused;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.topology.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What looking at endpoints, holding their clients and leading them elsewhere promise. */
public abstract class EndpointContract extends EndpointMoves {

  private void assertAll(EndpointsSet set) {
    assertThat(set.failures()).isEmpty();
    assertThat(set.set()).containsExactlyElementsOf(names());
  }

  @Test
  @Tag("all")
  void every_endpoint_says_where_it_leads_and_pgbouncer_how_it_pools() {
    assertLead(PRIMARY);
    assertThat(fact("pool_mode")).isEqualTo("transaction");
    assertThat(fact("query_wait_timeout")).isEqualTo("120");
    assertThat(fact("so_reuseport")).isEqualTo("0");
    assertThat(fact("paused")).isEqualTo("no");
  }

  @Test
  @Tag("all")
  void what_is_prepared_changes_nothing_that_runs_and_can_be_taken_back() {
    Move run = newMove();
    assertAll(prepare(run, NEXT));
    assertAll(prepare(run, NEXT));
    assertLead(PRIMARY);
    assertAll(revertPrepared(run, NEXT));
    assertAll(revertPrepared(run, NEXT));
    assertLead(PRIMARY);
  }

  @Test
  void a_move_holds_clients_and_leads_them_to_the_new_primary() {
    Move run = newMove();
    prepare(run, NEXT);
    EndpointsPaused paused = pause(run, WITHIN, BUDGET);
    assertThat(paused.failures()).isEmpty();
    assertThat(paused.paused()).isNotEmpty();
    assertThat(fact("paused")).isEqualTo("yes");
    assertThat(pause(run, WITHIN, BUDGET)).isEqualTo(paused);
    assertAll(route(run, NEXT));
    assertLead(NEXT);
    assertThat(fact("paused")).isEqualTo("no");
    assertAll(route(run, NEXT));
    assertLead(NEXT);
  }

  @Test
  @Tag("all")
  void an_undone_pause_lets_clients_go_to_where_they_were_led() {
    Move run = newMove();
    prepare(run, NEXT);
    pause(run, WITHIN, BUDGET);
    assertAll(resume(run));
    assertAll(resume(run));
    assertAll(revertPrepared(run, NEXT));
    assertThat(fact("paused")).isEqualTo("no");
    assertLead(PRIMARY);
  }

  /** The names of those that keep sessions. */
  private List<String> withSessions() {
    return world().cluster().streaming().orElseThrow().endpoints().stream()
        .filter(one -> one instanceof Endpoint.PgBouncer || one instanceof Endpoint.HaProxy)
        .map(Endpoint::name)
        .toList();
  }

  private void assertCutOff(EndpointsCut cut) {
    assertThat(cut.failures()).isEmpty();
    assertThat(cut.cut()).extracting(Cut::name).containsExactlyElementsOf(withSessions());
  }

  @Test
  void clients_that_are_cut_off_come_to_the_new_primary() {
    Move run = newMove();
    assertCutOff(cutOff(run, PRIMARY, BUDGET));
    assertThat(fact("paused")).isEqualTo("yes");
    EndpointsCut again = cutOff(run, PRIMARY, BUDGET);
    assertCutOff(again);
    assertThat(again.cut()).allMatch(one -> one.sessions() == 0);
    assertAll(lead(run, NEXT));
    assertAll(lead(run, NEXT));
    assertLead(NEXT);
    assertThat(fact("paused")).isEqualTo("no");
  }

  @Test
  @Tag("all")
  void an_undone_cut_lets_clients_come_again() {
    Move run = newMove();
    assertCutOff(cutOff(run, PRIMARY, BUDGET));
    assertAll(admit(run, PRIMARY));
    assertAll(admit(run, PRIMARY));
    assertThat(fact("paused")).isEqualTo("no");
    assertLead(PRIMARY);
  }

  @Test
  @Tag("all")
  void clients_are_not_cut_off_from_where_they_are_not_led() {
    Move run = newMove();
    EndpointsCut cut = cutOff(run, NEXT, BUDGET);
    assertThat(cut.failures()).isEmpty();
    assertThat(cut.cut()).isEmpty();
    assertThat(fact("paused")).isEqualTo("no");
    assertLead(PRIMARY);
  }

  @Test
  @Tag("all")
  void a_cut_ends_by_itself_once_its_time_is_over() {
    assertCutOff(cutOff(newMove(), PRIMARY, aShortCut()));
    until(() -> fact("paused").equals("no"));
  }

  @Test
  void a_pause_ends_by_itself_once_its_budget_is_spent() {
    Move run = newMove();
    pause(run, WITHIN, aShortBudget());
    until(() -> fact("paused").equals("no"));
    assertLead(PRIMARY);
  }
}
