package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Law 10: state that can't be read stops the run. No run completed after a state it has to read
 * became unreadable, and every receipt can be read.
 */
final class UnreadableStops implements Law {
  @Override
  public int number() {
    return 10;
  }

  @Override
  public List<String> against(Sight sight) {
    List<String> against = new ArrayList<>();
    Map<Path, String> unreadable = unreadable(sight);
    sight
        .receipts()
        .forEach(
            (file, document) ->
                document.match(
                    intact -> against.addAll(completedOver(unreadable, intact.content().receipt())),
                    refused ->
                        against.add("receipt " + file.getFileName() + ": " + refused.reason())));
    return against;
  }

  private static List<String> completedOver(Map<Path, String> unreadable, Receipt receipt) {
    List<String> against = new ArrayList<>();
    if (receipt.run().runbook().equals("DrConsume")
        && receipt.ending().outcome().equals("COMPLETED")
        && !receipt.steps().isEmpty()) {
      Instant began = receipt.steps().get(0).startedAt();
      unreadable.forEach(
          (file, why) -> {
            if (Texts.changed(file).isBefore(began)) {
              against.add(
                  "%s completed over %s, which can't be read: %s"
                      .formatted(receipt.run().workflowId(), file.getFileName(), why));
            }
          });
    }
    return against;
  }

  /** What a DrConsume has to read and can't: the site's state, LATEST, the control files. */
  private static Map<Path, String> unreadable(Sight sight) {
    Map<Path, String> unreadable = new TreeMap<>();
    sight
        .state()
        .ifPresent(
            document ->
                document.match(
                    intact -> "", refused -> unreadable.put(sight.stateFile(), refused.reason())));
    Path latest = sight.manifestFile("LATEST");
    if (Files.exists(latest)) {
      sight
          .manifest(latest)
          .match(intact -> "", refused -> unreadable.put(latest, refused.reason()));
    }
    for (LabInstance instance : sight.west()) {
      Path control = instance.dataDirectory().resolve("global/pg_control");
      if (!Files.exists(control) || !sight.lab().controlState(instance).matches("[a-z ]+")) {
        unreadable.put(control, sight.lab().controlState(instance));
      }
    }
    return unreadable;
  }
}
