package dev.mooring.runbook.patroni;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.PatroniActivities;
import dev.mooring.port.PatroniActivities.AboutMember;
import dev.mooring.port.PatroniActivities.AskPatroni;
import dev.mooring.port.PatroniActivities.AwaitMember;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.MovePatroni;
import dev.mooring.port.PatroniActivities.PatroniMoved;
import dev.mooring.port.PatroniActivities.PatroniReinitializing;
import dev.mooring.runbook.Explained;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The calls of a run to Patroni. */
public final class PatroniCalls {
  private static final Duration ANSWERED = Duration.ofSeconds(12);

  private final Cluster cluster;
  private final PatroniPolicy policy;

  /** For a cluster whose members Patroni manages. */
  public PatroniCalls(Cluster cluster) {
    this.cluster = cluster;
    this.policy = cluster.patroni().orElseThrow();
  }

  /**
   * Asks every member and the store, from the first site whose worker answers.
   *
   * @param first the site that is tried first
   */
  public ObservedPatroni observe(Call call, SiteName first) {
    @Nullable TemporalFailure last = null;
    for (SiteName site : sites(first)) {
      try {
        return new ObservedPatroni(
            policy,
            port(ActivityPolicies.lookAgain(
                    ActivityPolicies.queueOf(site), "ask Patroni", ANSWERED))
                .observePatroni(new AskPatroni(call, policy)));
      } catch (TemporalFailure failure) {
        Explained.unlessStopped(failure);
        last = failure;
      }
    }
    throw Objects.requireNonNull(last, "a cluster has a site");
  }

  private List<SiteName> sites(SiteName first) {
    List<SiteName> sites = new ArrayList<>(List.of(first));
    cluster.sites().stream().map(Site::name).filter(s -> !s.equals(first)).forEach(sites::add);
    return sites;
  }

  /** One attempt of a planned move: the caller observes before another attempt. */
  PatroniMoved switchOver(Call call, Instance from, Instance to, Duration within) {
    return reporting(to, "move Patroni's leader to " + to.id(), within)
        .ensureSwitchedOver(new MovePatroni(call, policy, from.id(), to.id(), within));
  }

  /** One attempt of a move whose leader may be gone. */
  PatroniMoved failOver(Call call, Instance from, Instance to, Duration within) {
    return reporting(to, "promote by Patroni: " + to.id(), within)
        .ensureFailedOver(new MovePatroni(call, policy, from.id(), to.id(), within));
  }

  /** Reinitializes a member. A repeated call reinitializes it once more; no data is lost. */
  public PatroniReinitializing reinitialize(Call call, Instance instance, SiteName by) {
    return port(ActivityPolicies.ENSURE.options(
            ActivityPolicies.queueOf(by), "let Patroni make " + instance.id() + " anew"))
        .ensureReinitializing(new AboutMember(call, policy, instance.id()));
  }

  /**
   * Waits until a member follows the leader.
   *
   * @param startedBefore the start time of its server before the reinitialization; otherwise empty
   * @param by the site whose worker waits
   */
  public MemberSeen follows(
      Call call, InstanceId instance, String startedBefore, Duration within, SiteName by) {
    return port(ActivityPolicies.await(
            ActivityPolicies.queueOf(by), "wait until " + instance + " follows", within))
        .awaitFollowing(
            new AwaitMember(new AboutMember(call, policy, instance), startedBefore, within));
  }

  private PatroniActivities reporting(Instance to, String summary, Duration within) {
    ActivityOptions options =
        ActivityPolicies.await(ActivityPolicies.queueOf(to.site()), summary, within);
    return port(
        options.toBuilder()
            .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
            .build());
  }

  private static PatroniActivities port(ActivityOptions options) {
    return Workflow.newActivityStub(PatroniActivities.class, options);
  }
}
