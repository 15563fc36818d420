package dev.mooring.runbook.replication;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules of docs/operations/alerts.md, and those of one cluster for Prometheus to load. */
public final class AlertRules {
  /** The rules as the page has them. */
  public static final String TEXT =
      """
      groups:
        - name: mooring
          rules:
            - alert: MooringRestorePointTooOld
              expr: time() - max by (cluster) (mooring_restore_point_timestamp_seconds) > 15 * 60
              labels: {severity: page}
              annotations:
                summary: "the newest READY restore point of {{ $labels.cluster }} is {{ $value | humanizeDuration }} old"
                remedy: "mooring status {{ $labels.cluster }}"
            - alert: MooringNoRestorePoint
              expr: max by (cluster) (mooring_evidence_read_timestamp_seconds) > 0 unless on (cluster) mooring_restore_point_timestamp_seconds
              for: 1h
              labels: {severity: page}
              annotations:
                summary: "{{ $labels.cluster }} has no READY restore point: none was ever published, or LATEST is not believed"
                remedy: "mooring status {{ $labels.cluster }}"
            - alert: MooringSiteTooOld
              expr: time() - max by (cluster, site) (mooring_moored_point_timestamp_seconds) > 60 * 60
              labels: {severity: page}
              annotations:
                summary: "{{ $labels.site }} holds {{ $labels.cluster }} as it was {{ $value | humanizeDuration }} ago"
                remedy: "mooring status {{ $labels.cluster }}"
            - alert: MooringSiteNotProved
              expr: max by (cluster) (mooring_restore_point_timestamp_seconds) unless on (cluster) mooring_proved_timestamp_seconds
              for: 1h
              labels: {severity: page}
              annotations:
                summary: "restore points of {{ $labels.cluster }} are published, and no site was ever proved at one"
                remedy: "mooring consume {{ $labels.cluster }}"
            - alert: MooringRunsFail
              expr: >-
                (max by (cluster, runbook, site) (mooring_run_ended_timestamp_seconds{outcome=~"failed|refused|stuck"})
                > max by (cluster, runbook, site) (mooring_run_ended_timestamp_seconds{outcome="completed"}))
                or
                (max by (cluster, runbook, site) (mooring_run_ended_timestamp_seconds{outcome=~"failed|refused|stuck"})
                unless max by (cluster, runbook, site) (mooring_run_ended_timestamp_seconds{outcome="completed"}))
              labels: {severity: ticket}
              annotations:
                summary: "{{ $labels.runbook }} of {{ $labels.cluster }} at {{ $labels.site }} did not complete since it last failed"
                remedy: "mooring status {{ $labels.cluster }} --include-history"
            - alert: MooringArchiveProofTooOld
              expr: time() - max by (cluster, content) (mooring_archive_proof_timestamp_seconds) > 60 * 60
              labels: {severity: page}
              annotations:
                summary: "nothing younger than {{ $value | humanizeDuration }} is proved to be in the archive of content {{ $labels.content }} of {{ $labels.cluster }}"
                remedy: "mooring check {{ $labels.cluster }}"
            - alert: MooringEvidenceUnread
              expr: time() - max by (cluster) (mooring_evidence_read_timestamp_seconds) > 10 * 60
              for: 5m
              labels: {severity: ticket}
              annotations:
                summary: "the evidence of {{ $labels.cluster }} was not read for 10 minutes, or never"
                remedy: "mooring check {{ $labels.cluster }}"
            - alert: MooringHistoriesWait
              expr: max by (cluster, instance) (mooring_histories_waiting) > 0
              for: 15m
              labels: {severity: ticket}
              annotations:
                summary: "the worker {{ $labels.instance }} can't keep the histories of {{ $value }} runs of {{ $labels.cluster }} that are over"
                remedy: "journalctl -u 'mooring-worker@*' on its host"
            - alert: MooringHistoryNearlyLost
              expr: max by (cluster, instance) (mooring_histories_oldest_waiting_seconds) > 12 * 60 * 60
              labels: {severity: page}
              annotations:
                summary: "a run of {{ $labels.cluster }} is over for {{ $value | humanizeDuration }}, its history is not kept, and Temporal will forget it"
                remedy: "journalctl -u 'mooring-worker@*' on {{ $labels.instance }}"
            - alert: MooringHistoriesUnlooked
              expr: time() - max by (cluster, instance) (mooring_histories_looked_timestamp_seconds) > 10 * 60
              for: 5m
              labels: {severity: ticket}
              annotations:
                summary: "the worker {{ $labels.instance }} has not checked for 10 minutes, or never, which histories of {{ $labels.cluster }} are kept"
                remedy: "mooring check {{ $labels.cluster }}"
            - alert: MooringDiagnosis
              expr: max by (cluster, diagnosis, subject) (max_over_time(mooring_diagnosis{level="critical"}[2m])) > 0
              labels: {severity: page}
              annotations:
                summary: "{{ $labels.cluster }}: {{ $labels.diagnosis }} ({{ $labels.subject }})"
                remedy: "mooring monitor {{ $labels.cluster }}"
            - alert: MooringDiagnosisLasts
              expr: max by (cluster, diagnosis, subject) (mooring_diagnosis{level="warning"}) > 0
              for: 10m
              labels: {severity: ticket}
              annotations:
                summary: "{{ $labels.cluster }}: {{ $labels.diagnosis }} ({{ $labels.subject }}) for 10 minutes"
                remedy: "mooring monitor {{ $labels.cluster }}"
            - alert: MooringWatchLooksNoMore
              expr: time() - max by (cluster, site) (mooring_watch_looked_timestamp_seconds) > 5 * 60
              labels: {severity: page}
              annotations:
                summary: "the members of {{ $labels.cluster }} at {{ $labels.site }} were last observed {{ $value | humanizeDuration }} ago"
                remedy: "mooring monitor {{ $labels.cluster }}"
            - alert: MooringWatchStandsStill
              expr: max by (cluster) (mooring_watch_open) > 0 unless on (cluster) mooring_watch_looked_timestamp_seconds
              for: 5m
              labels: {severity: page}
              annotations:
                summary: "a watch of {{ $labels.cluster }} is open, and no worker has observed a member since its start"
                remedy: "mooring monitor {{ $labels.cluster }}"
            - alert: MooringHookCallsRefused
              expr: >-
                sum by (hook, status) (increase(mooring_hook_calls_total{status=~"[45].."}[15m])) > 0
                or sum by (hook, status) (mooring_hook_calls_total{status=~"[45].."} unless mooring_hook_calls_total{status=~"[45].."} offset 15m) > 0
              labels: {severity: ticket}
              annotations:
                summary: "calls of hook {{ $labels.hook }} are answered with {{ $labels.status }}"
                remedy: "journalctl -u prometheus-alertmanager, or the log of another caller"
            - alert: MooringWorkerGone
              expr: up{job="mooring"} == 0 or absent(up{job="mooring"})
              for: 2m
              labels: {severity: page}
              annotations:
                summary: "the worker {{ $labels.instance }} does not answer"
                remedy: "systemctl status 'mooring-worker@*' on its host"
      """;

  private static final String HEAD =
      """
      # Alert rules of the cluster %s, as docs/operations/alerts.md explains them. Name this file in
      # rule_files of Prometheus; the job that scrapes the workers is named mooring.
      """;

  /** Metrics of a cluster; a hook is of a worker. */
  private static final Pattern METRIC = Pattern.compile("mooring_(?!hook_)[a-z_]+\\{?");

  private static final List<String> OF_CONSUMERS =
      List.of("alert: MooringSiteTooOld\n", "alert: MooringSiteNotProved\n");

  private AlertRules() {}

  /**
   * Those that concern the cluster, of its metrics alone: a site that consumes has two of its own,
   * and no restore point is too old before three intervals of its schedules.
   */
  static String of(Cluster cluster) {
    String rules =
        Arrays.stream(TEXT.split("(?=      - alert: )", -1))
            .filter(
                rule ->
                    !cluster.consumers().isEmpty()
                        || OF_CONSUMERS.stream().noneMatch(rule::contains))
            .collect(Collectors.joining());
    return HEAD.formatted(cluster.name())
        + atLeast(intervals(cluster), limitedTo(cluster.name(), rules));
  }

  private static String limitedTo(ClusterName cluster, String rules) {
    String label = "cluster=\"" + cluster + "\"";
    return METRIC
        .matcher(rules)
        .replaceAll(
            metric ->
                Matcher.quoteReplacement(
                    metric.group().endsWith("{")
                        ? metric.group() + label + ","
                        : metric.group() + "{" + label + "}"));
  }

  private static Duration intervals(Cluster cluster) {
    Duration publish = cluster.policies().publish().every();
    Duration consume = cluster.policies().consume().every().orElse(publish);
    return (publish.compareTo(consume) < 0 ? consume : publish).multipliedBy(3);
  }

  private static String atLeast(Duration least, String rules) {
    String limited = rules;
    for (long minutes : List.of(15L, 60L)) {
      if (least.compareTo(Duration.ofMinutes(minutes)) > 0) {
        limited = limited.replace("> " + minutes + " * 60\n", "> " + least.toSeconds() + "\n");
      }
    }
    return limited;
  }
}
