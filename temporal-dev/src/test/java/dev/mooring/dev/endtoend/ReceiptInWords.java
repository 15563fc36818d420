package dev.mooring.dev.endtoend;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import java.util.ArrayList;
import java.util.List;

/** A receipt without what every run has anew, so that two can be compared. */
final class ReceiptInWords {
  private ReceiptInWords() {}

  /** Without times, names of points and runs, positions and digests. */
  static List<String> of(Receipt receipt) {
    List<String> words = asked(receipt);
    words.addAll(inWords(receipt.seen().consume()));
    words.addAll(ended(receipt));
    for (Receipt.ProofRecord proof : receipt.seen().proofs()) {
      proof
          .facts()
          .forEach(f -> words.add(proof.subject() + anew(": " + f.name() + " " + f.value())));
    }
    return words;
  }

  /**
   * Of a run beside clients that write: without numbers too, and of each fact only that it was
   * seen. What an act changed is another answer where it was made twice.
   */
  static List<String> besideClients(Receipt receipt) {
    List<String> words = asked(receipt);
    words.addAll(ended(receipt));
    receipt.decisions().forEach(d -> words.add(d.decision() + " by " + d.by() + anew(d.about())));
    receipt.seen().degraded().forEach(one -> words.add(anew("degraded: " + one)));
    for (Receipt.ProofRecord proof : receipt.seen().proofs()) {
      proof.facts().stream()
          .map(Receipt.Fact::name)
          .distinct()
          .forEach(name -> words.add(proof.subject() + ": " + name));
    }
    return words.stream().map(ReceiptInWords::withoutNumbers).toList();
  }

  private static List<String> asked(Receipt receipt) {
    List<String> words = new ArrayList<>();
    words.add(receipt.run().runbook() + " of " + receipt.run().cluster());
    words.add("for " + receipt.run().scope());
    words.add(anew(receipt.asked().toString()));
    return words;
  }

  private static List<String> ended(Receipt receipt) {
    List<String> words = new ArrayList<>();
    words.add(receipt.ending().outcome() + receipt.ending().code());
    words.add(anew(receipt.ending().headline()));
    receipt.steps().forEach(s -> words.add(s.step() + " " + s.verb() + " " + anew(s.result())));
    return words;
  }

  private static List<String> inWords(ConsumeRecord consume) {
    List<String> words = new ArrayList<>();
    if (consume instanceof ConsumeRecord.Attempt attempt) {
      words.add(attempt.status() + " " + anew(attempt.target().value()));
      attempt.contents().forEach(content -> words.add(anew(content.toString())));
    }
    return words;
  }

  private static String anew(String text) {
    return text.replaceAll("sync_point_[0-9a-z_]+", "POINT")
        .replaceAll("[0-9A-F]+/[0-9A-F]+", "LSN")
        .replaceAll("\\b([0-9A-F]{24}|[0-9a-f]{64})\\b", "DIGEST")
        .replaceAll("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b", "RUN")
        .replaceAll("[0-9.]+ ms", "N ms");
  }

  /** Those of instances stay. */
  private static String withoutNumbers(String text) {
    return text.replaceAll("(?<!(east|west)[-_])\\b[0-9]+([.:][0-9]+)*", "N");
  }
}
