package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.StreamingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the primary that is down was shut down, as the WAL of its standbys shows, so that its
 * host may be starting again. If it then returns by itself, that is {@code primary-shut-down} for a
 * while in place of {@code primary-down}: an ordinary reboot wakes nobody.
 */
final class ShutDownPrimary {
  /** From when it is down on. */
  static final Duration RETURNS_WITHIN = Duration.ofMinutes(5);

  private static final Duration A_MOMENT = Duration.ofMillis(1);

  /** A look in which a host is silent takes so long. */
  private static final Duration A_SLOW_LOOK = Duration.ofSeconds(15);

  /** How many looks after its standbys lost it a primary is down, beside those that count. */
  private static final int LOOKS_LATER = 2;

  private final ClusterName name;
  private final StreamingPolicy policy;
  private List<End> ends;
  private Optional<Instant> until = Optional.empty();

  /** An end of WAL, and since when it is shown. */
  private record End(Sign sign, Instant since) {}

  /**
   * Continues from those sites.
   *
   * @param sites the ends of WAL that they show are of an earlier time
   */
  ShutDownPrimary(Cluster cluster, List<SiteState> sites) {
    name = cluster.name();
    policy = cluster.streaming().orElseThrow();
    ends = shownEnds(sites).map(sign -> new End(sign, Instant.MIN)).toList();
  }

  private static Stream<Sign> shownEnds(List<SiteState> sites) {
    return sites.stream()
        .flatMap(site -> site.signs().stream())
        .filter(sign -> sign.kind() == Kind.WAL_END);
  }

  /**
   * The found diagnoses, with {@code primary-shut-down} in place of a new {@code primary-down} as
   * long as the primary may return by itself. After that {@code primary-down} is beside it, also if
   * it is not known of all members then whether they accept writes.
   *
   * @param before the diagnoses that were open last
   * @param paused whether a person paused automation, so that no run starts it
   */
  List<Diagnosis> with(
      List<Diagnosis> found,
      List<Diagnosis> before,
      List<SiteState> sites,
      boolean paused,
      Instant now) {
    ends = shownEnds(sites).map(sign -> end(sign, now)).toList();
    until = Optional.empty();
    Optional<Diagnosis> open = of(DiagnosisKind.PRIMARY_SHUT_DOWN, found);
    boolean isDown = of(DiagnosisKind.PRIMARY_DOWN, found).isPresent();
    if (of(DiagnosisKind.PRIMARY_DOWN, before).isPresent()
        || (open.isEmpty() && (!isDown || shown(Sign.SHUT_DOWN, now).isEmpty()))) {
      return found;
    }
    Instant since = open.map(Diagnosis::since).orElse(now);
    if (!now.isBefore(since.plus(RETURNS_WITHIN))) {
      return late(found, name, now);
    }
    if (isDown && !returns(since, paused)) {
      return found;
    }
    until = Optional.of(since.plus(RETURNS_WITHIN));
    return Stream.concat(
            found.stream().filter(one -> one.kind() != DiagnosisKind.PRIMARY_DOWN),
            open.isPresent() ? Stream.of() : Stream.of(opened(now)))
        .sorted(Diagnosis.WORST_FIRST)
        .toList();
  }

  private Diagnosis opened(Instant now) {
    return new Diagnosis(
        DiagnosisKind.PRIMARY_SHUT_DOWN,
        name.value(),
        String.format(
            "no member of %s accepts writes: its primary was shut down, by the WAL of %s",
            name, String.join(", ", shown(Sign.SHUT_DOWN, now))),
        "wait until "
            + now.plus(RETURNS_WITHIN)
            + " whether it starts again, then "
            + Commands.planFailover(name),
        now);
  }

  private End end(Sign sign, Instant now) {
    return ends.stream()
        .filter(one -> one.sign().equals(sign))
        .findFirst()
        .orElseGet(() -> new End(sign, now));
  }

  /** The standbys whose WAL ends so since a little before that time. */
  private List<String> shown(String words, Instant at) {
    Duration every = policy.watch().every();
    Duration look = every.compareTo(A_SLOW_LOOK) > 0 ? every : A_SLOW_LOOK;
    Instant lately = at.minus(look.multipliedBy(policy.watch().beginAfterLooks() + LOOKS_LATER));
    return ends.stream()
        .filter(one -> one.sign().words().equals(words) && !one.since().isBefore(lately))
        .map(one -> one.sign().subject().value())
        .toList();
  }

  /** A standby with another record shows a crash. */
  private boolean returns(Instant since, boolean paused) {
    return (policy.failover().startsAfterReboot() || (policy.watchStartsAfterReboot() && !paused))
        && shown(Sign.ANOTHER_RECORD, since).isEmpty();
  }

  /** Whether the primary is down and may return by itself. */
  boolean mayReturn() {
    return until.isPresent();
  }

  /** How long until that is over, if it may: at least a moment, and the next judgement ends it. */
  Optional<Duration> next(Instant now) {
    return until
        .map(end -> Duration.between(now, end))
        .map(left -> left.compareTo(A_MOMENT) < 0 ? A_MOMENT : left);
  }

  /** Those diagnoses, with {@code primary-down} if the primary did not return in time. */
  static List<Diagnosis> late(List<Diagnosis> found, ClusterName name, Instant now) {
    return of(DiagnosisKind.PRIMARY_SHUT_DOWN, found)
        .filter(one -> of(DiagnosisKind.PRIMARY_DOWN, found).isEmpty())
        .filter(one -> !now.isBefore(one.since().plus(RETURNS_WITHIN)))
        .map(
            one ->
                Stream.concat(
                        Stream.of(
                            new Diagnosis(
                                DiagnosisKind.PRIMARY_DOWN,
                                name.value(),
                                one.sentence(),
                                Commands.planFailover(name),
                                now)),
                        found.stream())
                    .sorted(Diagnosis.WORST_FIRST)
                    .toList())
        .orElse(found);
  }

  private static Optional<Diagnosis> of(DiagnosisKind kind, List<Diagnosis> all) {
    return all.stream().filter(one -> one.kind() == kind).findFirst();
  }
}
