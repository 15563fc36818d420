package dev.mooring.runbook.failover;

import dev.mooring.runbook.members.Move;
import dev.mooring.topology.FenceCommand;
import java.util.Optional;

/** How an old primary is kept from writing. */
enum FenceMeans {
  /** A script on its host writes the fence, ends the server, and verifies that it ended. */
  ON_ITS_HOST,
  /** A command of the cluster file powers off its host, and its check proves that it is off. */
  COMMAND,
  /** A person attested that it can never write again. */
  ATTESTED,
  /** Nothing keeps it from writing. */
  NONE;

  private static final String ATTESTS = "attested: a person says that it can never write again";
  private static final String NOT_LOST =
      "its loss is attested, and something answers at its host or is heard from there";

  /**
   * The command that may power off its host. If the host answers, only if a power-off counts as a
   * fence.
   */
  static Optional<FenceCommand> command(
      ObservedFailover observed, Move move, FailoverRequest request) {
    boolean may =
        observed.hostAnswersTo().isEmpty()
            || observed.before().staysDown(move.policy().failover())
            || request.overrides(FailoverRule.AFTER_REBOOT);
    return power(move).filter(fence -> may);
  }

  /** The command that powers off its host; none if the candidate is on the same host. */
  static Optional<FenceCommand> power(Move move) {
    return move.policy().failover().fenceOf(move.from().host()).filter(fence -> !move.sharesHost());
  }

  /**
   * The best fence available.
   *
   * @param attested why the primary can never write again, or empty
   */
  static FenceMeans of(ObservedFailover observed, Optional<FenceCommand> command, String attested) {
    if (!observed.hostAnswersTo().isEmpty()) {
      return ON_ITS_HOST;
    }
    if (command.isPresent()) {
      return COMMAND;
    }
    return attestedCounts(observed, attested) ? ATTESTED : NONE;
  }

  /** A host that answers, or that any member still hears, is not lost, even if attested. */
  static boolean attestedCounts(ObservedFailover observed, String attested) {
    return !attested.isEmpty() && !observed.answered() && !observed.verdict().isHeard();
  }

  private static String inWords(Optional<FenceCommand> command) {
    return command.map(one -> one.inWords() + ", proved by its check").orElse("");
  }

  private static String onceFenced(String power) {
    return power.isEmpty()
        ? ""
        : "; if its host falls silent before that proof, the run holds, by rule after-reboot; if"
            + " after it, and its disk is not needed to know what is lost, "
            + power;
  }

  /** The fence, and the fallback if it fails. */
  static String inWords(ObservedFailover observed, Move move, FailoverRequest request) {
    Optional<FenceCommand> command = command(observed, move, request);
    String attested = request.lost();
    String power = inWords(command);
    String last =
        attestedCounts(observed, attested)
            ? "; if that fails, " + ATTESTS
            : attested.isEmpty() ? "" : "; " + NOT_LOST + ": that does not count";
    return switch (of(observed, command, attested)) {
      case ON_ITS_HOST ->
          "on its host, which answers, proved there: no process of its server is left"
              + (power.isEmpty()
                  ? onceFenced(inWords(power(move)))
                  : "; if that fails, and its disk is not needed to know what is lost, " + power);
      case COMMAND -> power + last;
      case ATTESTED -> ATTESTS;
      case NONE ->
          attested.isEmpty()
              ? "none: its host is silent, "
                  + (move.sharesHost() ? "the candidate is on it" : "no fence command is set")
                  + ", and no person attests its loss"
              : "none: " + NOT_LOST;
    };
  }
}
