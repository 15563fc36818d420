package dev.mooring.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where two lines of timelines part. WAL up to there is the same on both; what either wrote beyond
 * it the other never had. It is the comparison pg_rewind makes (findCommonAncestorTimeline in
 * pg_rewind.c), made from the histories themselves: pg_rewind asks the source's control file, which
 * names the old timeline for a while after a promotion.
 *
 * <p>Two instances that were promoted at one position to one timeline number have one history; no
 * comparison of histories distinguishes them: the caller must know of each whether it was a
 * primary.
 *
 * @param timeline the last timeline that both are on
 * @param at how far both are on it; absent while neither has left it
 */
public record TimelineFork(TimelineId timeline, Optional<Lsn> at) {

  /** A stretch of a line: a timeline, and where it is left; the last one is not left. */
  private record Stretch(TimelineId timeline, Optional<Lsn> end) {}

  /** Where they part; absent if they do not even share their first timeline. */
  public static Optional<TimelineFork> of(TimelineHistory one, TimelineHistory other) {
    List<Stretch> ours = stretches(one);
    List<Stretch> theirs = stretches(other);
    Optional<TimelineFork> fork = Optional.empty();
    for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
      Stretch our = ours.get(i);
      Stretch their = theirs.get(i);
      if (!our.timeline().equals(their.timeline())) {
        return fork;
      }
      fork = Optional.of(new TimelineFork(our.timeline(), earlier(our.end(), their.end())));
      if (!our.end().equals(their.end())) {
        return fork;
      }
    }
    return fork;
  }

  private static List<Stretch> stretches(TimelineHistory history) {
    List<Stretch> stretches = new ArrayList<>();
    history
        .entries()
        .forEach(
            entry -> stretches.add(new Stretch(entry.parent(), Optional.of(entry.switchPoint()))));
    stretches.add(new Stretch(history.of(), Optional.empty()));
    return stretches;
  }

  private static Optional<Lsn> earlier(Optional<Lsn> one, Optional<Lsn> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.or(() -> other);
    }
    return one.get().isBefore(other.get()) ? one : other;
  }
}
