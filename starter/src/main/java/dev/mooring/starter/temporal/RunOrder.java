package dev.mooring.starter.temporal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunIds;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A run to start, as the request a person could type by hand. The run itself binds the request
 * strictly.
 *
 * @param type its workflow type
 * @param cluster the cluster it is about
 * @param workflowId the id it is started under
 * @param summary one line for the Web UI
 * @param request its input
 */
public record RunOrder(
    String type, ClusterName cluster, String workflowId, String summary, RawRequest request) {

  /**
   * The person who asks, and why.
   *
   * @param mode whether the run only plans
   */
  public record Asked(Mode mode, String by, String reason) {}

  /** A PublishCycle. */
  public static RunOrder publish(ClusterName cluster, Asked asked) {
    return acting(Runbook.PUBLISH_CYCLE, cluster, "publish " + cluster, asked);
  }

  /**
   * A DrConsume.
   *
   * @param target latest, safe-forward or a restore point's name
   */
  public static RunOrder consume(ClusterName cluster, SiteName site, String target, Asked asked) {
    return acting(
            Runbook.DR_CONSUME,
            cluster,
            RunIds.consume(cluster, site),
            "moor " + cluster + " at " + site + ", target " + target,
            asked)
        .put("site", site.value())
        .put("target", target);
  }

  /**
   * A Switchover.
   *
   * @param to the standby that is to become the primary
   */
  public static RunOrder switchover(ClusterName cluster, String to, Asked asked) {
    String summary = "move the primary of " + cluster + " to " + to;
    return acting(Runbook.SWITCHOVER, cluster, summary, asked).put("to", to);
  }

  /**
   * A Failover.
   *
   * @param when the condition it waits for, or empty for at once
   */
  public static RunOrder failover(ClusterName cluster, String when, Asked asked) {
    return acting(
            Runbook.FAILOVER,
            cluster,
            when.isEmpty() ? Runbook.FAILOVER.id(cluster) : RunIds.failoverWatch(cluster),
            "promote a standby of " + cluster + " in the place of its primary",
            asked)
        .with("when", when);
  }

  /**
   * A Failback.
   *
   * @param to the new place of the primary: an instance, or a site
   */
  public static RunOrder failback(ClusterName cluster, String to, Asked asked) {
    String summary = "bring the primary of " + cluster + " back to " + to;
    return acting(Runbook.FAILBACK, cluster, summary, asked).put("to", to);
  }

  /**
   * A ReplicationSetup that acts.
   *
   * @param act setup, remove or adopt
   */
  public static RunOrder replicate(ClusterName cluster, String act, Asked asked) {
    String summary = act + " of replication of " + cluster;
    return acting(Runbook.REPLICATION_SETUP, cluster, summary, asked).put("act", act);
  }

  /**
   * A run of a runbook that needs only this and what {@link #with} adds.
   *
   * @param summary what it is to do, one line for the Web UI
   */
  public static RunOrder acting(Runbook runbook, ClusterName cluster, String summary, Asked asked) {
    return acting(runbook, cluster, runbook.id(cluster), summary, asked);
  }

  /**
   * A ReplicationWatch.
   *
   * @param paused whether its automatic acts are paused from its first moment
   * @param until when that pause ends automatically, or empty
   */
  public static RunOrder watch(
      ClusterName cluster, String by, String reason, boolean paused, String until) {
    ObjectNode request = about(cluster).put("by", by);
    if (paused) {
      request.put("paused", true);
    }
    return new RunOrder(
            "ReplicationWatch",
            cluster,
            RunIds.watch(cluster),
            "watch " + cluster + ", asked by " + by,
            new RawRequest(request))
        .with("reason", reason)
        .with("until", until);
  }

  /**
   * A ClusterStatus: no caller gets an earlier answer of another.
   *
   * @param receipts how many of the last receipts are listed
   * @param documents of how many of these the whole text is wanted
   * @param by who asks
   */
  public static RunOrder status(ClusterName cluster, int receipts, int documents, String by) {
    return looking(
        "ClusterStatus",
        cluster,
        RunIds.status(cluster),
        "status of " + cluster + ", asked by " + by,
        about(cluster).put("receipts", receipts).put("documents", documents));
  }

  /** A ClusterCheck. */
  public static RunOrder check(ClusterName cluster, String by) {
    return looking(
        "ClusterCheck",
        cluster,
        RunIds.check(cluster),
        "check of " + cluster + ", asked by " + by,
        about(cluster));
  }

  /** A ClusterCheck that rehearses the fences. */
  public static RunOrder rehearse(ClusterName cluster, String by) {
    return looking(
        "ClusterCheck",
        cluster,
        RunIds.check(cluster),
        "whether the fences of " + cluster + " hold, asked by " + by,
        about(cluster).put("fences", "rehearse"));
  }

  /** A ReplicationSetup that only looks. */
  public static RunOrder verifyReplication(ClusterName cluster, String by) {
    return looking(
        Runbook.REPLICATION_SETUP.type(),
        cluster,
        Runbook.REPLICATION_SETUP.id(cluster) + ":verify",
        "how the standbys of " + cluster + " stream, asked by " + by,
        about(cluster).put("act", "verify").put("by", by));
  }

  /** The same with one more field of its request; one that is empty was not given. */
  public RunOrder with(String field, String value) {
    return value.isEmpty() ? this : put(field, value);
  }

  private RunOrder put(String field, String value) {
    ObjectNode more = request.json().deepCopy();
    return new RunOrder(type, cluster, workflowId, summary, new RawRequest(more.put(field, value)));
  }

  /**
   * The person who asks, and why, as far as it was said: what the run's memo shows beside its name.
   */
  Map<String, Object> memo() {
    Map<String, Object> memo = new TreeMap<>();
    for (String field : List.of("by", "reason")) {
      if (request.json().hasNonNull(field)) {
        memo.put(field, request.json().get(field).asText());
      }
    }
    return memo;
  }

  private static ObjectNode about(ClusterName cluster) {
    return JsonNodeFactory.instance.objectNode().put("cluster", cluster.value());
  }

  /** Under an id of its own, so that any number may look at once. */
  private static RunOrder looking(
      String type, ClusterName cluster, String id, String summary, ObjectNode request) {
    return new RunOrder(
        type, cluster, id + ":" + UUID.randomUUID(), summary, new RawRequest(request));
  }

  /** A plan has an id of its own: it may go on beside a run that acts. */
  private static RunOrder acting(
      Runbook runbook, ClusterName cluster, String id, String summary, Asked asked) {
    boolean plans = asked.mode() == Mode.PLAN;
    String why = asked.reason().isEmpty() ? "" : ": " + asked.reason();
    ObjectNode request =
        about(cluster)
            .put("mode", asked.mode().name().toLowerCase(Locale.ROOT))
            .put("by", asked.by());
    return new RunOrder(
            runbook.type(),
            cluster,
            plans ? id + ":plan" : id,
            (plans ? "plan: " : "") + summary + ", by " + asked.by() + why,
            new RawRequest(request))
        .with("reason", asked.reason());
  }
}
