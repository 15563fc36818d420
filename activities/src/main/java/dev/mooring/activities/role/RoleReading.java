package dev.mooring.activities.role;

import dev.mooring.activities.host.Said;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.NextStart;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Instance;
import java.util.Arrays;
import java.util.List;

/** Turns what the scripts said of an instance's role into what the port answers. */
final class RoleReading {
  private static final List<String> PROCESSES =
      Arrays.stream(ServerProcess.values()).map(Enum::name).toList();
  private static final int HEX_DIGITS = 8;

  private RoleReading() {}

  static InstanceRole role(Instance instance, Said said) {
    return new InstanceRole(
        instance.id(),
        ServerProcess.valueOf(said.word("process", PROCESSES)),
        ControlData.parse(said.text("control")),
        new NextStart(
            said.optional("standby_signal").isPresent(),
            said.optional("recovery_signal").isPresent(),
            said.number("fenced"),
            said.optional("guarded").isPresent()),
        new Authority(
            said.text("writer").strip(),
            said.number("writer_epoch"),
            said.text("writer_run").strip()));
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

  /** A position as pg_waldump prints it: the second number with all its digits. */
  static String padded(Lsn lsn) {
    String text = lsn.toString();
    int slash = text.indexOf('/') + 1;
    String low = text.substring(slash);
    return text.substring(0, slash) + "0".repeat(HEX_DIGITS - low.length()) + low;
  }
}
