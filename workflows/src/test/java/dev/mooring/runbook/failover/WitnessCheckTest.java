package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.failover.PrimaryVerdict.State;
import dev.mooring.runbook.failover.Witnessed.Database;
import dev.mooring.runbook.failover.Witnessed.Look;
import dev.mooring.runbook.failover.Witnessed.OnHost;
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
  private static Look look(Database database, OnHost host, long heardMillis) {
    return new Look(database, host, heardMillis, database + " and " + host);
  }

  private static Witnessed worker(String site, Database database, OnHost host) {
    return new Witnessed(
        "the worker of " + site, Collections.nCopies(WitnessCheck.LOOKS, look(database, host, -1)));
  }

  private static Witnessed standby(Database database, long... heardMillis) {
    List<Look> looks = new ArrayList<>();
    for (long heard : heardMillis) {
      looks.add(look(database, OnHost.NOT_ASKED, heard));
    }
    return new Witnessed("west-0's host", looks);
  }

  private static State state(Witnessed... witnesses) {
    return WitnessCheck.of(List.of(witnesses)).state();
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
    PrimaryVerdict verdict =
        WitnessCheck.of(List.of(worker("west", Database.SILENT, OnHost.SILENT)));
    assertThat(verdict.state()).isEqualTo(State.UNKNOWN);
    assertThat(verdict.why()).contains("only 1 of at least 2 looked 3 times");
  }

  @Test
  void one_that_answered_a_look_in_between_is_slow() {
    Witnessed west =
        new Witnessed(
            "the worker of west",
            List.of(
                look(Database.SILENT, OnHost.SILENT, -1),
                look(Database.WRITES, OnHost.SILENT, -1),
                look(Database.SILENT, OnHost.SILENT, -1)));
    PrimaryVerdict verdict = WitnessCheck.of(List.of(west));
    assertThat(verdict.state()).isEqualTo(State.SLOW);
    assertThat(verdict.why()).contains("answered 1 of 3 looks");
    assertThat(verdict.seen())
        .containsExactly("the worker of west: SILENT and SILENT, then WRITES and SILENT");
  }

  @Test
  void a_silent_primary_that_still_sends_to_a_standby_is_cut_off_one_way() {
    Witnessed worker = worker("west", Database.SILENT, OnHost.SILENT);
    assertThat(state(worker, standby(Database.SILENT, 900, 400, 1400))).isEqualTo(State.CUT_OFF);
    assertThat(state(worker, standby(Database.SILENT, 900, 1900, 2900))).isEqualTo(State.HOST_DEAD);
  }

  @Test
  void each_witness_says_what_it_saw() {
    PrimaryVerdict verdict =
        WitnessCheck.of(
            List.of(
                worker("east", Database.WRITES, OnHost.RUNS),
                worker("west", Database.SILENT, OnHost.SILENT)));
    assertThat(verdict.why())
        .isEqualTo("it takes writes, and the network between it and the worker of west is cut");
    assertThat(verdict.seen())
        .containsExactly(
            "the worker of east: WRITES and RUNS", "the worker of west: SILENT and SILENT");
  }

  @Provide
  Arbitrary<List<Witnessed>> witnesses() {
    Arbitrary<Look> looks =
        Combinators.combine(
                Arbitraries.of(Database.class), Arbitraries.of(OnHost.class), Arbitraries.longs())
            .as((database, host, heard) -> look(database, host, heard % 5000));
    return looks
        .list()
        .ofMinSize(0)
        .ofMaxSize(4)
        .map(seen -> new Witnessed("somebody", seen))
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
      assertThat(WitnessCheck.of(witnesses).state().isGone()).isFalse();
    }
  }

  @Property
  void silence_alone_is_death_only_to_two_that_looked_often_enough(
      @ForAll("witnesses") List<Witnessed> witnesses) {
    if (WitnessCheck.of(witnesses).state() == State.HOST_DEAD) {
      assertThat(witnesses.stream().filter(one -> one.looks().size() >= WitnessCheck.LOOKS))
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
    assertThat(WitnessCheck.of(more).state()).isIn(State.WRITES, State.CUT_OFF, State.SLOW);
  }
}
