package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The incidents to which a watch reacts, from one observation to the next. */
final class Incidents {
  private Incidents() {}

  /** One that begins now, and for which no run was started. */
  static Incident begun(Reaction reaction, InstanceId about, Instant now) {
    return new Incident(reaction, about, now.truncatedTo(ChronoUnit.SECONDS), false, false);
  }

  /** Those to which a watch reacts in that way. */
  static List<Incident> of(Reaction reaction, List<Incident> incidents) {
    return incidents.stream().filter(one -> one.reaction() == reaction).toList();
  }

  /**
   * The incidents now. One that comes again within a time since its beginning is the same: what
   * comes and goes is reacted to once in that time.
   *
   * @param before the incidents before
   * @param found those that the signs show, each as one that begins now
   * @param ended whether one that is not found has ended; otherwise it is not known
   * @param again that time
   */
  static List<Incident> after(
      List<Incident> before,
      List<Incident> found,
      Predicate<Incident> ended,
      Duration again,
      Instant now) {
    List<Incident> after = new ArrayList<>();
    for (Incident one : before) {
      boolean over = found.stream().noneMatch(one::isAlike) && (one.over() || ended.test(one));
      boolean old = !one.since().plus(again).isAfter(now);
      if (!old || !(over || one.over())) {
        after.add(one.over(over));
      }
    }
    found.stream().filter(one -> after.stream().noneMatch(one::isAlike)).forEach(after::add);
    return List.copyOf(after);
  }

  /**
   * The same after the run for one of them was started: that one is kept, also if it was forgotten
   * meanwhile, or began anew.
   */
  static List<Incident> reactedTo(Incident one, List<Incident> incidents) {
    Incident now = incidents.stream().filter(one::isOf).findFirst().orElse(one);
    return Stream.concat(
            incidents.stream().filter(it -> !it.isAlike(one)), Stream.of(now.reactedTo()))
        .toList();
  }
}
