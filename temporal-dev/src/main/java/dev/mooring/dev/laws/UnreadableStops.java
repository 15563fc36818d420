package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.Runbook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  public List<String> against(Observed observed) {
    List<String> against = new ArrayList<>();
    Map<Path, String> ofSite = ofSite(observed);
    Map<Path, String> ofMembers = ofMembers(observed);
    observed
        .receipts()
        .forEach(
            (file, document) ->
                document.match(
                    intact -> {
                      Receipt receipt = intact.content().receipt();
                      return against.addAll(
                          completedOver(has(receipt, ofSite, ofMembers), receipt));
                    },
                    refused ->
                        against.add("receipt " + file.getFileName() + ": " + refused.reason())));
    return against;
  }

  private static Map<Path, String> has(
      Receipt receipt, Map<Path, String> ofSite, Map<Path, String> ofMembers) {
    String runbook = receipt.run().runbook();
    if (runbook.equals("DrConsume")) {
      return ofSite;
    }
    return Runbook.ofType(runbook).filter(UnreadableStops::readsMembers).isPresent()
        ? ofMembers
        : Map.of();
  }

  /** A setup makes members without data, and has to read that of the primary alone. */
  private static boolean readsMembers(Runbook runbook) {
    return runbook.isOfMembers() && runbook != Runbook.REPLICATION_SETUP;
  }

  private static List<String> completedOver(Map<Path, String> unreadable, Receipt receipt) {
    List<String> against = new ArrayList<>();
    boolean done = Set.of("COMPLETED", "PLANNED").contains(receipt.ending().outcome());
    if (done && !receipt.steps().isEmpty()) {
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

  /** The unreadable files that a DrConsume needs: the site's state, LATEST, the control files. */
  private static Map<Path, String> ofSite(Observed observed) {
    Map<Path, String> unreadable = new TreeMap<>();
    observed
        .state()
        .ifPresent(
            document ->
                document.match(
                    intact -> "",
                    refused -> unreadable.put(observed.stateFile(), refused.reason())));
    Path latest = observed.manifestFile("LATEST");
    if (Files.exists(latest)) {
      observed
          .manifest(latest)
          .match(intact -> "", refused -> unreadable.put(latest, refused.reason()));
    }
    observed.west().forEach(instance -> unreadable.putAll(control(observed, instance)));
    return unreadable;
  }

  /** The unreadable files that a run over the members needs: authority files, control files. */
  private static Map<Path, String> ofMembers(Observed observed) {
    Map<Path, String> unreadable = new TreeMap<>();
    for (LabInstance instance : observed.lab().instances()) {
      Map<String, String> authority = observed.authority(instance);
      Path file = observed.authorityFile(instance);
      if (Files.exists(file)
          && !(observed.lab().name().equals(authority.get("cluster"))
              && authority.getOrDefault("epoch", "").matches("[0-9]+"))) {
        unreadable.put(file, "of cluster and epoch " + authority);
      }
      unreadable.putAll(control(observed, instance));
    }
    return unreadable;
  }

  private static Map<Path, String> control(Observed observed, LabInstance instance) {
    Path control = instance.dataDirectory().resolve("global/pg_control");
    String state = observed.lab().controlState(instance);
    return Files.exists(control) && state.matches("[a-z ]+") ? Map.of() : Map.of(control, state);
  }
}
