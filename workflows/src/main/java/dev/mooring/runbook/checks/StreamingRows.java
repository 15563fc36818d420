package dev.mooring.runbook.checks;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.members.Links.Link;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import java.util.List;
import java.util.Optional;

/**
 * Whether a standby streams, as the member says that sends WAL to it, and what to do about one that
 * does not. It is to be made anew only if it can't follow by itself.
 */
public final class StreamingRows {
  public static final String WALSENDER = "walsender";

  /** The id of the row of a standby's replay delay. */
  public static final String DELAY = "recovery-min-apply-delay";

  /** About a slot that lost WAL and is of no member; then how it is dropped. */
  public static final String LOST_BY_ANOTHER =
      "what reads it gets that WAL from an archive, or must be made anew; if nothing is to read it,"
          + " ";

  private static final String STREAMS = "streams";
  private static final String NONE = "no member sends WAL to it";

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
  public static CheckRow none(Cluster cluster, InstanceId standby) {
    return CheckRow.wrong(
        WALSENDER, standby, NONE, STREAMS, "start it; " + readLog(cluster, standby));
  }

  /** One that no member sends to; a warning if it will stream by itself. */
  public static CheckRow none(Cluster cluster, MemberObserved standby, MemberObserved primary) {
    InstanceId id = standby.instance();
    TimelineId timeline = standby.standing().timeline();
    String at =
        String.format(
            "%s; it is at %s on timeline %s, %s on timeline %s",
            NONE,
            standby.standing().received(),
            timeline,
            primary.instance(),
            primary.standing().timeline());
    if (standby.replaysFirst()) {
      String late = "; it applies WAL " + standby.applyDelay().orElseThrow() + " late";
      return CheckRow.warning(WALSENDER, id, at + late, STREAMS, leave(id));
    }
    boolean beyond = timeline.value() > primary.standing().timeline().value();
    return CheckRow.wrong(
        WALSENDER,
        id,
        at,
        STREAMS,
        beyond
            ? String.format(
                "%s has not its timeline, so it can't follow as it is: %s",
                primary.instance(), Commands.resilver(cluster.name(), id))
            : readLog(cluster, id));
  }

  /** About a standby that does not stream, for a cause that only its log shows. */
  public static String readLog(Cluster cluster, InstanceId standby) {
    return String.format(
        "its server log says why; `mooring plan resilver %s --instances %s` shows whether it can"
            + " follow as it is, or must be made anew",
        cluster.name(), standby);
  }

  /** About one that {@link MemberObserved#replaysFirst}, and about its slot. */
  public static String leave(InstanceId standby) {
    return String.format(
        "No action needed: %s applies WAL late (recovery_min_apply_delay), and streams again by"
            + " itself once it has replayed what it has; after that delay its server log says why"
            + " it does not",
        standby);
  }

  /** About the slot of any other member that does not use it now. */
  public static String keepSlot(InstanceId standby) {
    return "keep the slot: " + standby + " streams by it once it is connected again";
  }

  /**
   * Whether a standby may be to stream from that member: from any if no primary is known, or by a
   * tag of Patroni's.
   */
  public static boolean maySend(
      Cluster cluster, List<Instance> writers, InstanceId holder, Instance standby) {
    return writers.isEmpty()
        || DrivenFromOutside.is(cluster)
        || writers.stream()
            .flatMap(writer -> Upstreams.of(cluster, writer).of(standby).stream())
            .anyMatch(upstream -> upstream.id().equals(holder));
  }

  /**
   * About the slot that lost WAL of a standby that does not stream. The archive may bring that WAL,
   * and then the standby streams by the slot again.
   *
   * @param seen the standby, if it was read
   */
  public static String lostSlot(
      ClusterName cluster, InstanceId standby, Optional<MemberObserved> seen) {
    boolean alone =
        seen.flatMap(one -> one.setting("restore_command")).filter(String::isEmpty).isPresent();
    return (alone
            ? standby + " has no restore_command, so nothing brings that WAL: "
            : String.format(
                "%s may get that WAL from the archive by its restore_command: leave it and its slot"
                    + " while %s shows it advance; else ",
                standby, Commands.status(cluster)))
        + Commands.resilver(cluster, standby);
  }

  /** For a plan: that it applies WAL late; nothing of one that does not. */
  public static List<CheckRow> late(MemberObserved standby) {
    return standby
        .applyDelay()
        .map(
            delay ->
                CheckRow.warning(
                    DELAY,
                    standby.instance(),
                    delay,
                    "0, unless it is late on purpose",
                    "it is no failure: it has all WAL, and streams from its upstream once it has"
                        + " replayed what it has, after that delay at the latest"))
        .stream()
        .toList();
  }

  /** The same for the lines that a digest covers. */
  public static String lateInWords(MemberObserved standby) {
    return standby
        .applyDelay()
        .map(
            delay -> "; applies WAL " + delay + " late, not waited for while it has some to replay")
        .orElse("");
  }

  /** One that was not asked whether it streams. */
  public static CheckRow unseen(InstanceId standby, Observed.Unseen<?> unseen) {
    return CheckRow.unseen(WALSENDER, standby, unseen, STREAMS);
  }
}
