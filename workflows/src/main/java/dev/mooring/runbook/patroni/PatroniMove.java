package dev.mooring.runbook.patroni;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.LockTimes;
import dev.mooring.port.PatroniActivities.PatroniMoved;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Step;
import dev.mooring.runbook.Steps;
import dev.mooring.topology.Instance;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The point of no return of a move that Patroni makes. Even if the call failed, the run determines
 * afterwards which member is the leader: the target, the old leader or another member.
 */
public final class PatroniMove {
  private final PatroniCalls calls;
  private final PatroniAuthority authority;
  private final Steps run;
  private final Step step;
  private final LockTimes times;
  private String named = "";

  /**
   * A move that was not begun.
   *
   * @param authority of the hosts
   * @param step the point of no return
   * @param times of the leader lock: how long Patroni may still act after its last answer
   */
  public PatroniMove(
      PatroniCalls calls, PatroniAuthority authority, Steps run, Step step, LockTimes times) {
    this.calls = calls;
    this.authority = authority;
    this.run = run;
    this.step = step;
    this.times = times;
  }

  /** Makes Patroni move the leader as planned. */
  public PatroniMoved switchOver(Instance from, Instance to, Duration within) {
    return moved(() -> calls.switchOver(call(), from, to, within), from, to);
  }

  /** Makes Patroni promote a member when the leader may be gone. */
  public PatroniMoved failOver(Instance from, Instance to, Duration within) {
    return moved(() -> calls.failOver(call(), from, to, within), from, to);
  }

  private PatroniMoved moved(Supplier<PatroniMoved> act, Instance from, Instance to) {
    return run.pivot(step, () -> RunbookRun.untilOutcomeKnown(() -> known(act, from, to)));
  }

  private Call call() {
    return run.call(step);
  }

  private PatroniMoved known(Supplier<PatroniMoved> act, Instance from, Instance to) {
    named(from, to);
    try {
      return act.get();
    } catch (TemporalFailure e) {
      Explained why = Explained.of(e);
      if (isNothingDone(why.code())) {
        throw notMoved(why, from, to, why.sentence());
      }
      ObservedPatroni now =
          run.untilDone(
              step,
              () ->
                  String.format(
                      "Patroni was asked to make %s the leader instead of %s, and which member is"
                          + " the leader is not known (%s); Mooring starts and stops no member."
                          + " `patronictl list` on a member's host shows what Patroni does",
                      to.id(), from.id(), why.sentence()),
              () -> new Hold(true, ""),
              () -> somebodyLeads(to));
      return outcome(now, why, from, to);
    }
  }

  /** Only one attempt was made; these failures occur before a request, or are Patroni's refusal. */
  private static boolean isNothingDone(FailureCode code) {
    return switch (code) {
      case PATRONI_REFUSED,
          PATRONI_UNREACHABLE,
          IDENTITY_DIFFERS,
          AUTHENTICATION_REFUSED,
          NO_WORKER ->
          true;
      default -> false;
    };
  }

  /** Patroni acts on a request in its next round, or gives it up. */
  private ObservedPatroni somebodyLeads(Instance to) {
    Workflow.sleep(settled());
    ObservedPatroni now = calls.observe(call(), to.site());
    if (now.leaders().size() != 1 || now.leads(now.leaders().get(0)).isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.OUTCOME_UNKNOWN,
          now.leaders().isEmpty()
              ? "no member of Patroni that answers is the leader"
              : now.leaders() + " are the leader, or are becoming it");
    }
    return now;
  }

  private Duration settled() {
    return times.loopWait().multipliedBy(2).plus(times.retryTimeout());
  }

  private PatroniMoved outcome(ObservedPatroni now, Explained why, Instance from, Instance to) {
    if (now.leads(to.id()).isPresent()) {
      return new PatroniMoved(to.id(), now.leads(to.id()).get(), true);
    }
    if (now.leads(from.id()).isPresent()) {
      throw notMoved(
          why,
          from,
          to,
          String.format(
              "%s; %s is still the leader %s later, and Patroni moves nothing then",
              why.sentence(), from.id(), DurationText.of(settled())));
    }
    throw RunbookStop.failed(
        FailureCode.PATRONI_REFUSED,
        String.format(
            "%s; Patroni made %s the leader, and not %s",
            why.sentence(), now.leaders().get(0), to.id()));
  }

  /** If its host does not allow the promotion, Patroni's request there is refused. */
  private void named(Instance from, Instance to) {
    try {
      String before = authority.name(call(), to);
      named = before.equals(to.id().value()) ? named : before;
    } catch (TemporalFailure e) {
      Explained why = Explained.of(e);
      throw notMoved(why, from, to, why.sentence() + "; Patroni was asked for nothing");
    }
  }

  private RunbookStop notMoved(Explained why, Instance from, Instance to, String sentence) {
    authority.unname(call(), to, from, named).ifPresent(run::leaves);
    return RunbookStop.rolledBack(why.code(), sentence);
  }
}
