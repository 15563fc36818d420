package dev.mooring.runbook;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.StandbyLimits;
import java.util.List;

/** The settings that a standby must have at least as high as its primary. */
public final class ReplayLimits {
  private ReplayLimits() {}

  /**
   * The remedy for a paused replay. If a setting is lower the server paused replay itself, and
   * resuming it would shut the server down.
   *
   * @param here the standby
   * @param paused the remedy if a person paused it
   * @return one sentence without a full stop
   */
  public static String mend(MemberObserved here, MemberObserved primary, String paused) {
    List<String> lower = of(here).shortOf(of(primary));
    return lower.isEmpty()
        ? paused
        : "do not resume it, that would shut it down: raise what it has lower than "
            + primary.instance()
            + " and restart it ("
            + String.join("; ", lower)
            + ")";
  }

  /** What it runs with. */
  public static StandbyLimits of(MemberObserved member) {
    return StandbyLimits.of(setting -> number(member, setting));
  }

  /** 0 for both servers in histories of releases that did not read it. */
  private static int number(MemberObserved member, String setting) {
    return Integer.parseInt(member.setting(setting).orElse("0"));
  }
}
