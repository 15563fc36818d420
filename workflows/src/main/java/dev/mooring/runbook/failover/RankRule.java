package dev.mooring.runbook.failover;

import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.failover.Candidates.Wishes;
import dev.mooring.runbook.failover.LastSynchronousStandbys.Waits;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What puts one candidate before another; the first rule that tells two apart decides.
 *
 * @param order the better one first
 * @param why the better one comes before the other, a sentence without a full stop
 */
record RankRule(Comparator<Candidate> order, BiFunction<Candidate, Candidate, String> why) {

  /** The first one first. */
  private static List<RankRule> all(Wishes wishes) {
    return List.of(
        by(one -> !one.mayBePromoted(), (one, other) -> other.instance() + " can't be promoted"),
        by(
            Candidate::excluded,
            (one, other) -> "failover.exclude names " + other.instance() + ", and not it"),
        by(
            one -> !one.mayTakeItsPlace(),
            (one, other) -> other.instance() + " may lack commits that were acknowledged"),
        by(RankRule::byCommits, RankRule::commitsWaited),
        by(
            Candidate::behindBytes,
            (one, other) ->
                String.format(
                    "it has %d bytes of WAL more than %s%s",
                    other.behindBytes() - one.behindBytes(),
                    other.instance(),
                    other.atLeast() ? ", as far as that was read" : "")),
        by(wishes::place, (one, other) -> "failover.prefer names it before " + other.instance()),
        by(Candidate::waits, RankRule::commitsWaited),
        by(
            one -> !wishes.isNear(one),
            (one, other) ->
                "it is at the site of the old primary, and " + other.instance() + " is not"));
  }

  private static <T extends Comparable<T>> RankRule by(
      Function<Candidate, T> what, BiFunction<Candidate, Candidate, String> why) {
    return new RankRule(Comparator.comparing(what), why);
  }

  /** By all rules, the best first. */
  static Comparator<Candidate> best(Wishes wishes) {
    return all(wishes).stream()
        .map(RankRule::order)
        .reduce(Comparator::thenComparing)
        .orElseThrow();
  }

  /** By which rule one comes before the other. */
  static String why(Candidate one, Candidate other, Wishes wishes) {
    return all(wishes).stream()
        .filter(rule -> rule.order().compare(one, other) != 0)
        .map(rule -> rule.why().apply(one, other))
        .findFirst()
        .orElse("the cluster file names it before " + other.instance() + ", all else is equal");
  }

  /** Of those that may lack something, one that has more has all that others may have confirmed. */
  private static Waits byCommits(Candidate one) {
    boolean isSure = one.mayTakeItsPlace() && one.waits() != Waits.NOT;
    return isSure ? one.waits() : Waits.POTENTIAL;
  }

  private static String commitsWaited(Candidate one, Candidate other) {
    return String.format(
        "commits waited %s, and %s for %s",
        one.waits().inShort(), other.waits() == Waits.NOT ? "not" : "perhaps", other.instance());
  }
}
