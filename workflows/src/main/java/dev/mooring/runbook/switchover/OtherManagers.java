package dev.mooring.runbook.switchover;

import dev.mooring.topology.Instance;
import java.util.List;

/**
 * Programs beside a member that start, stop or promote servers by themselves, as its host shows
 * them: whatever a run does there they may take back.
 */
public final class OtherManagers {
  static final String LIMIT = "none that starts, stops or promotes it in the midst of the move";
  static final String REMEDY =
      "stop or pause it (patronictl pause, repmgr service pause, pcs property set"
          + " maintenance-mode=true, Restart=no), then override this rule by its name if it still"
          + " runs";

  private OtherManagers() {}

  /** A row of every member whose host told. */
  public static List<PreflightRow> rows(
      String rule, boolean overridden, List<Instance> members, SwitchoverSight sight) {
    return members.stream()
        .flatMap(
            member ->
                sight.around().surroundings(member).stream()
                    .map(
                        around ->
                            PreflightRow.by(
                                rule,
                                overridden,
                                around.managers().isEmpty(),
                                looked(member),
                                seen(around.managers()),
                                LIMIT,
                                REMEDY)))
        .toList();
  }

  static String looked(Instance member) {
    return member.id() + "'s other managers";
  }

  static String seen(List<String> managers) {
    return managers.isEmpty() ? "none" : String.join("; ", managers);
  }
}
