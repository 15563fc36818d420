package dev.mooring.dev.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The transfers that were decided to commit, recorded before the first commit of each: what a
 * transaction coordinator must know after a crash. A prepared transfer without a record is rolled
 * back.
 */
final class Decisions {
  private final Path file;

  Decisions(Path directory) {
    this.file = directory.resolve("decisions.txt");
  }

  synchronized void commit(String transfer) {
    try {
      Files.writeString(
          file, transfer + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new LoadFailure("could not write down the decision on " + transfer, e);
    }
  }

  Set<String> committed() {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().collect(Collectors.toUnmodifiableSet())
          : Set.copyOf(List.of());
    } catch (IOException e) {
      throw new LoadFailure("unreadable " + file, e);
    }
  }
}
