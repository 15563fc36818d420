package dev.mooring.runbook.switchover;

import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Instance;
import java.util.List;

/**
 * Programs beside a member that start, stop or promote servers by themselves, as its host shows
 * them: whatever a run does there they may take back.
 */
public final class OtherManagers {
  static final String ID = "other-managers";
  static final String LIMIT = "none that starts, stops or promotes it during the move";
  static final String REMEDY =
      "stop or pause it (patronictl pause, repmgr service pause, pcs property set"
          + " maintenance-mode=true, Restart=no), then override this rule by its name if it still"
          + " runs";

  private OtherManagers() {}

  /** A row of every member whose host told. */
  public static List<CheckRow> rows(
      String rule, boolean overridden, List<Instance> members, ObservedMembers sight) {
    return members.stream()
        .flatMap(
            member ->
                sight.around().surroundings(member).stream()
                    .map(
                        around ->
                            CheckRow.by(
                                rule,
                                overridden,
                                around.managers().isEmpty(),
                                ID,
                                member.id(),
                                seen(around.managers()),
                                LIMIT,
                                REMEDY)))
        .toList();
  }

  static String seen(List<String> managers) {
    return managers.isEmpty() ? "none" : String.join("; ", managers);
  }
}
