package dev.mooring.runbook.consume;

import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.ArchiveActivities.ChainObserved;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.WayDecoded;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Whether the whole WAL chain of every instance is present, from its own start to its target (law
 * 4). An instance that runs out of WAL would stop before its target, and a chain that was not read
 * counts as incomplete.
 */
final class ChainCheck {
  private ChainCheck() {}

  static Verdict<List<ChainObserved>> judge(List<Seen> seen, List<ChainObserved> chains) {
    List<String> gaps = new ArrayList<>();
    for (Seen one : seen) {
      Optional<ChainObserved> chain =
          chains.stream().filter(c -> c.instance().equals(one.instance().id())).findFirst();
      if (chain.isEmpty()) {
        gaps.add(one.instance().id() + ": its WAL chain was not checked");
        continue;
      }
      chain
          .get()
          .missing()
          .forEach(
              gap ->
                  gaps.add(
                      String.format(
                          "%s (content %s, timeline %s): %s is %s",
                          one.instance().id(),
                          one.instance().content(),
                          chain.get().last().timeline(),
                          gap.file(),
                          gap.reason())));
    }
    return gaps.isEmpty()
        ? Verdict.proceed(chains)
        : Verdict.never(FailureCode.WAL_MISSING, String.join("; ", gaps));
  }

  /** The chains with what was found when they were decoded. */
  static List<ChainObserved> decoded(List<ChainObserved> chains, List<WayDecoded> ways) {
    return found(chains, ways, (chain, way) -> way.damaged());
  }

  /**
   * On a way that was not decoded to its end, a file that was found bad before is as bad as it was,
   * also if a person overrode it.
   *
   * @param damaged what earlier consumes found
   */
  static List<ChainObserved> knownBad(
      List<Seen> seen,
      List<ChainObserved> chains,
      List<WayDecoded> ways,
      Manifest manifest,
      List<ContentWal> damaged) {
    return found(
        chains,
        ways,
        (chain, way) ->
            way.notDecoded().isEmpty() ? List.of() : knownBad(seen, chain, way, manifest, damaged));
  }

  private static List<ChainObserved> found(
      List<ChainObserved> chains,
      List<WayDecoded> ways,
      BiFunction<ChainObserved, WayDecoded, List<MissingWal>> missing) {
    return chains.stream()
        .flatMap(
            chain ->
                ways.stream()
                    .filter(way -> way.instance().equals(chain.instance()))
                    .map(
                        way ->
                            new ChainObserved(
                                chain.instance(),
                                chain.first(),
                                chain.last(),
                                chain.files(),
                                chain.bytesToReplay(),
                                missing.apply(chain, way))))
        .toList();
  }

  private static List<MissingWal> knownBad(
      List<Seen> seen,
      ChainObserved chain,
      WayDecoded way,
      Manifest manifest,
      List<ContentWal> damaged) {
    return Stream.concat(manifest.overridden().stream(), damaged.stream())
        .distinct()
        .filter(bad -> manifest.needs(bad) && !bad.file().isBefore(chain.first()))
        .filter(
            bad ->
                seen.stream()
                    .map(Seen::instance)
                    .anyMatch(
                        i -> i.id().equals(chain.instance()) && i.content().equals(bad.content())))
        .map(
            bad ->
                new MissingWal(
                    bad.file().text(),
                    "known to be undecodable, and not decoded now: " + way.notDecoded()))
        .toList();
  }

  /** One sentence for each instance of whose WAL a part is not decoded. */
  static List<String> notDecoded(List<WayDecoded> ways) {
    return ways.stream()
        .filter(way -> !way.notDecoded().isEmpty())
        .map(way -> way.instance() + ": not all WAL was decoded: " + way.notDecoded())
        .toList();
  }
}
