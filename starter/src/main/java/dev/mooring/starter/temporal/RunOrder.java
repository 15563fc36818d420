package dev.mooring.starter.temporal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.check.ClusterCheckWorkflow;
import dev.mooring.runbook.consume.DrConsumeWorkflow;
import dev.mooring.runbook.failback.FailbackWorkflow;
import dev.mooring.runbook.failover.FailoverWorkflow;
import dev.mooring.runbook.publish.PublishCycleWorkflow;
import dev.mooring.runbook.replication.ReplicationSetupWorkflow;
import dev.mooring.runbook.resilver.ResilverWorkflow;
import dev.mooring.runbook.startprimary.StartPrimaryWorkflow;
import dev.mooring.runbook.status.ClusterStatusWorkflow;
import dev.mooring.runbook.switchover.SwitchoverWorkflow;
import dev.mooring.runbook.watch.ReplicationWatchWorkflow;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A run that is to be started, as the request a person could type by hand. What stands in it is
 * bound strictly by the run itself.
 *
 * @param workflow the workflow interface
 * @param cluster the cluster it is about
 * @param workflowId the id it is started under
 * @param summary one line for the Web UI
 * @param request its input
 */
public record RunOrder(
    Class<?> workflow, ClusterName cluster, String workflowId, String summary, RawRequest request) {

  /**
   * Who asks, and why.
   *
   * @param mode whether the run only says what it would do
   */
  public record Asked(Mode mode, String by, String reason) {}

  /**
   * A PublishCycle.
   *
   * @param switchWal policy or off
   */
  public static RunOrder publish(ClusterName cluster, String switchWal, Asked asked) {
    ObjectNode request = request(cluster, asked).put("switchWal", switchWal);
    return order(
            PublishCycleWorkflow.class,
            cluster,
            Runbook.PUBLISH_CYCLE.id(cluster),
            "publish " + cluster,
            request)
        .askedBy(asked);
  }

  /**
   * What a site is moored at.
   *
   * @param target latest, safe-forward or a restore point's name
   * @param overrides torn, where the point that target names is consumed though it is; or empty
   * @param systemIdentifierEnds the digits that show which cluster is meant, or empty
   */
  public record Aim(String target, String overrides, String systemIdentifierEnds) {}

  /** A DrConsume. */
  public static RunOrder consume(ClusterName cluster, SiteName site, Aim aim, Asked asked) {
    ObjectNode request =
        request(cluster, asked).put("site", site.value()).put("target", aim.target());
    unlessEmpty(request, "overrides", aim.overrides());
    return order(
            DrConsumeWorkflow.class,
            cluster,
            RunIds.consume(cluster, site),
            "moor " + cluster + " at " + site + ", target " + aim.target(),
            ofSystem(request, aim.systemIdentifierEnds()))
        .askedBy(asked);
  }

  /**
   * Where the primary is to be.
   *
   * @param to the standby that is to become the primary
   * @param digest of a plan that was looked at, or empty
   * @param overrides rules that are broken by their names, with commas between; or empty
   * @param detach standbys that are taken off before the stop, with commas between; or empty
   * @param systemIdentifierEnds the digits that show which cluster is meant, or empty
   */
  public record MoveTo(
      String to, String digest, String overrides, String detach, String systemIdentifierEnds) {}

  private static ObjectNode moving(ClusterName cluster, MoveTo move, Asked asked) {
    ObjectNode request = request(cluster, asked).put("to", move.to());
    unlessEmpty(request, "digest", move.digest());
    unlessEmpty(request, "overrides", move.overrides());
    unlessEmpty(request, "detach", move.detach());
    return ofSystem(request, move.systemIdentifierEnds());
  }

  private static void unlessEmpty(ObjectNode request, String field, String value) {
    if (!value.isEmpty()) {
      request.put(field, value);
    }
  }

  private static ObjectNode ofSystem(ObjectNode request, String ends) {
    return ends.isEmpty() ? request : request.put("systemIdentifierEnds", ends);
  }

  /** A Switchover. */
  public static RunOrder switchover(ClusterName cluster, MoveTo move, Asked asked) {
    return order(
            SwitchoverWorkflow.class,
            cluster,
            Runbook.SWITCHOVER.id(cluster),
            "move the primary of " + cluster + " to " + move.to(),
            moving(cluster, move, asked))
        .askedBy(asked);
  }

  /**
   * Who takes the place of a primary that is gone.
   *
   * @param to the standby that is to become the primary, or empty for the best
   * @param from the primary that is gone, or empty where it is known
   * @param when it is done where not at once, or empty
   * @param digest of a plan that was looked at, or empty
   * @param overrides rules that are broken by their names, with commas between; or empty
   * @param lost how it is known that the primary can never write again, or empty
   * @param systemIdentifierEnds the digits that show which cluster is meant, or empty
   */
  public record InPlaceOf(
      String to,
      String from,
      String when,
      String digest,
      String overrides,
      String lost,
      String systemIdentifierEnds) {}

  /** A Failover. */
  public static RunOrder failover(ClusterName cluster, InPlaceOf move, Asked asked) {
    ObjectNode request = request(cluster, asked);
    unlessEmpty(request, "to", move.to());
    unlessEmpty(request, "from", move.from());
    unlessEmpty(request, "when", move.when());
    unlessEmpty(request, "digest", move.digest());
    unlessEmpty(request, "overrides", move.overrides());
    unlessEmpty(request, "lost", move.lost());
    return order(
            FailoverWorkflow.class,
            cluster,
            move.when().isEmpty() ? Runbook.FAILOVER.id(cluster) : RunIds.failoverWatch(cluster),
            "promote a standby of " + cluster + " in the place of its primary",
            ofSystem(request, move.systemIdentifierEnds()))
        .askedBy(asked);
  }

  /**
   * Which primary is started.
   *
   * @param instance which member, or empty where it is to be found
   * @param digest of a plan that was looked at, or empty
   * @param overrides rules that are broken by their names, with commas between; or empty
   * @param systemIdentifierEnds the digits that show which cluster is meant, or empty
   */
  public record StartOf(
      String instance, String digest, String overrides, String systemIdentifierEnds) {}

  /** A StartPrimary. */
  public static RunOrder startPrimary(ClusterName cluster, StartOf start, Asked asked) {
    ObjectNode request = request(cluster, asked);
    unlessEmpty(request, "instance", start.instance());
    unlessEmpty(request, "digest", start.digest());
    unlessEmpty(request, "overrides", start.overrides());
    return order(
            StartPrimaryWorkflow.class,
            cluster,
            Runbook.START_PRIMARY.id(cluster),
            "start the stopped primary of " + cluster,
            ofSystem(request, start.systemIdentifierEnds()))
        .askedBy(asked);
  }

  /**
   * A Failback.
   *
   * @param move where the primary is to be again: an instance, or a site
   * @param catchUpWithin how long the healed may take to catch up, as ISO 8601 says it; or empty
   */
  public static RunOrder failback(
      ClusterName cluster, MoveTo move, String catchUpWithin, Asked asked) {
    ObjectNode request = moving(cluster, move, asked);
    if (!catchUpWithin.isEmpty()) {
      request.put("catchUpWithin", catchUpWithin);
    }
    return order(
            FailbackWorkflow.class,
            cluster,
            Runbook.FAILBACK.id(cluster),
            "bring the primary of " + cluster + " back to " + move.to(),
            request)
        .askedBy(asked);
  }

  /**
   * What is to be healed.
   *
   * @param instances which ones; none for all that do not stream
   * @param digest of a plan that was looked at, or empty
   * @param overrides rules that are broken by their names, with commas between; or empty
   * @param systemIdentifierEnds the digits that show which cluster is meant, or empty
   */
  public record Heal(
      List<String> instances, String digest, String overrides, String systemIdentifierEnds) {
    public Heal {
      instances = List.copyOf(instances);
    }
  }

  /** A Resilver. */
  public static RunOrder resilver(ClusterName cluster, Heal heal, Asked asked) {
    ObjectNode request = request(cluster, asked);
    if (!heal.instances().isEmpty()) {
      request.put("instances", String.join(",", heal.instances()));
    }
    if (!heal.digest().isEmpty()) {
      request.put("digest", heal.digest());
    }
    if (!heal.overrides().isEmpty()) {
      request.put("overrides", heal.overrides());
    }
    return order(
            ResilverWorkflow.class,
            cluster,
            Runbook.RESILVER.id(cluster),
            "resilver " + cluster,
            ofSystem(request, heal.systemIdentifierEnds()))
        .askedBy(asked);
  }

  /**
   * A ReplicationWatch.
   *
   * @param paused whether what acts alone is paused from its first moment
   * @param until when that ends by itself, or empty
   */
  public static RunOrder watch(
      ClusterName cluster, String by, String reason, boolean paused, String until) {
    ObjectNode request =
        JsonNodeFactory.instance.objectNode().put("cluster", cluster.value()).put("by", by);
    unlessEmpty(request, "reason", reason);
    if (paused) {
      request.put("paused", true);
    }
    unlessEmpty(request, "until", until);
    return order(
        ReplicationWatchWorkflow.class,
        cluster,
        RunIds.watch(cluster),
        "watch " + cluster + ", asked by " + by,
        request);
  }

  /**
   * A ClusterStatus, under an id of its own: nobody is told what somebody else saw earlier.
   *
   * @param receipts how many of the last receipts are listed
   * @param documents of how many of these the whole text is wanted
   * @param by who asks
   */
  public static RunOrder status(ClusterName cluster, int receipts, int documents, String by) {
    ObjectNode request =
        JsonNodeFactory.instance
            .objectNode()
            .put("cluster", cluster.value())
            .put("receipts", receipts)
            .put("documents", documents);
    return order(
        ClusterStatusWorkflow.class,
        cluster,
        RunIds.status(cluster) + ":" + UUID.randomUUID(),
        "where " + cluster + " stands, asked by " + by,
        request);
  }

  /** A ClusterCheck, under an id of its own. */
  public static RunOrder check(ClusterName cluster, String by) {
    return order(
        ClusterCheckWorkflow.class,
        cluster,
        RunIds.check(cluster) + ":" + UUID.randomUUID(),
        "what " + cluster + " has for its runbooks, asked by " + by,
        JsonNodeFactory.instance.objectNode().put("cluster", cluster.value()));
  }

  /** A ClusterCheck that rehearses the fences, under an id of its own. */
  public static RunOrder rehearse(ClusterName cluster, String by) {
    return order(
        ClusterCheckWorkflow.class,
        cluster,
        RunIds.check(cluster) + ":" + UUID.randomUUID(),
        "whether the fences of " + cluster + " hold, asked by " + by,
        JsonNodeFactory.instance
            .objectNode()
            .put("cluster", cluster.value())
            .put("fences", "rehearse"));
  }

  /** A ReplicationSetup that only looks, under an id of its own. */
  public static RunOrder verifyReplication(ClusterName cluster, String by) {
    return order(
        ReplicationSetupWorkflow.class,
        cluster,
        Runbook.REPLICATION_SETUP.id(cluster) + ":verify:" + UUID.randomUUID(),
        "how the standbys of " + cluster + " stream, asked by " + by,
        JsonNodeFactory.instance
            .objectNode()
            .put("cluster", cluster.value())
            .put("act", "verify")
            .put("by", by));
  }

  /**
   * What is done about replication.
   *
   * @param act setup or remove
   * @param instances the standbys, with commas between; empty for all
   * @param digest of a plan that was looked at, or empty
   * @param overrides rules that are broken by their names, with commas between; or empty
   */
  public record Replicating(String act, String instances, String digest, String overrides) {}

  /** A ReplicationSetup that acts. */
  public static RunOrder replicate(ClusterName cluster, Replicating what, Asked asked) {
    ObjectNode request = request(cluster, asked).put("act", what.act());
    if (!what.instances().isEmpty()) {
      request.put("instances", what.instances());
    }
    if (!what.digest().isEmpty()) {
      request.put("digest", what.digest());
    }
    if (!what.overrides().isEmpty()) {
      request.put("overrides", what.overrides());
    }
    return order(
            ReplicationSetupWorkflow.class,
            cluster,
            Runbook.REPLICATION_SETUP.id(cluster),
            what.act() + " of replication of " + cluster,
            request)
        .askedBy(asked);
  }

  /** Who asks and why, as far as it was said: what the run's memo shows beside its name. */
  Map<String, Object> memo() {
    Map<String, Object> memo = new TreeMap<>();
    for (String field : List.of("by", "reason")) {
      if (request.json().hasNonNull(field)) {
        memo.put(field, request.json().get(field).asText());
      }
    }
    return memo;
  }

  private static ObjectNode request(ClusterName cluster, Asked asked) {
    ObjectNode request = JsonNodeFactory.instance.objectNode().put("cluster", cluster.value());
    request.put("mode", asked.mode().name().toLowerCase(Locale.ROOT));
    request.put("by", asked.by());
    if (!asked.reason().isEmpty()) {
      request.put("reason", asked.reason());
    }
    return request;
  }

  private static RunOrder order(
      Class<?> workflow, ClusterName cluster, String id, String summary, ObjectNode request) {
    return new RunOrder(workflow, cluster, id, summary, new RawRequest(request));
  }

  /** Looking only needs no id of its own kind: it may go on beside a run that acts. */
  private RunOrder askedBy(Asked asked) {
    String told = asked.reason().isEmpty() ? "" : ": " + asked.reason();
    return switch (asked.mode()) {
      case EXECUTE ->
          new RunOrder(
              workflow, cluster, workflowId, summary + ", by " + asked.by() + told, request);
      case PLAN ->
          new RunOrder(
              workflow,
              cluster,
              workflowId + ":plan",
              "plan: " + summary + ", by " + asked.by() + told,
              request);
    };
  }
}
