package dev.mooring.runbook.resilver;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.Call;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.members.ActOrder;
import dev.mooring.topology.InstanceId;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Outdated instances on their way to good standbys, from the first observation to the old
 * directories: what a Resilver does, and the first half of a Failback. It takes no lock and asks
 * for no approval: whose run it is does.
 */
public final class ResilverInstances implements RejoinMeans {
  private final RunContext context;
  private final Steps run;
  private final ActOrder order = new ActOrder();
  private final ResilverLook looking;
  private @Nullable RejoinChoice chosen;
  private @Nullable Rejoin rejoin;

  /**
   * Nothing was looked at yet.
   *
   * @param context the run it belongs to, its cluster file read
   */
  public ResilverInstances(RunContext context, Wanted wanted) {
    this.context = context;
    this.run = context.run();
    this.looking = new ResilverLook(context.cluster(), wanted);
  }

  /** Looks at everything, and chooses each instance's rejoin method. */
  @Override
  public void look() {
    Members members =
        run.observe(ResilverStep.OBSERVE, () -> looking.members(run.call(ResilverStep.OBSERVE)));
    RejoinChoice seen =
        run.observe(ResilverStep.PLAN, () -> looking.choose(members, run.call(ResilverStep.PLAN)));
    chosen = seen;
    run.note(ResilverStep.PLAN, String.join("; ", seen.objects()));
  }

  /** Looks at it again, in the step that took the locks. */
  @Override
  public void lookAgain() {
    Call call = run.call(ResilverStep.LOCK);
    chosen = looking.choose(looking.members(call), call);
  }

  /** From here on the hosts that are changed get a new epoch. */
  @Override
  public void holdEpoch() {
    run.holdEpoch(Epoch.after(seen().highestEpoch(), Workflow.currentTimeMillis()));
  }

  /** What was seen last, and chosen by it. */
  RejoinChoice seen() {
    return Objects.requireNonNull(chosen, "nothing was observed yet");
  }

  /** How many instances are to be resilvered. */
  @Override
  public int size() {
    return seen().all().size();
  }

  /** Which ones. */
  @Override
  public List<InstanceId> instances() {
    return seen().all().stream().map(one -> one.instance().id()).toList();
  }

  @Override
  public Members members() {
    return seen().members();
  }

  /** Whether a rewind or a copy removes data; an instance that only follows loses nothing. */
  @Override
  public boolean takesDataAway() {
    return size() > seen().on(RejoinMethod.FOLLOW).size();
  }

  /** What a plan's digest covers. */
  @Override
  public List<String> objects() {
    return seen().objects();
  }

  /** What is shown beside it. */
  @Override
  public List<Receipt.Fact> measured() {
    return seen().measured();
  }

  /** The checkpoint that its observation made on the source, also if it resilvers nothing. */
  public Receipt.Fact checkpoint() {
    return seen().checkpoint();
  }

  /** Each instance and its method; BASE_BACKUP if it was copied because its rewind failed. */
  @Override
  public String inWords() {
    Rejoin doing = rejoin;
    return seen().all().stream()
        .map(
            one ->
                one.instance().id()
                    + " by "
                    + (doing == null ? one.choice().method() : doing.method(one)))
        .collect(Collectors.joining(", "));
  }

  /** Rules about the source that were broken by their names, one sentence each. */
  @Override
  public List<String> broken() {
    return seen().broken();
  }

  /** Members whose hosts could not be asked who may write, one sentence each. */
  @Override
  public List<String> unread() {
    RejoinChoice looked = chosen;
    return looked == null ? List.of() : looked.unread();
  }

  /** Does all of it. */
  @Override
  public void resilver() {
    newRejoin().resilver();
  }

  /**
   * Does it up to where the instances were started as standbys.
   *
   * @param started what follows at once, before a stop that came meanwhile counts again
   */
  public void start(Runnable started) {
    newRejoin().start(started);
  }

  private Rejoin newRejoin() {
    Rejoin doing = new Rejoin(context.cluster(), order, run, seen());
    rejoin = doing;
    return doing;
  }

  /**
   * Waits until those that were started have caught up, and does the rest. Refused where the
   * primary was moved meanwhile, for no lock is held.
   *
   * @param within how long that may take before the run holds
   */
  public void catchUp(Duration within) {
    Objects.requireNonNull(rejoin, "nothing was started yet").catchUp(within);
  }

  /** What was seen and done, an instance's facts together. */
  @Override
  public List<Receipt.ProofRecord> proofs() {
    RejoinChoice rated = chosen;
    return rated == null ? List.of() : rated.proofs();
  }

  /** What is less than wanted, as far as it was looked at and done. */
  @Override
  public List<String> degraded() {
    RejoinChoice looked = chosen;
    Rejoin doing = rejoin;
    List<String> degraded = new ArrayList<>();
    if (looked != null) {
      degraded.addAll(looked.otherVersions());
    }
    if (doing != null) {
      degraded.addAll(doing.degraded());
    }
    return degraded;
  }
}
