package dev.mooring.evidence;

import dev.mooring.evidence.TrustedKeys.KeyText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a person signs to approve a plan: one text, line by line, the same for the command line that
 * signs it and the run that verifies it. It is of one run and one plan, so it approves no other.
 *
 * @param run the original run id, which a reset keeps and a run that continues another has anew
 * @param plan the plan's whole digest
 * @param at when it was signed
 */
public record ApprovalText(
    String cluster,
    String workflowId,
    String run,
    String plan,
    String by,
    String reason,
    Instant at) {

  /** The bytes that are signed. */
  public byte[] bytes() {
    return String.join(
            "\n",
            "mooring approval 1",
            "cluster: " + inOneLine(cluster),
            "workflow: " + inOneLine(workflowId),
            "run: " + inOneLine(run),
            "decision: approve",
            "plan: " + inOneLine(plan),
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

  /** The text of an approval as a receipt has it. */
  public static ApprovalText of(
      Receipt.RunReference run, Receipt.DecisionRecord approval, Instant at) {
    return new ApprovalText(
        run.cluster().value(),
        run.workflowId(),
        run.originalRun(),
        approval.about(),
        approval.by(),
        approval.reason(),
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
