package dev.mooring.runbook.watch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.runbook.OneWriter;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Something that is wrong with a cluster.
 *
 * @param subject an instance, slot or site
 * @param sentence what is wrong, with what was seen
 * @param remedy what to type, or to do
 * @param since when it began to count
 * @param unseenSince since when its subject is not observed, so that it stays open: one, or none
 */
public record Diagnosis(
    DiagnosisKind kind,
    String subject,
    String sentence,
    String remedy,
    Instant since,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Instant> unseenSince) {

  static final Comparator<Diagnosis> WORST_FIRST =
      Comparator.comparing(Diagnosis::kind).thenComparing(Diagnosis::subject);

  public Diagnosis {
    unseenSince = List.copyOf(unseenSince);
  }

  /** One whose subject is observed. */
  public Diagnosis(
      DiagnosisKind kind, String subject, String sentence, String remedy, Instant since) {
    this(kind, subject, sentence, remedy, since, List.of());
  }

  boolean isOf(DiagnosisKind other, String about) {
    return kind == other && subject.equals(about);
  }

  /** The same, if it is not observed any more at that time. */
  Diagnosis unseen(Instant now) {
    return unseenSince.isEmpty()
        ? new Diagnosis(kind, subject, sentence, remedy, since, List.of(now))
        : this;
  }

  /** The same while two members accept writes: only what ends that is advised. */
  Diagnosis whileTwoWrite(ClusterName cluster) {
    return kind == DiagnosisKind.TWO_WRITABLE
        ? this
        : new Diagnosis(kind, subject, sentence, OneWriter.firstEnd(cluster), since, unseenSince);
  }

  /** The same, if it is observed. */
  Diagnosis seen() {
    return new Diagnosis(kind, subject, sentence, remedy, since);
  }

  /** The instances in its subject, former members too: instances, or one and a thing of it. */
  List<String> instances() {
    return List.of(subject.replaceFirst("/.*", "").split(", ", -1));
  }

  /** Its sentence, and since when it is not observed. */
  public String text() {
    return unseenSince.isEmpty()
        ? sentence
        : sentence + "; not observed since " + unseenSince.get(0);
  }
}
