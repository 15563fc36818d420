package dev.mooring.runbook.consume;

import dev.mooring.evidence.ContentFloor;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.ArchiveActivities.ChainObserved;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import java.util.ArrayList;
import java.util.List;

/** The text of a DrConsume plan. */
final class ConsumePlan {
  private ConsumePlan() {}

  static List<String> objects(List<Seen> seen, Manifest manifest) {
    List<String> objects = new ArrayList<>();
    for (Seen one : seen) {
      ContentTarget target = manifest.evidenceOf(one.instance().content()).orElseThrow().target();
      objects.add(
          String.format(
              "%s: content %s, system %s, timeline %s, to %s at %s on timeline %s",
              one.instance().id(),
              target.content(),
              target.systemIdentifier(),
              one.observed().control().checkpoint().timeline(),
              manifest.name(),
              target.lsn(),
              target.timeline()));
    }
    return objects;
  }

  static List<Receipt.Fact> measured(List<ChainObserved> chains) {
    List<Receipt.Fact> measured = new ArrayList<>();
    for (ChainObserved chain : chains) {
      measured.add(
          new Receipt.Fact(
              chain.instance() + " replays",
              String.format(
                  "%d bytes in %d files, %s to %s",
                  chain.bytesToReplay(), chain.files(), chain.first(), chain.last())));
    }
    return measured;
  }

  static String bytes(List<ChainObserved> chains) {
    long bytes = chains.stream().mapToLong(ChainObserved::bytesToReplay).sum();
    long files = chains.stream().mapToLong(ChainObserved::files).sum();
    return bytes + " bytes to replay, " + files + " WAL files";
  }

  static String floors(List<ContentFloor> floors) {
    List<String> words = new ArrayList<>();
    floors.forEach(f -> words.add(f.instance() + " " + f.floor() + " (" + f.source() + ")"));
    return words.isEmpty() ? "no floors" : "floors: " + String.join(", ", words);
  }
}
