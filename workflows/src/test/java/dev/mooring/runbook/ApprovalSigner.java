package dev.mooring.runbook;

import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.ApprovalText.Decided;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SigningKey;
import java.time.Instant;

/** The persons of the tests who approve, and their signatures. */
public enum ApprovalSigner {
  ANNA("anna", SampleKeys.PRIVATE, SampleKeys.PUBLIC),
  BOB("bob", SampleKeys.OTHER_PRIVATE, SampleKeys.OTHER_PUBLIC);

  /** The sections of a cluster file that list both. */
  public static final String APPROVERS = "approvers: [" + ANNA.line() + ", " + BOB.line() + "]\n";

  /** The same with one approver. */
  public static final String ONLY_ANNA = "approvers: [" + ANNA.line() + "]\n";

  private final String person;
  private final String secret;
  private final String known;

  ApprovalSigner(String person, String secret, String known) {
    this.person = person;
    this.secret = secret;
    this.known = known;
  }

  /** The public key as a cluster file has it. */
  public String key() {
    return known.lines().toList().get(1);
  }

  private String line() {
    return "{name: " + person + ", key: " + key() + "}";
  }

  /** The signature of that text. */
  public String sign(ApprovalText text) {
    return SigningKey.sign(person, secret, text.bytes());
  }

  /** A typed roll-back of that step of that run of strait, which attests a loss, signed. */
  public String attest(String workflowId, String run, String step, String reason, Instant at) {
    ApprovalText text =
        new ApprovalText(
            "strait", workflowId, run, new Decided("roll-back", step), person, reason, at);
    return String.format(
        "{'decision':'roll-back','by':'%s','reason':'%s','signature':'%s','at':'%s'}",
        person, reason, sign(text), at);
  }

  /** A typed decision that approves that plan of that run of strait, signed. */
  public String approve(String workflowId, String run, String plan, Instant at) {
    ApprovalText text =
        new ApprovalText("strait", workflowId, run, Decided.approval(plan), person, "seen", at);
    return String.format(
        "{'decision':'approve','digest':'%s','by':'%s','reason':'seen','signature':'%s','at':'%s'}",
        plan, person, sign(text), at);
  }
}
