package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Witnessed;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.Look;
import dev.mooring.port.Witnessed.OnHost;
import dev.mooring.runbook.failover.PrimaryVerdict.State;
import dev.mooring.runbook.failover.StillHeard.Hears;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WitnessCheckTest {
  private static Look look(Database database, OnHost host) {
    return new Look(database, host, database + " and " + host);
  }

  private static Witnessed worker(String site, Database database, OnHost host) {
    return new Witnessed(
        "the worker of " + site,
        site,
        Collections.nCopies(WitnessCheck.LOOKS, look(database, host)));
  }

  private static State state(Witnessed... witnesses) {
    return of(List.of(witnesses)).state();
  }

  private static PrimaryVerdict of(List<Witnessed> witnesses) {
    return WitnessCheck.of(witnesses, Hears.NOBODY);
  }

  @ParameterizedTest
  @CsvSource({
    "WRITES, RUNS, WRITES, RUNS, WRITES",
    "WRITES, SILENT, WRITES, SILENT, WRITES",
    "WRITES, RUNS, SILENT, SILENT, CUT_OFF",
    "WRITES, RUNS, NO_ROUTE, NO_ROUTE, CUT_OFF",
    "WRITES, RUNS, TURNS_AWAY, RUNS, SLOW",
    "CLOSED, STOPPED, CLOSED, STOPPED, POSTMASTER_DEAD",
    "CLOSED, STOPPED, SILENT, SILENT, POSTMASTER_DEAD",
    "CLOSED, ORPHANS, CLOSED, ORPHANS, ORPHANS",
    "STALLED, FROZEN, STALLED, FROZEN, FROZEN",
    "STALLED, RUNS, STALLED, RUNS, SLOW",
    "SILENT, RUNS, SILENT, RUNS, CUT_OFF",
    "TURNS_AWAY, RUNS, TURNS_AWAY, RUNS, TURNS_AWAY",
    "STANDS_BY, SILENT, STANDS_BY, SILENT, TURNS_AWAY",
    "LETS_IN, NOT_ASKED, SILENT, SILENT, CUT_OFF",
    "LETS_IN, NOT_ASKED, TURNS_AWAY, RUNS, TURNS_AWAY",
    "LETS_IN, NOT_ASKED, WRITES, RUNS, WRITES",
    "LETS_IN, NOT_ASKED, CLOSED, STOPPED, UNKNOWN",
    "CLOSED, RUNS, CLOSED, RUNS, UNKNOWN",
    "CLOSED, SILENT, CLOSED, SILENT, UNKNOWN",
    "SILENT, NO_LOGIN, SILENT, NO_LOGIN, UNKNOWN",
    "SILENT, UNREADABLE, SILENT, UNREADABLE, UNKNOWN",
    "STALLED, SILENT, SILENT, SILENT, UNKNOWN",
    "CLOSED, STOPPED, CLOSED, RUNS, UNKNOWN",
    "TURNS_AWAY, STOPPED, TURNS_AWAY, STOPPED, UNKNOWN",
    "SILENT, SILENT, SILENT, SILENT, HOST_DEAD",
    "NO_ROUTE, NO_ROUTE, SILENT, SILENT, HOST_DEAD"
  })
  void two_workers_tell(
      Database east, OnHost eastHost, Database west, OnHost westHost, State expected) {
    assertThat(state(worker("east", east, eastHost), worker("west", west, westHost)))
        .isEqualTo(expected);
  }

  @Test
  void one_that_is_silent_to_a_single_witness_is_not_dead() {
    PrimaryVerdict verdict = of(List.of(worker("west", Database.SILENT, OnHost.SILENT)));
    assertThat(verdict.state()).isEqualTo(State.UNKNOWN);
    assertThat(verdict.why()).contains("only 1 of at least 2 machines asked it 3 times");
  }

  @Test
  void one_that_answered_a_look_in_between_is_slow() {
    Witnessed west =
        new Witnessed(
            "the worker of west",
            "west",
            List.of(
                look(Database.SILENT, OnHost.SILENT),
                look(Database.WRITES, OnHost.SILENT),
                look(Database.SILENT, OnHost.SILENT)));
    PrimaryVerdict verdict = of(List.of(west));
    assertThat(verdict.state()).isEqualTo(State.SLOW);
    assertThat(verdict.why()).contains("answered 1 of 3 attempts");
    assertThat(verdict.seen())
        .containsExactly("the worker of west: SILENT and SILENT, then WRITES and SILENT");
  }

  @Test
  void a_silent_primary_that_still_sends_to_a_standby_is_cut_off() {
    List<Witnessed> silent =
        List.of(
            worker("east", Database.SILENT, OnHost.SILENT),
            worker("west", Database.SILENT, OnHost.SILENT));
    assertThat(of(silent).state()).isEqualTo(State.HOST_DEAD);
    PrimaryVerdict verdict =
        WitnessCheck.of(silent, new Hears(List.of(new InstanceId("west-0")), List.of(), false));
    assertThat(verdict.state()).isEqualTo(State.CUT_OFF);
    assertThat(verdict.why()).contains("still sends WAL to west-0");
  }

  @Test
  void two_witnesses_on_one_machine_are_one() {
    List<Look> silent =
        Collections.nCopies(WitnessCheck.LOOKS, look(Database.SILENT, OnHost.NOT_ASKED));
    Witnessed worker = new Witnessed("the worker of west", "m1", silent);
    PrimaryVerdict verdict = of(List.of(worker, new Witnessed("host w0", "m1", silent)));
    assertThat(verdict.state()).isEqualTo(State.UNKNOWN);
    assertThat(verdict.why()).contains("only 1 of at least 2 machines asked it 3 times");
    assertThat(verdict.seen()).hasSize(2);
    assertThat(state(worker, new Witnessed("host e1", "m2", silent))).isEqualTo(State.HOST_DEAD);
  }

  /** Who does not know its address saw nothing, neither silence nor a way that is cut. */
  @Test
  void a_name_without_an_address_is_no_silence() {
    Witnessed lost = worker("west", Database.NOT_ASKED, OnHost.NOT_ASKED);
    assertThat(state(worker("east", Database.SILENT, OnHost.SILENT), lost))
        .isEqualTo(State.UNKNOWN);
    assertThat(state(lost, worker("east", Database.NOT_ASKED, OnHost.NOT_ASKED)))
        .isEqualTo(State.UNKNOWN);
    assertThat(state(worker("east", Database.WRITES, OnHost.RUNS), lost)).isEqualTo(State.WRITES);
  }

  @Test
  void each_witness_says_what_it_saw() {
    PrimaryVerdict verdict =
        of(
            List.of(
                worker("east", Database.WRITES, OnHost.RUNS),
                worker("west", Database.SILENT, OnHost.SILENT)));
    assertThat(verdict.why())
        .isEqualTo("it accepts writes, and the network between it and the worker of west is cut");
    assertThat(verdict.seen())
        .containsExactly(
            "the worker of east: WRITES and RUNS", "the worker of west: SILENT and SILENT");
  }

  @Provide
  Arbitrary<List<Witnessed>> witnesses() {
    Arbitrary<Look> looks =
        Combinators.combine(Arbitraries.of(Database.class), Arbitraries.of(OnHost.class))
            .as(WitnessCheckTest::look);
    return Combinators.combine(looks.list().ofMaxSize(4), Arbitraries.of("m1", "m2", "m3"))
        .as((seen, machine) -> new Witnessed("somebody", machine, seen))
        .list()
        .ofMaxSize(4);
  }

  @Property
  void whoever_saw_a_server_speak_keeps_it_from_being_gone(
      @ForAll("witnesses") List<Witnessed> witnesses) {
    boolean spoke =
        witnesses.stream()
            .flatMap(one -> one.looks().stream())
            .anyMatch(look -> look.database().fromServer());
    if (spoke) {
      assertThat(of(witnesses).state().isGone()).isFalse();
    }
  }

  @Property
  void silence_alone_is_death_only_to_two_that_looked_often_enough(
      @ForAll("witnesses") List<Witnessed> witnesses) {
    if (of(witnesses).state() == State.HOST_DEAD) {
      assertThat(
              witnesses.stream()
                  .filter(
                      one ->
                          one.looks().stream().filter(Look::isLook).count() >= WitnessCheck.LOOKS)
                  .map(Witnessed::machine)
                  .distinct())
          .hasSizeGreaterThanOrEqualTo(WitnessCheck.AT_LEAST);
      assertThat(witnesses.stream().flatMap(one -> one.looks().stream()))
          .noneMatch(Look::isAnswered);
    }
  }

  @Property
  void another_witness_that_sees_it_write_always_stops_the_run(
      @ForAll("witnesses") List<Witnessed> witnesses) {
    List<Witnessed> more = new ArrayList<>(witnesses);
    more.add(worker("east", Database.WRITES, OnHost.RUNS));
    assertThat(of(more).state()).isIn(State.WRITES, State.CUT_OFF, State.SLOW);
  }
}
