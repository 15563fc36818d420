package dev.mooring.topology;

import java.util.List;
import java.util.Optional;

/**
 * Who approves plans, and how.
 *
 * @param approvers the persons whose signed approvals count, by name
 * @param allowsUnsigned whether an approval without a signature counts
 */
public record ApprovalPolicy(List<Approver> approvers, boolean allowsUnsigned) {
  /** Of a file that says nothing about approvals. */
  public static final ApprovalPolicy ANY_PERSON = new ApprovalPolicy(List.of(), true);

  public ApprovalPolicy {
    approvers = List.copyOf(approvers);
  }

  /**
   * A person whose signature approves.
   *
   * @param key the Ed25519 public key: its X.509 form in base64
   */
  public record Approver(String name, String key) {}

  /** The approver of that name. */
  public Optional<Approver> named(String name) {
    return approvers.stream().filter(one -> one.name().equals(name)).findFirst();
  }
}
