package dev.mooring.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.Pace;
import dev.mooring.port.WatchActivities.Pending;
import dev.mooring.topology.InstanceId;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides which signs count: a change counts once it was seen at a number of readings in a row. A
 * sign that comes and goes in between never counts. Trouble counts as the same with any text, which
 * is that of the last reading.
 */
public final class SteadySigns {
  /**
   * Signs of members that are read one after another: an old one beside a new one is false. Nor is
   * a standby that comes and goes one that streams, or does not.
   */
  private static final Set<Kind> UNKNOWN_ONCE_CONTRADICTED =
      EnumSet.of(Kind.ROLE, Kind.PROCESS, Kind.NEW_BOOT, Kind.SENDS_TO);

  private final Pace pace;
  private final SortedMap<Key, Sign> steady = new TreeMap<>();
  private final SortedMap<Key, Newer> newer = new TreeMap<>();

  /**
   * Continues from the signs that counted last.
   *
   * @param pending the signs that were about to count
   */
  public SteadySigns(Pace pace, List<Sign> last, List<Pending> pending) {
    this.pace = pace;
    last.forEach(sign -> steady.put(Key.of(sign), sign));
    pending.forEach(
        one ->
            newer.put(
                Key.of(one.sign()),
                new Newer(one.gone() ? Optional.empty() : Optional.of(one.sign()), one.looks())));
  }

  private record Key(Kind kind, InstanceId subject, String about) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::subject).thenComparing(Key::kind).thenComparing(Key::about);

    static Key of(Sign sign) {
      return new Key(sign.kind(), sign.subject(), sign.about());
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /** The sign seen in place of the one that counts, and at how many readings so far. */
  private record Newer(Optional<Sign> sign, int looks) {}

  /** Takes one more look, and returns the signs that count after it. */
  public List<Sign> after(Collection<Sign> look) {
    SortedMap<Key, Sign> seen = new TreeMap<>();
    look.stream()
        .filter(sign -> beginAfter(sign.kind()) > 0)
        .forEach(sign -> seen.put(Key.of(sign), sign));
    Set<Key> all = new TreeSet<>(seen.keySet());
    all.addAll(steady.keySet());
    all.addAll(newer.keySet());
    all.forEach(key -> take(key, Optional.ofNullable(seen.get(key))));
    return List.copyOf(steady.values());
  }

  /** The signs that are about to count after the last reading. */
  public List<Pending> pending() {
    return newer.entrySet().stream()
        .map(
            one ->
                new Pending(
                    one.getValue().sign().orElseGet(() -> gone(one.getKey())),
                    one.getValue().sign().isEmpty(),
                    one.getValue().looks()))
        .toList();
  }

  private Sign gone(Key key) {
    Sign counts = steady.get(key);
    return counts == null ? new Sign(key.kind(), key.subject(), key.about()) : counts;
  }

  private void take(Key key, Optional<Sign> now) {
    Optional<Sign> counts = Optional.ofNullable(steady.get(key));
    if (now.equals(counts)) {
      newer.remove(key);
      return;
    }
    Newer before = newer.get(key);
    int looks = before != null && isAlike(before.sign(), now, counts) ? before.looks() + 1 : 1;
    boolean ends =
        (isTrouble(counts) && !isTrouble(now)) || (key.kind() == Kind.WAL_END && now.isEmpty());
    if (looks < (ends ? pace.endAfter() : beginAfter(key.kind()))) {
      newer.put(key, new Newer(now, looks));
      if (now.isPresent() && !isTrouble(counts) && UNKNOWN_ONCE_CONTRADICTED.contains(key.kind())) {
        steady.remove(key);
      }
      return;
    }
    newer.remove(key);
    now.ifPresentOrElse(sign -> steady.put(key, sign), () -> steady.remove(key));
  }

  /**
   * Of a kind that never counts it is 0. A record in WAL does not come and go: its end counts
   * before the role of the primary, which it explains.
   */
  private int beginAfter(Kind kind) {
    return switch (kind) {
      case NOT_STREAMING -> pace.resilverAfter();
      case WAL_END -> 1;
      default -> pace.beginAfter();
    };
  }

  /** If trouble counts already, a new text of it must be steady itself. */
  private static boolean isAlike(Optional<Sign> one, Optional<Sign> other, Optional<Sign> counts) {
    return one.equals(other) || (isTrouble(one) && isTrouble(other) && !isTrouble(counts));
  }

  private static boolean isTrouble(Optional<Sign> sign) {
    return sign.filter(Sign::showsTrouble).isPresent();
  }
}
