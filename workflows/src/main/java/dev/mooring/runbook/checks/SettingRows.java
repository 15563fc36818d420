package dev.mooring.runbook.checks;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import java.util.Arrays;
import java.util.List;

/** Whether the settings of a member suffice if it becomes the primary. */
public final class SettingRows {
  /** What {@link #isRewindable} requires. */
  public static final String REWINDABLE = "data checksums or wal_log_hints, and full_page_writes";

  public static final String MAKE_REWINDABLE =
      "pg_checksums --enable on a stopped server, or wal_log_hints = on";

  private static final int SPARE = 1;

  private SettingRows() {}

  /**
   * Whether the member has a walsender for each standby, and one spare.
   *
   * @param standbys the slots of the standbys that will stream from it
   */
  public static CheckRow senders(MemberObserved member, List<String> standbys) {
    return room(member, "max_wal_senders", standbys.size() + SPARE);
  }

  /** Whether the member has a slot for each standby, beside the slots of other consumers. */
  public static CheckRow slots(MemberObserved member, List<String> standbys) {
    long kept = member.slots().stream().filter(slot -> !standbys.contains(slot.name())).count();
    return room(member, "max_replication_slots", standbys.size() + (int) kept);
  }

  /** Whether clients of the member can write once it is the primary. */
  public static CheckRow writable(MemberObserved member) {
    String set = member.setting("default_transaction_read_only").orElse("off");
    return CheckRow.wanted(
        set.equals("off"),
        "default-transaction-read-only",
        member.instance(),
        set,
        "off",
        "where it is on, transactions of applications are read only unless they ask for another"
            + " mode: ALTER SYSTEM, ALTER ROLE or ALTER DATABASE ... RESET"
            + " default_transaction_read_only, and reload; Mooring's own sessions set it off"
            + " themselves");
  }

  /** Whether the member answers as a standby: one without hot_standby accepts no connection. */
  public static CheckRow readable(MemberObserved member) {
    String set = member.setting("hot_standby").orElse("not read");
    return CheckRow.wanted(
        set.equals("on"),
        "hot-standby",
        member.instance(),
        set,
        "on",
        "set it on, it applies at the next start: as a standby it would accept no connection");
  }

  private static CheckRow room(MemberObserved member, String setting, int needed) {
    String there = member.setting(setting).orElse("0");
    int number = there.matches("[0-9]{1,9}") ? Integer.parseInt(there) : 0;
    return CheckRow.must(
        number >= needed,
        setting.replace('_', '-'),
        member.instance(),
        String.valueOf(number),
        "at least " + needed,
        "raise it and restart " + member.instance());
  }

  /** Whether {@code from} can be rewound after {@code to} was promoted. */
  public static boolean isRewindable(MemberObserved from, MemberObserved to) {
    return isOn(to, "full_page_writes")
        && (isOn(from, "data_checksums") || isOn(from, "wal_log_hints"));
  }

  private static boolean isOn(MemberObserved member, String setting) {
    return member.setting(setting).filter("on"::equals).isPresent();
  }

  /** Whether other members can connect to the member. */
  public static CheckRow listens(MemberObserved member, String address) {
    String listen = member.setting("listen_addresses").orElse("");
    return CheckRow.must(
        isReached(listen, address),
        "listen-addresses",
        member.instance(),
        "'" + listen + "'",
        "reached by the other members",
        "set it and restart " + member.instance());
  }

  /**
   * Others can't connect to a loopback address, unless it is the member's own in the cluster file:
   * all hosts are one machine.
   */
  private static boolean isReached(String listen, String address) {
    return Arrays.stream(listen.split(","))
        .map(String::strip)
        .anyMatch(at -> at.equals(address) || !at.matches("|localhost|127\\..*|::1"));
  }
}
