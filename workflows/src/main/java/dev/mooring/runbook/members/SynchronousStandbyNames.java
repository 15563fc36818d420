package dev.mooring.runbook.members;

import dev.mooring.quoting.StandbyList;
import dev.mooring.topology.Cluster;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A value of synchronous_standby_names, read as PostgreSQL does: a list without a number is {@code
 * FIRST 1}; a number without a method is FIRST.
 *
 * @param method FIRST or ANY; empty if commits wait for no standby
 * @param number how many standbys must confirm
 * @param names application names in their order
 */
public record SynchronousStandbyNames(String method, int number, List<String> names) {
  private static final String ANYBODY = StandbyList.ANYBODY;

  public SynchronousStandbyNames {
    names = List.copyOf(names);
  }

  /** Parses a value; an empty value waits for no standby. */
  public static SynchronousStandbyNames of(String value) {
    StandbyList list = StandbyList.of(value);
    if (list.number() == 0 && list.names().isEmpty()) {
      return new SynchronousStandbyNames("", 0, List.of());
    }
    return new SynchronousStandbyNames(
        list.method().isEmpty() ? "FIRST" : list.method().toUpperCase(Locale.ROOT),
        Math.max(list.number(), 1),
        list.names().stream().map(StandbyList::folded).toList());
  }

  /** Whether commits wait in the same way; in a quorum the order does not matter. */
  public boolean isTheSameAs(SynchronousStandbyNames other) {
    boolean sameNames =
        method.equals("ANY")
            ? names.size() == other.names.size() && names.containsAll(other.names)
            : names.equals(other.names);
    return method.equals(other.method) && number == other.number && sameNames;
  }

  /** Whether any streaming standby may confirm, even one that the cluster file does not name. */
  public boolean isAnybody() {
    return names.contains(ANYBODY);
  }

  /**
   * Whether this is what the cluster file asks of a primary. An earlier move put an old primary in
   * the new one's place, so an allowed name may stand where the file names the primary itself.
   *
   * @param file the value of the file, with the primary's own name if the file has it
   */
  public boolean isAs(SynchronousStandbyNames file, List<String> allowed) {
    return isOf(file, allowed)
        && file.names.stream().filter(name -> !names.contains(name)).noneMatch(allowed::contains);
  }

  /**
   * Whether it waits only for some of those, enough to confirm, or for any standby: a setup leaves
   * that if other standbys did not stream.
   */
  public boolean isOfSome(SynchronousStandbyNames file, List<String> allowed) {
    if (names.equals(List.of(ANYBODY))) {
      return number == file.number && (number == 1 || method.equals(file.method));
    }
    return isOf(file, allowed) && names.size() >= number;
  }

  /** Whether a standby of that application name may confirm. */
  public boolean has(String application) {
    return isAnybody() || names.contains(StandbyList.folded(application));
  }

  /** The names of no member, which an administrator added. */
  public List<String> ofNoMember(Cluster cluster) {
    List<String> members =
        cluster.members().stream()
            .map(one -> StandbyList.folded(cluster.applicationName(one)))
            .toList();
    return names.stream().filter(name -> !name.equals(ANYBODY) && !members.contains(name)).toList();
  }

  private boolean isOf(SynchronousStandbyNames file, List<String> allowed) {
    List<String> more = names.stream().filter(name -> !file.names.contains(name)).toList();
    long less = file.names.stream().filter(name -> !names.contains(name)).count();
    return method.equals(file.method)
        && number == file.number
        && more.size() <= less
        && allowed.containsAll(more);
  }

  @Override
  public String toString() {
    return method.isEmpty()
        ? "no standby"
        : method + " " + number + names.stream().collect(Collectors.joining(", ", " (", ")"));
  }
}
