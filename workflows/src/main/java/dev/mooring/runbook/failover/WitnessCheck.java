package dev.mooring.runbook.failover;

import dev.mooring.port.Witnessed;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.Look;
import dev.mooring.port.Witnessed.OnHost;
import dev.mooring.runbook.failover.PrimaryVerdict.State;
import dev.mooring.runbook.failover.StillHeard.Hears;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides the state of a primary by what its witnesses observed. A server that answered anything is
 * not dead. What its host reports about its processes outweighs the result of a connection. Silence
 * counts only if at least two machines observed it, and it lasted over all their observations.
 */
final class WitnessCheck {
  /** Independent witnesses that a verdict of silence needs: one of them may itself be cut off. */
  static final int AT_LEAST = 2;

  /** Observations by each witness, one after another. */
  static final int LOOKS = 3;

  /** All witnesses, as shown to people. */
  private final List<Witnessed> reported;

  /** The witnesses that could observe, with those observations only. */
  private final List<Witnessed> witnesses;

  private final Hears hears;

  private WitnessCheck(List<Witnessed> reported, Hears hears) {
    this.reported = reported;
    this.witnesses = reported.stream().flatMap(one -> whoLooked(one).stream()).toList();
    this.hears = hears;
  }

  private static Optional<Witnessed> whoLooked(Witnessed one) {
    List<Look> looks = one.looks().stream().filter(Look::isLook).toList();
    return looks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Witnessed(one.witness(), one.machine(), looks));
  }

  /**
   * The verdict.
   *
   * @param witnesses none on the host of the primary; witnesses on one machine count as one
   * @param hears what standbys received in the same time
   */
  static PrimaryVerdict of(List<Witnessed> witnesses, Hears hears) {
    WitnessCheck check = new WitnessCheck(List.copyOf(witnesses), hears);
    return check.looks().anyMatch(look -> look.database() == Database.WRITES)
        ? check.whoWrites()
        : check.whoDoesNotWrite();
  }

  /** Whether any witness got any answer. */
  static boolean isAnswered(List<Witnessed> witnesses) {
    return looks(witnesses).anyMatch(Look::isAnswered);
  }

  private static Stream<Look> looks(List<Witnessed> witnesses) {
    return witnesses.stream().flatMap(witness -> witness.looks().stream());
  }

  private Stream<Look> looks() {
    return looks(witnesses);
  }

  private PrimaryVerdict verdict(State state, String why) {
    return new PrimaryVerdict(
        state,
        why,
        reported.stream().map(WitnessCheck::inWords).toList(),
        hears.lately() || !hears.it().isEmpty() || !hears.perhaps().isEmpty());
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
          "it accepts writes, and the network between it and " + named(never) + " is cut");
    }
    long of = looks().count();
    long answered = looks().filter(WitnessCheck::letIn).count();
    return answered == of
        ? verdict(State.WRITES, "it accepts writes")
        : verdict(
            State.SLOW,
            String.format("it accepts writes, and answered %d of %d attempts", answered, of));
  }

  /** Some witnesses observed that it accepts connections, and none that it accepts writes. */
  private PrimaryVerdict whoLetsIn() {
    List<String> never =
        witnesses.stream()
            .filter(one -> one.looks().stream().noneMatch(WitnessCheck::sawTheServer))
            .map(Witnessed::witness)
            .toList();
    return never.isEmpty()
        ? verdict(
            State.TURNS_AWAY,
            "it accepts connections, and no witness could read whether it accepts writes")
        : verdict(
            State.CUT_OFF,
            "it accepts connections, and the network between it and " + named(never) + " is cut");
  }

  /** A host connects without a password, and can't read whether the server accepts writes. */
  private static boolean letIn(Look look) {
    return look.database() == Database.WRITES || look.database() == Database.LETS_IN;
  }

  private static boolean sawTheServer(Look look) {
    return look.database().fromServer();
  }

  private PrimaryVerdict whoDoesNotWrite() {
    if (looks().anyMatch(look -> look.database() == Database.LETS_IN)
        && looks().noneMatch(look -> look.host().reports() && look.host() != OnHost.RUNS)) {
      return whoLetsIn();
    }
    Set<OnHost> reported =
        looks()
            .map(Look::host)
            .filter(OnHost::reports)
            .collect(Collectors.toCollection(TreeSet::new));
    if (reported.size() > 1) {
      return verdict(State.UNKNOWN, "its host said one thing and then another: " + reported);
    }
    return reported.stream().findFirst().map(this::byItsHost).orElseGet(this::withoutItsHost);
  }

  private PrimaryVerdict byItsHost(OnHost reported) {
    if (reported != OnHost.RUNS && looks().anyMatch(WitnessCheck::sawTheServer)) {
      return verdict(
          State.UNKNOWN,
          "a server answers at its address, while its host says of its own that it is " + reported);
    }
    return switch (reported) {
      case FROZEN ->
          verdict(State.FROZEN, "its postmaster is halted; once resumed, it continues to write");
      case ORPHANS ->
          verdict(State.ORPHANS, "its postmaster is gone, a process that may still commit is not");
      case STOPPED -> verdict(State.POSTMASTER_DEAD, "its host answers, and nothing of it runs");
      default -> running();
    };
  }

  private PrimaryVerdict running() {
    if (looks().anyMatch(WitnessCheck::sawTheServer)) {
      return verdict(State.TURNS_AWAY, "it runs, and accepts no connection");
    }
    if (looks().allMatch(look -> !look.database().answered())) {
      return verdict(
          State.CUT_OFF, "it runs, as its host says; the port of its database does not answer");
    }
    return looks().anyMatch(look -> look.database() == Database.CLOSED)
        ? verdict(State.UNKNOWN, "it runs, as its host says, and does not listen at its address")
        : verdict(State.SLOW, "it runs, and sends nothing on a new connection");
  }

  private PrimaryVerdict withoutItsHost() {
    if (looks().anyMatch(WitnessCheck::sawTheServer)) {
      return verdict(
          State.TURNS_AWAY, "a server answers at its address, and accepts no connection");
    }
    if (isAnswered(witnesses)) {
      return verdict(
          State.UNKNOWN,
          "its host answers, and the state of the server's processes can't be read there");
    }
    if (!hears.it().isEmpty()) {
      return verdict(
          State.CUT_OFF,
          "it answers no witness, and still sends WAL to "
              + named(hears.it().stream().map(InstanceId::value).toList())
              + ": the way to it is cut");
    }
    if (!hears.perhaps().isEmpty()) {
      return verdict(State.UNKNOWN, "its host does not answer, and " + named(hears.perhaps()));
    }
    long enough = machines();
    return enough < AT_LEAST
        ? verdict(
            State.UNKNOWN,
            String.format(
                "its host does not answer, and only %d of at least %d machines asked it %d times",
                enough, AT_LEAST, LOOKS))
        : verdict(
            State.HOST_DEAD, "its host answers none of the " + enough + " machines that asked it");
  }

  /** How many machines observed often enough; witnesses on one machine share its network cut. */
  private long machines() {
    return witnesses.stream()
        .filter(one -> one.looks().size() >= LOOKS)
        .map(one -> one.machine().isEmpty() ? one.witness() : one.machine())
        .distinct()
        .count();
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
