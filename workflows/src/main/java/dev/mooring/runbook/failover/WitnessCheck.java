package dev.mooring.runbook.failover;

import dev.mooring.runbook.failover.PrimaryVerdict.State;
import dev.mooring.runbook.failover.Witnessed.Database;
import dev.mooring.runbook.failover.Witnessed.Look;
import dev.mooring.runbook.failover.Witnessed.OnHost;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides what became of a primary by what its witnesses saw. A server that said a word is not
 * dead; what its host says of its processes goes before what a connection came to; silence counts
 * only where at least two looked, and only where it lasted over all of their looks.
 */
final class WitnessCheck {
  /** Independent witnesses that a verdict of silence needs: one may itself be cut off. */
  static final int AT_LEAST = 2;

  /** Looks of each, one after another. */
  static final int LOOKS = 3;

  private final List<Witnessed> witnesses;

  private WitnessCheck(List<Witnessed> witnesses) {
    this.witnesses = witnesses;
  }

  /**
   * The verdict.
   *
   * @param witnesses independent of one another: none shares its host with another, or with the
   *     primary
   */
  static PrimaryVerdict of(List<Witnessed> witnesses) {
    WitnessCheck check = new WitnessCheck(List.copyOf(witnesses));
    return check.looks().anyMatch(look -> look.database() == Database.WRITES)
        ? check.whoWrites()
        : check.whoDoesNotWrite();
  }

  private Stream<Look> looks() {
    return witnesses.stream().flatMap(witness -> witness.looks().stream());
  }

  private PrimaryVerdict verdict(State state, String why) {
    return new PrimaryVerdict(state, why, witnesses.stream().map(WitnessCheck::inWords).toList());
  }

  private PrimaryVerdict whoWrites() {
    List<String> never =
        witnesses.stream()
            .filter(one -> one.looks().stream().noneMatch(WitnessCheck::sawTheServer))
            .map(Witnessed::witness)
            .toList();
    if (!never.isEmpty()) {
      return verdict(
          State.CUT_OFF,
          "it takes writes, and the network between it and " + named(never) + " is cut");
    }
    long of = looks().count();
    long answered = looks().filter(look -> look.database() == Database.WRITES).count();
    return answered == of
        ? verdict(State.WRITES, "it takes writes")
        : verdict(
            State.SLOW,
            String.format("it takes writes, and answered %d of %d looks", answered, of));
  }

  private static boolean sawTheServer(Look look) {
    return look.database().fromServer();
  }

  private PrimaryVerdict whoDoesNotWrite() {
    Set<OnHost> told =
        looks()
            .map(Look::host)
            .filter(OnHost::tells)
            .collect(Collectors.toCollection(TreeSet::new));
    if (told.size() > 1) {
      return verdict(State.UNKNOWN, "its host said one thing and then another: " + told);
    }
    return told.stream().findFirst().map(this::byItsHost).orElseGet(this::withoutItsHost);
  }

  private PrimaryVerdict byItsHost(OnHost told) {
    if (told != OnHost.RUNS && looks().anyMatch(WitnessCheck::sawTheServer)) {
      return verdict(
          State.UNKNOWN,
          "a server answers at its address, while its host says of its own that it is " + told);
    }
    return switch (told) {
      case FROZEN -> verdict(State.FROZEN, "its postmaster is halted; thawed, it goes on writing");
      case ORPHANS ->
          verdict(State.ORPHANS, "its postmaster is gone, a process that may still commit is not");
      case STOPPED -> verdict(State.POSTMASTER_DEAD, "its host answers, and nothing of it runs");
      default -> running();
    };
  }

  private PrimaryVerdict running() {
    if (looks().anyMatch(WitnessCheck::sawTheServer)) {
      return verdict(State.TURNS_AWAY, "it runs, and lets nobody in");
    }
    if (looks().allMatch(look -> !look.database().answered())) {
      return verdict(
          State.CUT_OFF, "it runs, as its host says; nothing comes from the port of its database");
    }
    return looks().anyMatch(look -> look.database() == Database.CLOSED)
        ? verdict(State.UNKNOWN, "it runs, as its host says, and does not listen at its address")
        : verdict(State.SLOW, "it runs, and says no word on a new connection");
  }

  private PrimaryVerdict withoutItsHost() {
    if (looks().anyMatch(WitnessCheck::sawTheServer)) {
      return verdict(State.TURNS_AWAY, "a server answers at its address, and lets nobody in");
    }
    if (looks().anyMatch(Look::isAnswered)) {
      return verdict(
          State.UNKNOWN,
          "its host answers, and how the server's processes stand can't be read there");
    }
    List<String> heard =
        witnesses.stream().filter(WitnessCheck::heardMeanwhile).map(Witnessed::witness).toList();
    if (!heard.isEmpty()) {
      return verdict(
          State.CUT_OFF,
          "it answers nobody, and still sends to " + named(heard) + ": the way to it is cut");
    }
    long enough = witnesses.stream().filter(one -> one.looks().size() >= LOOKS).count();
    return enough < AT_LEAST
        ? verdict(
            State.UNKNOWN,
            String.format(
                "nothing comes from its host, and only %d of at least %d looked %d times",
                enough, AT_LEAST, LOOKS))
        : verdict(
            State.HOST_DEAD, "nothing comes from its host to any of " + enough + " that looked");
  }

  /** An age that did not grow from one look to the next: the primary sent something between. */
  private static boolean heardMeanwhile(Witnessed witness) {
    List<Look> looks = witness.looks();
    for (int next = 1; next < looks.size(); next++) {
      long before = looks.get(next - 1).heardMillis();
      long after = looks.get(next).heardMillis();
      if (before >= 0 && after >= 0 && after < before) {
        return true;
      }
    }
    return false;
  }

  private static String named(List<String> witnesses) {
    return String.join(" and ", witnesses);
  }

  private static String inWords(Witnessed one) {
    return one.witness()
        + ": "
        + one.looks().stream().map(Look::words).distinct().collect(Collectors.joining(", then "));
  }
}
