package dev.mooring.clusterfile;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checks the sections {@code approvers} and {@code approvals}: no two approvers share a name or a
 * key, enough of them are listed, and only one approval is required if no person is asked.
 */
final class ApprovalChecks {
  private static final String TOO_FEW =
      "%d persons are to approve, %d approver is listed, and unsigned approvals are refused."
          + " HINT: list another approver.";

  private static final String NOBODY_ASKED =
      "%d persons are to approve, and %s asks no person. HINT: leave one of them out.";

  private static final String NO_KEY =
      "no signature would fit it: it is no Ed25519 public key."
          + " HINT: copy the line that `mooring setup --approval-key FILE` prints.";

  private ApprovalChecks() {}

  static List<Problem> of(Setting file) {
    List<Setting> approvers = file.at("approvers").items();
    List<Problem> problems = new ArrayList<>();
    problems.addAll(alike(approvers, "name", "name"));
    problems.addAll(alike(approvers, "key", "key: one person would approve as two"));
    approvers.stream()
        .map(approver -> approver.at("key"))
        .filter(key -> !isKey(key.text()))
        .map(key -> key.problem(NO_KEY))
        .forEach(problems::add);
    Setting persons = file.at("approvals").at("persons");
    if (file.at("failover").at("automatic").given()) {
      problems.addAll(nobodyAsked(persons.at("failover"), "failover.automatic"));
    }
    if ("auto".equals(file.at("guard").at("startAfterReboot").text())) {
      problems.addAll(nobodyAsked(persons.at("startPrimary"), "guard.startAfterReboot: auto"));
    }
    if ("act".equals(file.at("watch").at("reactions").at("synchronous").text())) {
      problems.addAll(
          nobodyAsked(persons.at("replicationSetup"), "watch.reactions.synchronous: act"));
    }
    if (!refusesUnsigned(file)) {
      return problems;
    }
    if (approvers.isEmpty()) {
      problems.add(
          file.at("approvals")
              .at("unsigned")
              .problem("no approver is listed: no person could approve. HINT: list approvers."));
    }
    persons.names().stream()
        .map(persons::at)
        .filter(one -> !approvers.isEmpty() && one.number() > approvers.size())
        .map(one -> one.problem(TOO_FEW.formatted(one.number(), approvers.size())))
        .forEach(problems::add);
    return problems;
  }

  private static List<Problem> nobodyAsked(Setting persons, String unattended) {
    return isOfTwo(persons)
        ? List.of(persons.problem(NOBODY_ASKED.formatted(persons.number(), unattended)))
        : List.of();
  }

  /** Whether the file asks more than one person for that approval. */
  static boolean isOfTwo(Setting persons) {
    return persons.given() && persons.number() > 1;
  }

  private static boolean isKey(String text) {
    try {
      byte[] der = Base64.getDecoder().decode(text);
      PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
      Signature.getInstance("Ed25519").initVerify(key);
      return true;
    } catch (GeneralSecurityException | IllegalArgumentException malformed) {
      return false;
    }
  }

  private static List<Problem> alike(List<Setting> approvers, String setting, String what) {
    List<Problem> problems = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Setting approver : approvers) {
      Setting one = approver.at(setting);
      String text = setting.equals("name") ? one.text().toLowerCase(Locale.ROOT) : one.text();
      Integer first = lines.putIfAbsent(text, one.line());
      if (first != null) {
        problems.add(one.problem("the approver in line %d has this %s".formatted(first, what)));
      }
    }
    return problems;
  }

  /** Whether only a signature approves: by default where approvers are listed. */
  static boolean refusesUnsigned(Setting file) {
    Setting unsigned = file.at("approvals").at("unsigned");
    return unsigned.given()
        ? unsigned.text().equals("refuse")
        : !file.at("approvers").items().isEmpty();
  }
}
