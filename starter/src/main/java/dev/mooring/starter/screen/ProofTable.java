package dev.mooring.starter.screen;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.starter.console.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The proofs of a run, one row per instance or content, with shortened digests. */
public final class ProofTable {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final int DIGITS = 12;

  private ProofTable() {}

  /**
   * The proofs as a table; no lines when there are none.
   *
   * @param width how wide it may be, or {@link Table#UNLIMITED}
   */
  public static List<String> of(List<ProofRecord> proofs, int width) {
    if (proofs.isEmpty()) {
      return List.of();
    }
    Set<String> shared = new LinkedHashSet<>(names(proofs.get(0)));
    proofs.forEach(proof -> shared.retainAll(names(proof)));
    List<Fact> others =
        proofs.stream()
            .flatMap(proof -> proof.facts().stream())
            .filter(fact -> !shared.contains(fact.name()))
            .toList();
    List<String> headings = new ArrayList<>(List.of("proved"));
    headings.addAll(shared);
    if (!others.isEmpty()) {
      boolean files = others.stream().allMatch(fact -> DIGEST.matcher(fact.value()).matches());
      headings.add(files ? "files (sha-256)" : "seen");
    }
    Table table = new Table(headings);
    for (ProofRecord proof : proofs) {
      table.row(cells(proof, shared, !others.isEmpty()));
    }
    return table.lines(width);
  }

  private static List<String> names(ProofRecord proof) {
    return proof.facts().stream().map(Fact::name).toList();
  }

  private static List<String> cells(ProofRecord proof, Set<String> shared, boolean rest) {
    List<String> cells = new ArrayList<>(List.of(proof.subject()));
    for (String name : shared) {
      cells.add(
          proof.facts().stream()
              .filter(fact -> fact.name().equals(name))
              .map(fact -> shortened(fact.value()))
              .findFirst()
              .orElse(""));
    }
    if (rest) {
      cells.add(
          String.join(
              ", ",
              proof.facts().stream()
                  .filter(fact -> !shared.contains(fact.name()))
                  .map(fact -> fact.name() + " (" + shortened(fact.value()) + ")")
                  .toList()));
    }
    return cells;
  }

  private static String shortened(String value) {
    return DIGEST.matcher(value).matches() ? value.substring(0, DIGITS) : value;
  }
}
