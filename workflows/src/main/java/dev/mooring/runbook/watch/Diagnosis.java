package dev.mooring.runbook.watch;

import java.time.Instant;
import java.util.Comparator;

/**
 * Something that is wrong with a cluster.
 *
 * @param subject an instance, slot or site
 * @param sentence what is wrong, with what was seen
 * @param remedy what to type, or to do
 * @param since when it began to count
 */
public record Diagnosis(
    DiagnosisKind kind, String subject, String sentence, String remedy, Instant since) {

  static final Comparator<Diagnosis> WORST_FIRST =
      Comparator.comparing(Diagnosis::kind).thenComparing(Diagnosis::subject);

  boolean isOf(DiagnosisKind other, String about) {
    return kind == other && subject.equals(about);
  }
}
