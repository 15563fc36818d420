package dev.mooring.runbook.watch;

import dev.mooring.topology.NoticePolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides which diagnoses need a notice. The beginning of a diagnosis is sent at once, unless the
 * last notice had it already. Its end is sent at once the first time, and then every {@link
 * NoticePolicy#AGAIN_AFTER} at most: a diagnosis that comes and goes sends two notices in that
 * time, and the last notice of an open diagnosis never reports its end.
 */
final class DueNotices {
  private final List<NoticeSent> sent;

  /** Continues from the notices of the run before. */
  DueNotices(List<NoticeSent> sent) {
    this.sent = new ArrayList<>(sent);
  }

  /** The last notice of each diagnosis. */
  List<NoticeSent> sent() {
    return List.copyOf(sent);
  }

  /** The open diagnoses whose beginning is to be sent now. */
  List<Diagnosis> begun(List<Diagnosis> open) {
    List<Diagnosis> due =
        open.stream().filter(one -> last(one).filter(it -> !it.over()).isEmpty()).toList();
    due.forEach(
        one ->
            replace(
                new NoticeSent(one, false, last(one).map(NoticeSent::overAt).orElse(List.of()))));
    return due;
  }

  /** The diagnoses whose end is to be sent now. */
  List<Diagnosis> over(List<Diagnosis> open, Instant now) {
    sent.removeIf(one -> one.over() && !wasOverLately(one, now));
    List<Diagnosis> due =
        sent.stream()
            .filter(one -> !one.over() && !wasOverLately(one, now))
            .map(NoticeSent::diagnosis)
            .filter(one -> open.stream().noneMatch(other -> isSame(one, other)))
            .toList();
    due.forEach(one -> replace(new NoticeSent(one, true, List.of(now))));
    return due;
  }

  private static boolean wasOverLately(NoticeSent one, Instant now) {
    return one.overAt().stream().anyMatch(at -> at.plus(NoticePolicy.AGAIN_AFTER).isAfter(now));
  }

  private static boolean isSame(Diagnosis one, Diagnosis other) {
    return one.isOf(other.kind(), other.subject());
  }

  private Optional<NoticeSent> last(Diagnosis one) {
    return sent.stream().filter(it -> isSame(it.diagnosis(), one)).findFirst();
  }

  private void replace(NoticeSent notice) {
    sent.removeIf(it -> isSame(it.diagnosis(), notice.diagnosis()));
    sent.add(notice);
  }
}
