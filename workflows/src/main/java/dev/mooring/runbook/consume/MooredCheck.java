package dev.mooring.runbook.consume;

import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the instances differ from the state their site was last advanced to. An unchanged control
 * file means that nothing ran since it was proved; the settings decide what a start by hand would
 * do.
 */
public final class MooredCheck {
  private MooredCheck() {}

  /** The same for one instance, looked at outside a run. */
  public static List<String> drift(SiteState state, Instance instance, InstanceObserved observed) {
    return drift(state, List.of(new Seen(instance, observed)));
  }

  /** One sentence per difference; none means that every instance is still parked there. */
  static List<String> drift(SiteState state, List<Seen> instances) {
    List<String> drift = new ArrayList<>();
    for (Seen seen : instances) {
      Optional<ParkedInstance> proved =
          state.instances().stream()
              .filter(p -> p.instance().equals(seen.instance().id()))
              .findFirst();
      if (proved.isEmpty()) {
        drift.add(seen.instance().id() + " was not part of it");
        continue;
      }
      if (seen.observed().process() != ServerProcess.STOPPED) {
        drift.add(seen.instance().id() + " runs, and was parked");
      }
      if (!proved.get().controlDigest().equals(seen.observed().controlDigest())) {
        drift.add(seen.instance().id() + " was started or changed since it was proved");
      }
      settingsDrift(state.restorePoint(), proved.get(), seen).ifPresent(drift::add);
    }
    return drift;
  }

  /**
   * Whether a site that did not drift stands at the very point that another tool's manifest tells:
   * its name, and on every content its position and timeline. Those are of the one record that was
   * found when the instances were parked there; nothing in the WAL can have changed what was
   * replayed. A state of an older version has no positions, and stands for nothing here.
   */
  static boolean isAt(SiteState state, ForeignManifest told) {
    List<ContentId> parked =
        state.instances().stream().map(ParkedInstance::content).sorted().toList();
    return state.restorePoint().equals(told.restorePoint())
        && parked.equals(told.contentIds())
        && state.instances().stream()
            .allMatch(p -> isAt(p, told.segmentOf(p.content()).orElseThrow()));
  }

  private static boolean isAt(ParkedInstance parked, ForeignManifest.Segment told) {
    boolean sameTimeline =
        told.walFile().isEmpty()
            || new WalFileName(told.walFile()).timeline().equals(parked.timeline());
    return parked.point().equals(told.lsn().toString()) && sameTimeline;
  }

  private static Optional<String> settingsDrift(
      RestorePointName point, ParkedInstance proved, Seen seen) {
    TargetSettings settings = seen.observed().recovery().settings();
    List<String> wrong = new ArrayList<>();
    if (!settings.name().equals(point.value())) {
      wrong.add("recovery_target_name is '" + settings.name() + "', was " + point);
    }
    if (!settings.action().equals("shutdown")) {
      wrong.add("recovery_target_action is " + settings.action() + ", was shutdown");
    }
    if (!settings.others().isEmpty()) {
      wrong.add("other targets are set: " + settings.others());
    }
    if (!settings.timeline().equals(proved.timeline().toString())) {
      wrong.add(
          "recovery_target_timeline is '" + settings.timeline() + "', was " + proved.timeline());
    }
    if (!settings.throughGate()) {
      wrong.add("restore_command is not the restore gate");
    }
    if (!seen.observed().recovery().standbySignal()) {
      wrong.add("standby.signal is gone");
    }
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(seen.instance().id() + ": " + String.join(", ", wrong));
  }
}
