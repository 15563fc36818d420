package dev.mooring.runbook.checks;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.members.Links.Link;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;

/** Whether a standby streams, as the member says that sends WAL to it. */
public final class StreamingRows {
  public static final String WALSENDER = "walsender";
  private static final String STREAMS = "streams";
  private static final String NONE = "no member sends WAL to it";
  private static final String READ_LOG =
      "its server log says why; on another timeline, or with WAL that its source holds no more, it"
          + " must be made a standby anew";

  private StreamingRows() {}

  /** One that a member sends to. */
  public static CheckRow of(Cluster cluster, InstanceId standby, Link link) {
    return CheckRow.must(
        link.streams(),
        WALSENDER,
        standby,
        link.streams()
            ? "streams from " + link.from().instance()
            : "not yet: " + link.from().instance() + " says " + link.sender().state(),
        STREAMS,
        "wait, then " + Commands.status(cluster.name()));
  }

  /** One that no member sends to, and that does not answer itself. */
  public static CheckRow none(InstanceId standby) {
    return CheckRow.wrong(WALSENDER, standby, NONE, STREAMS, "start it; " + READ_LOG);
  }

  /** One that no member sends to. */
  public static CheckRow none(MemberObserved standby, MemberObserved primary) {
    return CheckRow.wrong(
        WALSENDER,
        standby.instance(),
        String.format(
            "%s; it is at %s on timeline %s, %s on timeline %s",
            NONE,
            standby.standing().received(),
            standby.standing().timeline(),
            primary.instance(),
            primary.standing().timeline()),
        STREAMS,
        READ_LOG);
  }

  /** One that was not asked whether it streams. */
  public static CheckRow unseen(InstanceId standby, Observed.Unseen<?> unseen) {
    return CheckRow.unseen(WALSENDER, standby, unseen, STREAMS);
  }
}
