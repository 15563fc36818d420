package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Law 3: positions of different instances are never compared. Every position in a manifest belongs
 * to the database system that the instances of its content really are.
 */
final class PositionsOfOneSystem implements Law {
  @Override
  public int number() {
    return 3;
  }

  @Override
  public List<String> against(Observed observed) {
    List<String> against = new ArrayList<>();
    for (LabInstance instance : observed.lab().instances()) {
      Map<String, String> control = observed.control(instance);
      String system = control.getOrDefault("Database system identifier", "unreadable");
      for (Path file : observed.manifestFiles()) {
        observed
            .manifest(file)
            .match(
                intact -> against.addAll(ofManifest(intact.content(), instance, system)),
                refused -> false);
      }
    }
    return against;
  }

  private static List<String> ofManifest(Manifest manifest, LabInstance instance, String system) {
    List<String> against = new ArrayList<>();
    for (ContentEvidence content : manifest.contents()) {
      boolean same = content.target().systemIdentifier().toString().equals(system);
      if (content.target().content().value() == instance.content() && !same) {
        against.add(
            "%s has a position of system %s for content %d, %s is of system %s"
                .formatted(
                    manifest.name(),
                    content.target().systemIdentifier(),
                    instance.content(),
                    instance.id(),
                    system));
      }
    }
    return against;
  }
}
