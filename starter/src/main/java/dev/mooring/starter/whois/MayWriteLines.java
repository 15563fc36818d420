package dev.mooring.starter.whois;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.TakenRight;
import dev.mooring.starter.console.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * The right to write by the authority files of hosts, which bind the next start of a server,
 * whichever instance accepts writes now; and the run that set it last.
 */
final class MayWriteLines {
  private MayWriteLines() {}

  /**
   * A row for each instance whose host was read; none for a cluster that does not stream.
   *
   * @param width how wide a table may be, or {@link Table#UNLIMITED}
   */
  static List<String> of(List<InstanceRole> roles, int width) {
    if (roles.isEmpty()) {
      return List.of();
    }
    Table table = new Table("host of", "may write there", "since epoch", "said by run", "fenced");
    roles.forEach(role -> table.row(row(role)));
    List<String> lines = new ArrayList<>(table.lines(width));
    TakenRight.of(roles).ifPresent(taken -> lines.add(unfinished(taken)));
    return lines;
  }

  private static List<String> row(InstanceRole role) {
    Authority authority = role.authority();
    boolean named = !authority.writer().isEmpty();
    long fenced = role.start().fencedEpoch();
    return List.of(
        role.instance().value(),
        !named
            ? "no instance named yet"
            : authority.writer().equals(Authority.NOBODY) ? "none" : authority.writer(),
        named ? String.valueOf(authority.epoch()) : "",
        authority.run(),
        fenced == 0 ? "" : "epoch " + fenced);
  }

  private static String unfinished(Authority taken) {
    return String.format(
        "no instance may write: run %s took the right away in epoch %d, and no host that was read"
            + " says which instance got it. The run is in progress, or was ended there: `mooring"
            + " follow %s`; if it is over, `mooring adopt` records the present roles",
        taken.run(), taken.epoch(), taken.run());
  }
}
