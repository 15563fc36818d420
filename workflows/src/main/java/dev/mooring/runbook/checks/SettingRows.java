package dev.mooring.runbook.checks;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import java.util.Arrays;
import java.util.List;

/** Whether the settings of a member suffice for the day on which it is the primary. */
public final class SettingRows {
  /** What {@link #isRewindable} asks for. */
  public static final String REWINDABLE = "data checksums or wal_log_hints, and full_page_writes";

  public static final String MAKE_REWINDABLE =
      "pg_checksums --enable on a stopped server, or wal_log_hints = on";

  private static final int SPARE = 1;

  private SettingRows() {}

  /**
   * Whether it has a walsender for each standby, and one to spare.
   *
   * @param standbys the slots of the standbys that stream from it once it is the primary
   */
  public static CheckRow senders(MemberObserved member, List<String> standbys) {
    return room(member, "max_wal_senders", standbys.size() + SPARE);
  }

  /** Whether it has a slot for each standby beside those that are there for others. */
  public static CheckRow slots(MemberObserved member, List<String> standbys) {
    long kept = member.slots().stream().filter(slot -> !standbys.contains(slot.name())).count();
    return room(member, "max_replication_slots", standbys.size() + (int) kept);
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

  /** Whether the one can be rewound once the other was promoted. */
  public static boolean isRewindable(MemberObserved from, MemberObserved to) {
    return isOn(to, "full_page_writes")
        && (isOn(from, "data_checksums") || isOn(from, "wal_log_hints"));
  }

  private static boolean isOn(MemberObserved member, String setting) {
    return member.setting(setting).filter("on"::equals).isPresent();
  }

  /** Whether other members can connect to it. */
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
   * The names of the loopback are no way in for others, unless it is theirs: hosts of one machine.
   */
  private static boolean isReached(String listen, String address) {
    return Arrays.stream(listen.split(","))
        .map(String::strip)
        .anyMatch(at -> at.equals(address) || !at.matches("|localhost|127\\..*|::1"));
  }
}
