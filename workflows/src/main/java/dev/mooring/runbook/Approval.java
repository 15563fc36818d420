package dev.mooring.runbook;

import java.time.Duration;
import java.util.List;

/**
 * What a request brings towards the approval of its plan.
 *
 * @param by who asks, whose own word approves nothing; empty where a plan is looked at, or if that
 *     person may sign
 * @param digest of the plan that the request approves; empty to wait for an approval
 * @param reason why the run is asked for; kept where the digest approves
 * @param within how long each word is waited for
 * @param persons how many must approve, each another one; whose digest approves is one of them
 * @param overriding rules that the approver overrides by the approval, with a reason
 * @param byTheFile whether the cluster file approves it, and no person is asked
 */
public record Approval(
    String by,
    String digest,
    String reason,
    Duration within,
    int persons,
    List<String> overriding,
    boolean byTheFile) {
  /** How long a move of a primary, or a resilver, waits for it. */
  public static final Duration USUALLY = Duration.ofHours(24);

  public Approval {
    overriding = List.copyOf(overriding);
  }

  /**
   * By the cluster file, whatever it says of signatures.
   *
   * @param setting the approver's name in the receipt
   */
  public static Approval byTheFile(String setting, Plan plan, String reason) {
    return new Approval(setting, plan.digest(), reason, USUALLY, 1, List.of(), true);
  }

  /** One that overrides no rule. */
  public Approval(String by, String digest, String reason, Duration within, int persons) {
    this(by, digest, reason, within, persons, List.of(), false);
  }
}
