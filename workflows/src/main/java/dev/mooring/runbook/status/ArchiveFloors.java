package dev.mooring.runbook.status;

import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The WAL that the archives must keep. At every start a copy replays from its checkpoint's REDO
 * position, or from its backup's start: it never needs an older file, and later only newer ones.
 */
final class ArchiveFloors {
  private static final int TIMELINE_DIGITS = 8;

  private ArchiveFloors() {}

  /** One floor for each content of a consuming site. */
  static List<ArchiveFloor> of(StatusFacts facts) {
    List<SiteName> publishing = facts.cluster().publishingSites();
    List<InstanceFacts> copies =
        facts.instances().stream()
            .filter(one -> !publishing.contains(one.instance().site()))
            .toList();
    return copies.stream()
        .map(copy -> copy.instance().content())
        .distinct()
        .sorted()
        .map(content -> of(content, copies))
        .toList();
  }

  private static ArchiveFloor of(ContentId content, List<InstanceFacts> copies) {
    List<Need> needs = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (InstanceFacts copy : copies) {
      if (!copy.instance().content().equals(content)) {
        continue;
      }
      String name = copy.instance().id().value();
      if (copy.host() instanceof Observed.Unseen<?> unseen) {
        unknown.add(name + ": " + unseen.why());
      } else {
        copy.host()
            .seen()
            .orElseThrow()
            .oldestNeeded()
            .ifPresentOrElse(
                file -> needs.add(new Need(name, file)),
                () -> unknown.add(name + " is in production and no copy any more"));
      }
    }
    if (!unknown.isEmpty()) {
      return new ArchiveFloor(content, "", "", String.join("; ", unknown));
    }
    // the number alone decides, as for pg_archivecleanup: timelines of one content share it
    Need lowest =
        needs.stream()
            .min(Comparator.comparing(need -> need.file().text().substring(TIMELINE_DIGITS)))
            .orElseThrow();
    return new ArchiveFloor(content, lowest.file().text(), lowest.copy(), "");
  }

  private record Need(String copy, WalFileName file) {}
}
