package dev.mooring.starter;

import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Message;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.port.NoticeActivities.SendingRun;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.watch.DiagnosisKind;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy.Severity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One notice in the form of each that runs and watches send. To a receiver each is a {@link
 * Event#TEST}; its first words say so to a person. What a real one names is in capitals.
 */
final class TestNotices {
  private final ClusterName cluster;
  private final String by;
  private final String at = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  private final Map<Event, Notice> all = new EnumMap<>(Event.class);

  private TestNotices(ClusterName cluster, String by) {
    this.cluster = cluster;
    this.by = by;
  }

  /** Those of that cluster, under the events that they show. */
  static Map<Event, Notice> of(ClusterName cluster, String by) {
    TestNotices notices = new TestNotices(cluster, by);
    notices.addThoseOfRuns();
    notices.addThoseOfWatches();
    return notices.all;
  }

  /** The event as notices in JSON name it. */
  static String word(Event event) {
    return event.name().toLowerCase(Locale.ROOT);
  }

  private void addThoseOfRuns() {
    String failover = Runbook.FAILOVER.type();
    String run = "mooring:" + cluster + ":no-such-run";
    String[] seen = {
      "verdict on PRIMARY: WHY",
      "candidate 1: STANDBY; lost with it: HOW MUCH",
      "silent since: TIME"
    };
    add(
        Event.WAITS,
        Severity.CRITICAL,
        failover + " waits for an approval by another person than " + by,
        "mooring approve " + run + " --digest DIGEST --reason WHY",
        seen);
    add(Event.HOLDS, Severity.CRITICAL, "STEP can't go on: WHY", Commands.follow(run), seen);
    add(
        Event.ENDED,
        Severity.ERROR,
        failover + " ended " + Outcome.FAILED.failureType() + ": WHY",
        Commands.report(run),
        seen);
  }

  private void addThoseOfWatches() {
    DiagnosisKind silent = DiagnosisKind.HOST_SILENT;
    add(
        Event.OPENED,
        Severity.WARNING,
        silent.id() + ": HOST does not answer",
        Commands.status(cluster),
        "since TIME",
        "see docs/" + silent.page());
    add(
        Event.OVER,
        Severity.INFO,
        silent.id() + " of HOST is over",
        Commands.monitor(cluster),
        "it began at TIME");
  }

  private void add(Event event, Severity severity, String headline, String next, String... lines) {
    String typed =
        String.format("%s typed `mooring notify test %s`: no action needed", by, cluster);
    String key =
        String.format("mooring-notice:%s:test:%s:%s", cluster, word(event), UUID.randomUUID());
    all.put(
        event,
        new Notice(
            key,
            cluster,
            Event.TEST,
            severity,
            new SendingRun("Notice", key, "", ""),
            new Message(
                String.format("TEST (%s), nothing is wrong: %s", word(event), headline),
                Stream.concat(Stream.of(typed), Stream.of(lines)).toList(),
                next),
            at));
  }
}
