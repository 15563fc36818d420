package dev.mooring.dev.laws;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.runbook.replication.ReplicationStep;
import java.util.ArrayList;
import java.util.List;

/**
 * Law 12: overrides are named. Each broken rule in a receipt was named by the request, and is there
 * with who broke it and why; and no primary was restarted for a setup without permission.
 */
final class OverriddenByName implements Law {
  private static final String NAMED = ", overriding ";

  @Override
  public int number() {
    return 12;
  }

  @Override
  public List<String> against(Observed observed) {
    return observed.ran().stream().flatMap(ran -> of(ran).stream()).toList();
  }

  static List<String> of(Ran ran) {
    List<String> against = new ArrayList<>();
    String request = ran.receipt().asked().requestJson();
    List<String> named =
        request.contains(NAMED)
            ? List.of(request.substring(request.indexOf(NAMED) + NAMED.length()).split(", ", -1))
            : List.of();
    ran.decided(DecisionRecord.OVERRIDE)
        .forEach(
            one -> {
              if (one.by().isBlank() || one.reason().isBlank()) {
                against.add(
                    "%s broke %s by '%s' because of '%s'"
                        .formatted(ran.name(), rule(one), one.by(), one.reason()));
              }
              if (!named.contains(rule(one))) {
                against.add(
                    "%s broke %s, its request named %s".formatted(ran.name(), rule(one), named));
              }
            });
    boolean mayRestart =
        ran.decided(DecisionRecord.OVERRIDE).anyMatch(one -> rule(one).equals("restart"));
    if (ran.began(ReplicationStep.RESTART_PRIMARY.name()) && !mayRestart) {
      against.add(ran.name() + " restarted the primary, and does not say who let it");
    }
    return against;
  }

  /** The rule's name; some add what was broken. */
  private static String rule(DecisionRecord override) {
    return override.about().split(":", -1)[0];
  }
}
