package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Manifest;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether synchronous_standby_names of a content changed since the last READY point: acknowledged
 * commits are then on other hosts than before. It is reported and does not stop the run.
 */
final class StandbyNamesDrift {
  private StandbyNamesDrift() {}

  /** One sentence for each content whose setting changed, with both values. */
  static List<String> since(Manifest last, List<Primary> primaries) {
    List<String> drift = new ArrayList<>();
    for (Primary primary : primaries) {
      Optional<String> before =
          last.evidenceOf(primary.instance().content())
              .map(ContentEvidence::owner)
              .map(ContentEvidence.Owner::standbyNames);
      String now = primary.server().synchronous().standbyNames();
      if (before.isPresent() && !before.get().equals(now)) {
        drift.add(
            String.format(
                "%s has synchronous_standby_names '%s', %s",
                primary.instance().id(), now, inWords(before.get(), last)));
      }
    }
    return List.copyOf(drift);
  }

  /** Manifests of releases before this field have none. */
  private static String inWords(String before, Manifest last) {
    return before.isEmpty()
        ? "and none is recorded of " + last.name()
        : "was '" + before + "' when " + last.name() + " was begun";
  }
}
