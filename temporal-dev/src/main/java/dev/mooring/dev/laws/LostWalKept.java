package dev.mooring.dev.laws;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.runbook.resilver.ResilverStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Law 13: WAL that may hold lost transactions is kept. If an instance had diverged from the primary
 * when it was rewound or created again, its WAL is kept on its host, as it was sealed: every listed
 * file is there, and unchanged.
 */
final class LostWalKept implements Law {
  private static final String LISTED = "SHA256SUMS";
  private static final Pattern KEPT = Pattern.compile("(.+), sealed by SHA-256 ([0-9a-f]{64})");
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *](.+)");

  /** The explanation of a rejoin method for an instance that may have WAL the primary lacks. */
  private static final Pattern PARTED =
      Pattern.compile(
          "(?s)(REWIND|BASE_BACKUP): it (has [0-9]+ bytes of WAL beyond |ended in a crash at"
              + " |was a primary on timeline ).*");

  @Override
  public int number() {
    return 13;
  }

  @Override
  public List<String> against(Observed observed) {
    List<String> against = new ArrayList<>();
    for (Ran ran : observed.ran()) {
      against.addAll(of(ran));
      ran.facts("WAL kept").forEach(kept -> against.addAll(ofKept(ran, kept)));
    }
    return against;
  }

  /** Whether it reports where the WAL of each is, once one of them may have been changed. */
  static List<String> of(Ran ran) {
    if (!ran.began(ResilverStep.REPLACE.name())) {
      return List.of();
    }
    return ran.receipt().seen().proofs().stream()
        .filter(
            proof ->
                values(proof, "method").stream().anyMatch(why -> PARTED.matcher(why).matches()))
        .filter(proof -> values(proof, "WAL kept").isEmpty())
        .map(
            proof ->
                "%s took away what %s alone had, and kept no WAL of it"
                    .formatted(ran.name(), proof.subject()))
        .toList();
  }

  private static List<String> values(ProofRecord proof, String name) {
    return proof.facts().stream()
        .filter(fact -> fact.name().equals(name))
        .map(Fact::value)
        .toList();
  }

  private static List<String> ofKept(Ran ran, String kept) {
    Matcher reported = KEPT.matcher(kept);
    if (!reported.matches()) {
      return List.of("%s does not say where it kept WAL: %s".formatted(ran.name(), kept));
    }
    Path directory = Path.of(reported.group(1));
    Path list = directory.resolve(LISTED);
    if (!Files.exists(list) || !Texts.sha256(list).equals(reported.group(2))) {
      return List.of("%s is not there as %s sealed it".formatted(list, ran.name()));
    }
    return Texts.text(list)
        .lines()
        .filter(line -> !isThere(directory, line))
        .map(line -> "%s is not as %s kept it: %s".formatted(directory, ran.name(), line))
        .toList();
  }

  private static boolean isThere(Path directory, String line) {
    Matcher listed = LINE.matcher(line);
    if (!listed.matches()) {
      return false;
    }
    Path file = directory.resolve(listed.group(2));
    return Files.exists(file) && Texts.sha256(file).equals(listed.group(1));
  }
}
