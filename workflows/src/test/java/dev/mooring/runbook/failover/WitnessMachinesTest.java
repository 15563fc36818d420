package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.ConnectionActivities.ConnectionTried;
import dev.mooring.port.Witnessed;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.Look;
import dev.mooring.port.Witnessed.OnHost;
import dev.mooring.runbook.failover.WitnessMachines.At;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.List;
import org.junit.jupiter.api.Test;

class WitnessMachinesTest {
  private static final Cluster STRAIT = Strait.cluster();
  private static final Instance PRIMARY = STRAIT.member(new InstanceId("east-0")).orElseThrow();

  private static At worker(String site, String machine) {
    return At.workerOf(new SiteName(site), machine);
  }

  private static At host(String host, String site, String machine) {
    return At.on(new HostName(host), new SiteName(site), machine);
  }

  private static WitnessMachines on(At... all) {
    return new WitnessMachines(STRAIT, List.of(all));
  }

  /** Each worker beside its database: the other machine alone would look. */
  @Test
  void two_machines_never_tell_a_dead_host_from_a_cut_network() {
    WitnessMachines two =
        on(
            worker("east", "a"),
            worker("west", "b"),
            host("e0", "east", "a"),
            host("w0", "west", "b"));
    assertThat(two.areEnoughFor(PRIMARY)).isFalse();
    assertThat(two.inWords(PRIMARY)).isEqualTo("1 machine: the worker of west; 1 beside site east");
  }

  @Test
  void a_third_machine_at_another_site_is_enough() {
    WitnessMachines three =
        on(
            worker("east", "a"),
            worker("west", "c"),
            host("e0", "east", "a"),
            host("w0", "west", "b"));
    assertThat(three.areEnoughFor(PRIMARY)).isTrue();
    assertThat(three.inWords(PRIMARY))
        .isEqualTo("2 machines: the worker of west, host w0; 2 beside site east");
  }

  /** With its site they are gone too. */
  @Test
  void machines_of_its_own_site_do_not_tell_that_the_site_is_lost() {
    WitnessMachines three =
        on(
            worker("east", "d"),
            worker("west", "b"),
            host("e0", "east", "a"),
            host("e1", "east", "c"),
            host("w0", "west", "b"));
    assertThat(three.areEnoughFor(PRIMARY)).isFalse();
    assertThat(three.inWords(PRIMARY)).startsWith("3 machines").endsWith("; 1 beside site east");
  }

  @Test
  void machines_of_which_nothing_is_known_count_as_one() {
    assertThat(
            on(
                    worker("west", ConnectionTried.NO_MACHINE),
                    host("w0", "west", ConnectionTried.NO_MACHINE),
                    host("e1", "east", ConnectionTried.NO_MACHINE))
                .areEnoughFor(PRIMARY))
        .isFalse();
  }

  /** A site that is cut off is silent to all machines of the other one. */
  @Test
  void silence_is_more_than_a_cut_between_sites_where_its_own_site_or_two_others_looked() {
    assertThat(on(worker("west", "b"), host("w0", "west", "c")).sitesBeside(PRIMARY))
        .containsExactly(new SiteName("west"));
    assertThat(
            on(worker("west", "b"), host("w0", "west", "c")).lookedFromItsSiteOrTwoOthers(PRIMARY))
        .isFalse();
    assertThat(
            on(worker("west", "b"), host("e1", "east", "d")).lookedFromItsSiteOrTwoOthers(PRIMARY))
        .isTrue();
    assertThat(on(worker("west", "b"), worker("south", "e")).lookedFromItsSiteOrTwoOthers(PRIMARY))
        .isTrue();
  }

  /** One that can't resolve the name of its host, or looked once, says nothing of a silence. */
  @Test
  void who_did_not_look_often_enough_counts_for_no_site() {
    Look silent = new Look(Database.SILENT, OnHost.NOT_ASKED, "silent");
    Look unresolved = new Look(Database.NOT_ASKED, OnHost.NOT_ASKED, "no address");
    Witnesses.Heard heard =
        new Witnesses.Heard(
            List.of(
                new Witnessed("the worker of west", "b", List.of(silent, silent, silent)),
                new Witnessed("host e1", "d", List.of(unresolved, unresolved, unresolved)),
                new Witnessed("host e2", "e", List.of(silent))),
            List.of(),
            on(worker("west", "b"), host("e1", "east", "d"), host("e2", "east", "e")));
    assertThat(heard.lookedOften().sitesBeside(PRIMARY)).containsExactly(new SiteName("west"));
  }

  @Test
  void a_machine_that_serves_two_sites_and_the_primarys_own_are_within_none() {
    WitnessMachines machines =
        on(
            worker("east", "b"),
            worker("west", "b"),
            host("e0", "east", "a"),
            worker("east", "a"),
            host("w0", "west", "c"));
    assertThat(machines.sitesBeside(PRIMARY)).containsExactly(new SiteName("west"));
    assertThat(machines.lookedFromItsSiteOrTwoOthers(PRIMARY)).isFalse();
  }
}
