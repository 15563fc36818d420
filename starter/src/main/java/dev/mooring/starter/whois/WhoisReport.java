package dev.mooring.starter.whois;

import dev.mooring.authority.Epoch;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.status.InstanceFacts;
import dev.mooring.runbook.status.WalPlace;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The instance that may write, by the present reports of hosts and servers. An instance is writable
 * if its server reports that it is not in recovery, and unknown as soon as the observations do not
 * settle it: silence never counts as down.
 */
public final class WhoisReport {
  private final InstancesLook.Seen seen;
  private final List<InstanceFacts> instances;
  private final List<Instance> members;

  /**
   * The report on the observations.
   *
   * @param members the instances that stream, which are never parked
   */
  public WhoisReport(InstancesLook.Seen seen, List<Instance> members) {
    this.seen = seen;
    this.instances = seen.instances();
    this.members = List.copyOf(members);
  }

  /** The use of an instance for a client that wants to write. */
  public enum Role {
    WRITABLE,
    STANDBY,
    /** In recovery, and paused: open for reads, and one resume by hand ends its recovery. */
    PAUSED,
    /** Nothing runs, and it was shut down while in recovery. */
    PARKED,
    /** No server runs, and it was no standby, or one that streams. */
    DOWN,
    UNKNOWN
  }

  private Role roleOf(InstanceFacts facts) {
    if (facts.server() instanceof Observed.Seen<ServerObserved> server) {
      Position position = server.value().position();
      return position.isPaused()
          ? Role.PAUSED
          : position.inRecovery() ? Role.STANDBY : Role.WRITABLE;
    }
    if (facts.host() instanceof Observed.Seen<InstanceObserved> host
        && host.value().process() == ServerProcess.STOPPED) {
      return host.value().control().state() == InstanceState.SHUT_DOWN_IN_RECOVERY
              && !members.contains(facts.instance())
          ? Role.PARKED
          : Role.DOWN;
    }
    return Role.UNKNOWN;
  }

  /**
   * The verdict first, then a row per instance, then the reasons of the unknown ones.
   *
   * @param width how wide a table may be, or {@link Table#UNLIMITED}
   */
  public List<String> lines(int width) {
    List<String> lines = new ArrayList<>(verdicts());
    lines.add("");
    Table table =
        new Table(
            "content",
            "instance",
            "host",
            "role",
            "timeline",
            "WAL end",
            "replayed",
            "read from",
            "epoch",
            "system");
    instances.forEach(one -> table.row(row(one)));
    lines.addAll(table.lines(width));
    List<String> authority = MayWriteLines.of(seen.roles(), width);
    if (!authority.isEmpty()) {
      lines.add("");
      lines.addAll(authority);
    }
    List<String> remarks = new ArrayList<>(endedByGate());
    remarks.addAll(unknown());
    remarks.addAll(unread());
    if (!remarks.isEmpty()) {
      lines.add("");
      lines.addAll(remarks);
    }
    return lines;
  }

  private List<String> endedByGate() {
    List<String> lines = new ArrayList<>();
    for (InstanceFacts one : instances) {
      one.host()
          .seen()
          .map(host -> host.recovery().endedByGate())
          .filter(ended -> !ended.isEmpty())
          .ifPresent(
              ended ->
                  lines.add(
                      "replay of "
                          + one.instance().id()
                          + " was resumed by hand, or it was promoted: its restore gate ended it at"
                          + " "
                          + ended
                          + " before it opened"));
    }
    return lines;
  }

  /**
   * Critical when a content has two writers; a warning when one has none, or some are unknown, or a
   * restore gate had to end one.
   */
  public ExitCode exitCode() {
    boolean doubtful =
        !endedByGate().isEmpty() || instances.stream().anyMatch(one -> roleOf(one) == Role.UNKNOWN);
    ExitCode worst = doubtful ? ExitCode.STATUS_WARNING : ExitCode.DONE;
    for (Collection<String> writers : writers().values()) {
      if (writers.size() != 1) {
        worst = worst.or(writers.isEmpty() ? ExitCode.STATUS_WARNING : ExitCode.STATUS_CRITICAL);
      }
    }
    return worst;
  }

  private List<String> verdicts() {
    List<String> verdicts = new ArrayList<>();
    writers()
        .forEach(
            (content, writers) -> {
              if (writers.isEmpty()) {
                verdicts.add(
                    "content " + content + " has no writable instance among those observed");
              } else if (writers.size() > 1) {
                verdicts.add(
                    "content "
                        + content
                        + " HAS "
                        + writers.size()
                        + " WRITABLE INSTANCES: "
                        + String.join(", ", writers));
              }
            });
    if (verdicts.isEmpty()) {
      String writers =
          writers().values().stream().flatMap(List::stream).collect(Collectors.joining(", "));
      long unknown = instances.stream().filter(one -> roleOf(one) == Role.UNKNOWN).count();
      verdicts.add(
          unknown == 0
              ? "every content has one writable instance: " + writers
              : "one writable instance was observed of every content: "
                  + writers
                  + "; "
                  + unknown
                  + (unknown == 1 ? " instance is unknown" : " instances are unknown"));
    }
    return verdicts;
  }

  private Map<ContentId, List<String>> writers() {
    Map<ContentId, List<String>> writers = new TreeMap<>();
    for (InstanceFacts one : instances) {
      List<String> known =
          writers.computeIfAbsent(one.instance().content(), content -> new ArrayList<>());
      if (roleOf(one) == Role.WRITABLE) {
        known.add(one.instance().id().value());
      }
    }
    return writers;
  }

  private List<String> row(InstanceFacts one) {
    WalPlace place = place(one);
    return List.of(
        one.instance().content().toString(),
        one.instance().id().value(),
        one.instance().host().value(),
        roleOf(one).name().toLowerCase(Locale.ROOT),
        place.timeline(),
        place.walEnd(),
        place.replayed(),
        place.readFrom(),
        one.epoch().equals(Epoch.NONE) ? "" : one.epoch().toString(),
        system(one));
  }

  private WalPlace place(InstanceFacts one) {
    InstanceId id = one.instance().id();
    return WalPlace.of(
        Optional.of(one),
        seen.streaming().stream().filter(member -> member.instance().equals(id)).findFirst(),
        WalHeld.endOf(id, seen.held()));
  }

  private static String system(InstanceFacts one) {
    return one.server()
        .seen()
        .map(server -> server.identity().systemIdentifier())
        .or(() -> one.host().seen().map(host -> host.control().systemIdentifier()))
        .map(SystemIdentifier::toString)
        .orElse("");
  }

  private List<String> unknown() {
    List<String> lines = new ArrayList<>();
    for (InstanceFacts one : instances) {
      if (roleOf(one) == Role.UNKNOWN) {
        lines.add(
            one.instance().id()
                + " is unknown: "
                + one.host().match(seen -> "its host has it " + words(seen), Observed.Unseen::why)
                + "; "
                + one.server().match(seen -> "", Observed.Unseen::why));
      }
    }
    return lines;
  }

  /** Skipped for instances that report their position over SQL. */
  private List<String> unread() {
    return seen.unread().stream()
        .filter(failure -> instances.stream().anyMatch(one -> isSilent(one, failure.instance())))
        .map(
            failure ->
                "pg_wal of " + failure.instance() + " could not be read: " + failure.message())
        .toList();
  }

  private static boolean isSilent(InstanceFacts one, InstanceId id) {
    return one.instance().id().equals(id) && one.server().seen().isEmpty();
  }

  private static String words(InstanceObserved seen) {
    return seen.process().name().toLowerCase(Locale.ROOT) + ", " + seen.control().state();
  }
}
