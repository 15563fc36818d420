package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.WatchPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The diagnoses that are not found any more, and stay open until {@code watch.endAfterLooks} looks
 * have not shown them. A sign of trouble is over after as many looks by itself. Any other sign that
 * ends a diagnosis, such as another role or setting, counts after {@code watch.beginAfterLooks}, so
 * that what it begins is not late: the time of the looks that are left is waited for here.
 */
final class EndingDiagnoses {
  private final Duration left;
  private List<Ending> ending = List.of();

  /** None is ending yet. */
  EndingDiagnoses(WatchPolicy watch) {
    left = watch.every().multipliedBy(Math.max(0, watch.endAfterLooks() - watch.beginAfterLooks()));
  }

  private record Ending(Diagnosis diagnosis, Instant end) {}

  /**
   * The open diagnoses, the worst first: the found ones, and those that are ending.
   *
   * @param before the open diagnoses before them
   * @param last the sites by which those were found
   */
  List<Diagnosis> with(
      List<Diagnosis> found,
      List<Diagnosis> before,
      List<SiteState> last,
      List<SiteState> sites,
      Instant now) {
    ending =
        before.stream()
            .filter(one -> isAbsent(one, found))
            .map(one -> ending(one, last, sites, now))
            .filter(one -> one.end().isAfter(now))
            .toList();
    return Stream.concat(found.stream(), ending.stream().map(Ending::diagnosis))
        .sorted(Diagnosis.WORST_FIRST)
        .toList();
  }

  /** How long until the next one is over, if any is ending. */
  Optional<Duration> next(Instant now) {
    return ending.stream()
        .map(Ending::end)
        .min(Comparator.naturalOrder())
        .map(end -> Duration.between(now, end));
  }

  /** Other writers than those that were two writable before are one diagnosis with them. */
  private static boolean isAbsent(Diagnosis one, List<Diagnosis> found) {
    return found.stream()
        .noneMatch(
            other ->
                other.isOf(one.kind(), one.subject())
                    || (other.kind() == one.kind() && one.kind() == DiagnosisKind.TWO_WRITABLE));
  }

  private Ending ending(Diagnosis one, List<SiteState> last, List<SiteState> sites, Instant now) {
    return ending.stream()
        .filter(other -> other.diagnosis().isOf(one.kind(), one.subject()))
        .findFirst()
        .orElseGet(
            () -> new Ending(one.seen(), isTroubleOver(one, last, sites) ? now : now.plus(left)));
  }

  private static boolean isTroubleOver(Diagnosis one, List<SiteState> last, List<SiteState> sites) {
    return signs(last)
        .filter(sign -> isAbout(one, sign))
        .anyMatch(sign -> signs(sites).noneMatch(other -> isSame(sign, other)));
  }

  private static Stream<Sign> signs(List<SiteState> sites) {
    return sites.stream().flatMap(site -> site.signs().stream()).filter(Sign::showsTrouble);
  }

  /** The cluster has no primary by the roles of all members. */
  private static boolean isAbout(Diagnosis one, Sign sign) {
    return switch (one.kind()) {
      case PRIMARY_DOWN, PRIMARY_SHUT_DOWN -> sign.kind() == Kind.ROLE;
      default -> one.instances().contains(sign.subject().value());
    };
  }

  /** Trouble with another text is the same. */
  private static boolean isSame(Sign one, Sign other) {
    return one.kind() == other.kind()
        && one.subject().equals(other.subject())
        && (one.kind().isSingle() || one.words().equals(other.words()));
  }
}
