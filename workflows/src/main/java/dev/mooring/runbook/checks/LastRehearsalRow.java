package dev.mooring.runbook.checks;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** When the fences of an instance were last rehearsed, and the result. */
public final class LastRehearsalRow {
  public static final String ID = "last-rehearsal";

  private LastRehearsalRow() {}

  /** By the records on its host. */
  public static CheckRow of(
      ClusterName cluster, InstanceId instance, RehearsalsObserved host, Instant now) {
    for (InstanceFailure failure : host.failures()) {
      if (failure.instance().equals(instance)) {
        return CheckRow.unseen(ID, instance, new Observed.Unseen<>(failure), "readable");
      }
    }
    String again = Commands.rehearse(cluster);
    return host.of(instance)
        .map(last -> of(last, now, again))
        .orElseGet(() -> CheckRow.good(ID, instance, "never", again + " rehearses its fences"));
  }

  private static CheckRow of(LastRehearsal last, Instant now, String again) {
    String ago = DurationText.of(Duration.between(last.at(), now)) + " ago";
    String seen =
        !last.passed()
            ? ", and FAILED: " + last.words()
            : last.notRehearsed().isEmpty()
                ? ""
                : ", in part, without " + ids(last.notRehearsed()) + ": " + last.words();
    return CheckRow.wanted(
        last.passed(), ID, last.instance(), ago + seen, "passed", "fix what failed, then " + again);
  }

  private static String ids(List<Proof> proofs) {
    return String.join(", ", proofs.stream().map(LastRehearsalRow::id).toList());
  }

  /** The id of the row for a proof. */
  public static String id(Proof proof) {
    return switch (proof) {
      case FENCE -> "configuration-fence";
      case LAUNCHER -> "fenced-launcher";
      case GUARDED_LAUNCHER -> "guarded-launcher";
      case GUARD -> "guard";
      case BOOT -> "guard-after-reboot";
      case HOOK -> "mooring-patroni";
      case GATE -> "restore-gate";
      case CONTROL -> "control-start";
      case UNIT -> "systemd-unit";
      case POWER -> "fence-command-check";
      case AFTER_REBOOT -> "start-after-power-off";
    };
  }
}
