package dev.mooring.activities.role;

import dev.mooring.activities.host.Said;
import dev.mooring.port.CommitsWait;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.PatroniHooks.RoleReported;
import dev.mooring.port.PatroniWatchdog;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.DiskUsed;
import dev.mooring.port.RoleActivities.Followed;
import dev.mooring.port.RoleActivities.FollowedBefore;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.NextStart;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.Relaxed;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns the scripts' output about an instance's role into the port's answers. */
final class RoleReading {
  private static final int HEX_DIGITS = 8;
  private static final Pattern REPORTED =
      Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z) (\\w+) (\\S+) \\S+ ([1-9]\\d{0,9})");

  /** Of df, with its Use% first. */
  private static final Pattern DISK = Pattern.compile("(\\d{1,3})% +(/.*)");

  private RoleReading() {}

  static InstanceRole role(Instance instance, Said said) {
    return new InstanceRole(
        instance.id(),
        said.one("process", ServerProcess.class),
        ControlData.parse(said.text("control")),
        new NextStart(
            said.optional("standby_signal").isPresent(),
            said.optional("recovery_signal").isPresent(),
            said.number("fenced"),
            said.optional("guarded").isPresent(),
            said.optional("waits_for").map(names -> waits(names, said)).stream().toList()),
        new Authority(
            said.text("writer").strip(),
            said.number("writer_epoch"),
            said.text("writer_run").strip(),
            said.optional("new_boot").map(String::strip).orElse(""),
            said.optional("relaxed").stream()
                .flatMap(String::lines)
                .filter(line -> !line.isBlank())
                .map(RoleReading::relaxed)
                .toList()),
        new FollowedBefore(
            said.optional("followed").map(RoleReading::followed).stream().toList(),
            said.optional("history").map(String::strip).map(TimelineId::ofHex).stream().toList()),
        said.optional("hooks").stream().map(there -> hooks(said)).toList());
  }

  /** None if one of them can't be read; each file system once. */
  static List<DiskUsed> disks(Instance instance, Said said) {
    List<Matcher> rows =
        said.optional("disks").stream()
            .flatMap(String::lines)
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .skip(1)
            .distinct()
            .map(DISK::matcher)
            .toList();
    return rows.stream().allMatch(Matcher::matches)
        ? rows.stream()
            .map(row -> new DiskUsed(instance.id(), row.group(2), Integer.parseInt(row.group(1))))
            .toList()
        : List.of();
  }

  private static Followed followed(String line) {
    String[] words = line.strip().split(" ", -1);
    return new Followed(new InstanceId(words[0]), Long.parseLong(words[1]));
  }

  private static Relaxed relaxed(String line) {
    String[] words = line.strip().split(" ", -1);
    return new Relaxed(
        new InstanceId(words[0]),
        new TimelineId(Long.parseLong(words[1])),
        Long.parseLong(words[2]));
  }

  private static PatroniHooks hooks(Said said) {
    return new PatroniHooks(
        said.optional("hook_installed").isPresent(),
        said.text("hook_configuration").strip(),
        said.words("hook_calling"),
        said.text("hook_last").lines().flatMap(line -> reported(line).stream()).toList(),
        said.optional("watchdog_mode").map(mode -> watchdog(mode, said)).stream().toList());
  }

  private static PatroniWatchdog watchdog(String mode, Said said) {
    return new PatroniWatchdog(
        PatroniWatchdog.Mode.of(mode.strip()),
        said.text("watchdog_device").strip(),
        said.one("watchdog_seen", PatroniWatchdog.Device.class));
  }

  /** A line that is not whole, such as one that is just being written, counts as none. */
  private static Optional<RoleReported> reported(String line) {
    Matcher words = REPORTED.matcher(line);
    return words.matches()
        ? Optional.of(
            new RoleReported(
                Instant.parse(words.group(1)),
                words.group(2),
                words.group(3),
                new TimelineId(Long.parseLong(words.group(4)))))
        : Optional.empty();
  }

  private static CommitsWait waits(String names, Said said) {
    Map<String, String> recorded =
        said.optional("waits_recorded").map(RoleReading::lines).orElse(Map.of());
    return new CommitsWait(
        names.strip(),
        said.text("waits_until").strip(),
        Long.parseLong(recorded.getOrDefault("epoch", "0")),
        recorded.getOrDefault("names", ""));
  }

  /** Lines of names and values, with = between; others are left out. */
  static Map<String, String> lines(String record) {
    return record
        .lines()
        .filter(line -> line.contains("="))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf('=')),
                line -> line.substring(line.indexOf('=') + 1),
                (first, again) -> first));
  }

  static HandedOver handedOver(Instance instance, Said said) {
    ControlData control = ControlData.parse(said.text("control"));
    return new HandedOver(
        instance.id(),
        control.systemIdentifier(),
        control.checkpoint().timeline(),
        control.checkpoint().location());
  }

  /**
   * The timeline a promotion began.
   *
   * @param before the old primary's timeline, which it must have left
   */
  static TakenOver takenOver(Instance instance, TimelineId before, Said said) {
    TimelineId timeline =
        TimelineId.ofHex(said.text("timeline").strip().replaceFirst("\\.history$", ""));
    TimelineHistory history = TimelineHistory.parse(timeline, said.text("history"));
    if (!history.isAncestor(before)) {
      throw new IllegalArgumentException(
          "timeline " + timeline + " never left timeline " + before + ": " + history.entries());
    }
    return new TakenOver(instance.id(), timeline, history.switchPointOf(before));
  }

  /** The result of a promotion that was barred; before is the old primary's timeline. */
  static PromotionBarred barred(Instance instance, TimelineId before, Said said) {
    return new PromotionBarred(
        instance.id(),
        said.yes("promoted") ? List.of(takenOver(instance, before, said)) : List.of());
  }

  /** A position as pg_waldump prints it: the second number with all its digits. */
  static String padded(Lsn lsn) {
    String text = lsn.toString();
    int slash = text.indexOf('/') + 1;
    String low = text.substring(slash);
    return text.substring(0, slash) + "0".repeat(HEX_DIGITS - low.length()) + low;
  }
}
