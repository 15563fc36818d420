package dev.mooring.runbook;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.evidence.Receipt.PlanRecord;
import dev.mooring.port.Runbook;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.Digest;
import io.temporal.workflow.WorkflowLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a run shows with an {@link AuthorisedAct}: its plan, and the decisions that approved it.
 * Workers compute the plan's digest from it, and verify the signatures over that.
 *
 * @param run the original run id
 * @param clusterFile the digest of the file that the plan was made from
 * @param plan without measured values
 */
public record PlanApprovals(
    String run, String clusterFile, PlanRecord plan, List<DecisionRecord> approvals) {
  /** The header of an activity that has it. */
  public static final String HEADER = "mooring-approval";

  private static final WorkflowLocal<Optional<PlanApprovals>> OF_RUN =
      WorkflowLocal.withCachedInitial(Optional::empty);

  public PlanApprovals {
    approvals = List.copyOf(approvals);
  }

  /** Those of the plan that this run had approved last; empty before. */
  public static Optional<PlanApprovals> ofRun() {
    return OF_RUN.get();
  }

  /** This run shows these from now on. */
  public void shownFromNowOn() {
    OF_RUN.set(Optional.of(this));
  }

  /**
   * What they lack to approve an act by that file; empty if nothing.
   *
   * @param workflowId of the run, by the service, which also says that its run id is this one
   * @param type its workflow type
   */
  public Optional<String> lacking(AuthorisedAct act, Cluster file, String workflowId, String type) {
    String digest = Digest.ofPlan(plan.request(), clusterFile, plan.objects(), plan.steps());
    int persons = isAlone(type) ? 1 : file.approvals().persons(type);
    int signed = signers(file, workflowId, digest).size();
    return unnamed(act, type)
        .or(
            () ->
                Optional.of(
                        String.format(
                            "plan %s of run %s has the signature of %d approver%s, not of %d",
                            digest, run, signed, signed == 1 ? "" : "s", persons))
                    .filter(few -> signed < persons));
  }

  /** Whether the request, which is signed, overrides that two persons approve a failover. */
  private boolean isAlone(String type) {
    return type.equals(Runbook.FAILOVER.type())
        && plan.request().matches("(?s).*, overriding [a-z, -]*\\bsecond-person\\b[a-z, -]*");
  }

  /** Why the plan is not about that act; empty if it is. */
  public Optional<String> unnamed(AuthorisedAct act, String type) {
    if (Runbook.ofType(type).filter(act.runbooks()::contains).isEmpty()) {
      return Optional.of("no plan of " + type + " has it");
    }
    return act.on().stream()
        .filter(one -> plan.objects().stream().noneMatch(object -> isIn(object, one)))
        .findFirst()
        .map(one -> "the approved plan does not name " + one);
  }

  private static boolean isIn(String object, InstanceId instance) {
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(instance.value()) + "(?![\\w-])")
        .matcher(object)
        .find();
  }

  private List<String> signers(Cluster file, String workflowId, String digest) {
    ApprovalCheck check = new ApprovalCheck(file.approvals(), file.name().value(), workflowId, run);
    List<String> signers = new ArrayList<>();
    for (DecisionRecord one : approvals) {
      if (isSigned(check, one, digest) && !ApprovalCheck.isOneOf(signers, one.by())) {
        signers.add(one.by());
      }
    }
    return signers;
  }

  /** Its age was judged when it was given. */
  private static boolean isSigned(ApprovalCheck check, DecisionRecord one, String digest) {
    return one.signed().stream()
        .map(by -> new Decision.Signed(by.signature(), by.at()))
        .map(
            by ->
                new Decision(
                    Decision.Word.APPROVE, digest, one.by(), one.reason(), Optional.of(by)))
        .anyMatch(
            decision ->
                check
                    .judge(decision, digest, decision.signed().orElseThrow().at())
                    .match(
                        signature -> !signature.conclusion().isEmpty(),
                        notYet -> false,
                        never -> false));
  }
}
