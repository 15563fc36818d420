package dev.mooring.evidence;

import dev.mooring.evidence.TrustedKeys.KeyText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a person signs to approve a plan, or to attest a loss by a roll-back: one text, line by
 * line, the same for the command line that signs it and the run that verifies it. It is of one run
 * and one plan or step, so it is worth nothing for another.
 *
 * @param run the original run id, which a reset keeps and a run that continues another has anew
 * @param at when it was signed
 */
public record ApprovalText(
    String cluster,
    String workflowId,
    String run,
    Decided decided,
    String by,
    String reason,
    Instant at) {
  /** The word that approves a plan. */
  private static final String APPROVE = "approve";

  /**
   * What is decided.
   *
   * @param word as a receipt has it
   * @param about the plan's whole digest, or the step that is rolled back
   */
  public record Decided(String word, String about) {
    /** The approval of a plan by its whole digest. */
    public static Decided approval(String plan) {
      return new Decided(APPROVE, plan);
    }

    private String lines() {
      return String.format(
          "decision: %s\n%s: %s",
          inOneLine(word), word.equals(APPROVE) ? "plan" : "step", inOneLine(about));
    }
  }

  /** The bytes that are signed. */
  public byte[] bytes() {
    return String.join(
            "\n",
            "mooring approval 1",
            "cluster: " + inOneLine(cluster),
            "workflow: " + inOneLine(workflowId),
            "run: " + inOneLine(run),
            decided.lines(),
            "by: " + inOneLine(by),
            "reason: " + inOneLine(reason),
            "at: " + at,
            "")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A value can't forge another line: its line breaks are written out, and backslashes doubled. */
  private static String inOneLine(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  /** The text of a decision as a receipt has it. */
  public static ApprovalText of(
      Receipt.RunReference run, Receipt.DecisionRecord decision, Instant at) {
    return new ApprovalText(
        run.cluster().value(),
        run.workflowId(),
        run.originalRun(),
        new Decided(decision.decision(), decision.about()),
        decision.by(),
        decision.reason(),
        at);
  }

  /**
   * The id of a public key, if it made the signature of this text.
   *
   * @param key an Ed25519 public key: its X.509 form in base64
   * @param signature 64 bytes in base64
   */
  public Optional<String> signedWith(String key, String signature) {
    return trusting(key).signerOf(Seal.bytes(signature), bytes());
  }

  /** The id of a public key. */
  public static String keyId(String key) {
    return trusting(key).ids().get(0);
  }

  private static TrustedKeys trusting(String key) {
    String pem = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n".formatted(key);
    return TrustedKeys.parse(List.of(new KeyText("approver's key", pem)));
  }
}
