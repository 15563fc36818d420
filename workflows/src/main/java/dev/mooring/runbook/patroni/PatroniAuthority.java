package dev.mooring.runbook.patroni;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.Adopt;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.Optional;

/**
 * The authority files during a move that Patroni makes: before Patroni is asked, the host of the
 * new leader allows its promotion and names it.
 */
public final class PatroniAuthority {
  private final Cluster cluster;

  /** For a cluster whose members Patroni manages. */
  public PatroniAuthority(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Before Patroni is asked: that member's host allows its promotion. Returns whom it named. */
  String name(Call call, Instance to) {
    return port(to, ActivityPolicies.ENSURE, "let " + to.id() + " be promoted")
        .ensurePatroniLet(adopt(call, to, to))
        .before();
  }

  /**
   * After a move that failed: its host no longer names it. Returns why not, if that failed.
   *
   * @param before whom that host named: the leader again, if that is on it too
   */
  Optional<String> unname(Call call, Instance to, Instance leads, String before) {
    Instance on = before.equals(leads.id().value()) ? leads : to;
    try {
      port(on, ActivityPolicies.GLANCE, "let Patroni decide about " + to.id())
          .revertPatroniLet(adopt(call, on, leads));
      return Optional.empty();
    } catch (TemporalFailure e) {
      return Optional.of(
          String.format(
              "the authority of %s's host still names it: %s",
              to.id(), Explained.unlessStopped(e).sentence()));
    }
  }

  /** After a move: the old leader's host no longer names it. Returns why not, if that failed. */
  public Optional<String> leave(Call call, Instance from, Instance to) {
    try {
      port(from, ActivityPolicies.GLANCE, "let Patroni decide about " + from.id())
          .ensurePatroniLet(adopt(call, from, to));
      return Optional.empty();
    } catch (TemporalFailure e) {
      return Optional.of(
          String.format(
              "the authority file of %s's host was not written to name the leader %s: %s",
              from.id(), to.id(), Explained.unlessStopped(e).sentence()));
    }
  }

  private Adopt adopt(Call call, Instance on, Instance leads) {
    return new Adopt(call, WorkLists.on(cluster, on), leads.id());
  }

  private static RoleActivities port(Instance on, ActivityPolicies policy, String summary) {
    return Workflow.newActivityStub(
        RoleActivities.class, policy.options(ActivityPolicies.queueOf(on.site()), summary));
  }
}
