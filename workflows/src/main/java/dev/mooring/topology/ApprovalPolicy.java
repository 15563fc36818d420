package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Optional;

/**
 * Who approves plans, and how.
 *
 * @param approvers the persons whose signed approvals count, by name
 * @param allowsUnsigned whether an approval without a signature counts
 * @param persons how many persons must approve, of the runbooks that need more than one
 */
public record ApprovalPolicy(
    List<Approver> approvers,
    boolean allowsUnsigned,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Persons> persons) {
  /** Of a file that says nothing about approvals. */
  public static final ApprovalPolicy ANY_PERSON = new ApprovalPolicy(List.of(), true, List.of());

  public ApprovalPolicy {
    approvers = List.copyOf(approvers);
    persons = List.copyOf(persons);
  }

  /**
   * A person whose signature approves.
   *
   * @param key the Ed25519 public key: its X.509 form in base64
   */
  public record Approver(String name, String key) {}

  /**
   * How many persons must approve a plan of that runbook.
   *
   * @param runbook its workflow type
   */
  public record Persons(String runbook, int number) {}

  /** How many persons must approve a plan of the runbook of that workflow type. */
  public int persons(String runbook) {
    return persons.stream()
        .filter(one -> one.runbook().equals(runbook))
        .findFirst()
        .map(Persons::number)
        .orElse(1);
  }

  /** The approver of that name. */
  public Optional<Approver> named(String name) {
    return approvers.stream().filter(one -> one.name().equals(name)).findFirst();
  }
}
