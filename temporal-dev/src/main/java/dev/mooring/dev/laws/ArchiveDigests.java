package dev.mooring.dev.laws;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The digest of every file in the archives of a lab, at the moment it was made.
 *
 * @param byFile file and digest
 */
record ArchiveDigests(Map<Path, String> byFile) {
  ArchiveDigests {
    byFile = Map.copyOf(byFile);
  }

  static ArchiveDigests of(Lab lab) {
    Map<Path, String> digests = new TreeMap<>();
    lab.instancesAt("east").stream()
        .map(LabInstance::content)
        .distinct()
        .flatMap(content -> Texts.filesIn(lab.archive(content)).stream())
        .forEach(file -> digests.put(file, Texts.sha256(file)));
    return new ArchiveDigests(digests);
  }
}
