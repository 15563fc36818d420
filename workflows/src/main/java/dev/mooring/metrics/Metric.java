package dev.mooring.metrics;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A metric of clusters, with its one name for every output. Names follow Prometheus's rules: base
 * units, the unit last. An age is reported as the time of the fact, in seconds since 1970, so that
 * it is right however late it is read and however many workers report it: the newest counts, and
 * its age is {@code time() - max by (…) (…)}.
 */
public enum Metric {
  /** Of LATEST. */
  RESTORE_POINT(
      "mooring_restore_point_timestamp_seconds",
      "When the restore point was made that LATEST names.",
      "cluster"),
  /** Of what an archive is known to hold. */
  ARCHIVE_PROOF(
      "mooring_archive_proof_timestamp_seconds",
      "When the newest restore point was made up to which the archived bytes were read and proved.",
      "cluster",
      "content"),
  /** Of the data at a site. */
  MOORED_POINT(
      "mooring_moored_point_timestamp_seconds",
      "When the restore point was made at which the site was last proved to be moored.",
      "cluster",
      "site"),
  /** Of the proof at a site. */
  PROVED(
      "mooring_proved_timestamp_seconds",
      "When the site was last proved to be moored.",
      "cluster",
      "site"),
  /** How far a site is from LATEST. */
  POINTS_BEHIND(
      "mooring_points_behind", "How many READY restore points are newer.", "cluster", "site"),
  /** What the next start of a copy costs. */
  REPLAY(
      "mooring_replay_bytes",
      "WAL from the start of the copy's replay to its target, as last planned.",
      "cluster",
      "site",
      "content",
      "instance"),
  /** The newest ending of each kind. */
  RUN_ENDED(
      "mooring_run_ended_timestamp_seconds",
      "When a run that leaves a receipt last ended so.",
      "cluster",
      "runbook",
      "site",
      "outcome"),
  /** Whether the figures are still kept current. */
  EVIDENCE_READ(
      "mooring_evidence_read_timestamp_seconds",
      "When the evidence store was last read.",
      "cluster"),
  /** Whether any worker watches. */
  WATCH_LOOKED(
      "mooring_watch_looked_timestamp_seconds",
      "When this worker's watch last read the members of a site.",
      "cluster",
      "site"),
  /** Whether a watch runs. */
  WATCH_OPEN("mooring_watch_open", "1 if a watch of the cluster runs, 0 if none does.", "cluster"),
  /** What the watch finds wrong. */
  DIAGNOSIS(
      "mooring_diagnosis",
      "1 for each open diagnosis; no series without one.",
      "cluster",
      "diagnosis",
      "level",
      "subject"),
  /** The verdict of {@code mooring status}. */
  STATUS_LEVEL(
      "mooring_status_level",
      "The worst that status found: 0 nothing, 1 a warning, 2 critical.",
      "cluster");

  private final String text;
  private final String help;
  private final String labels;

  Metric(String text, String help, String... labels) {
    this.text = text;
    this.help = help;
    this.labels = String.join(" ", labels);
  }

  /** The name in Prometheus. */
  public String text() {
    return text;
  }

  /** The names of its labels, in the order in which their values are given. */
  public List<String> labels() {
    return List.of(labels.split(" ", -1));
  }

  /** Whether the highest value counts, as for a time. */
  public boolean isTime() {
    return text.endsWith("_timestamp_seconds");
  }

  /** A sample of it. */
  public Sample at(double value, String... labelValues) {
    if (labelValues.length != labels().size()) {
      throw new IllegalArgumentException(text + " has the labels " + labels());
    }
    return new Sample(text, help, pairs(labelValues), value);
  }

  private List<Sample.Label> pairs(String... values) {
    List<String> names = labels();
    return IntStream.range(0, values.length)
        .mapToObj(i -> new Sample.Label(names.get(i), values[i]))
        .toList();
  }
}
