package dev.mooring.starter.report;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Receipt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A report of a run: its receipt, whose seal is valid, and what its history adds.
 *
 * @param receipt the run's receipt
 * @param seal the path of the receipt, and what makes it trusted
 * @param history the facts of its history
 */
public record RunReport(ChainedReceipt receipt, Sealed seal, HistoryFacts history) {

  /**
   * A sealed document.
   *
   * @param path its path
   * @param sha256 the digest of its bytes
   * @param keyId the key that sealed it
   */
  public record Sealed(String path, String sha256, String keyId) {}

  /** The run's receipt itself. */
  public Receipt run() {
    return receipt.receipt();
  }

  /** When it began: by its history, else with its first step. */
  public Instant startedAt() {
    Optional<Instant> first = run().steps().stream().map(Receipt.StepRecord::startedAt).findFirst();
    return history.startedAt().or(() -> first).orElse(run().ending().at());
  }

  /** People's decisions about it, from its receipt; overridden rules are reported apart. */
  public List<Receipt.DecisionRecord> decisions() {
    return run().decisions().stream().filter(decision -> !decision.isOverride()).toList();
  }

  /** The messages in its history that are no decision of its receipt. */
  public List<HistoryFacts.Message> messages() {
    return history.messages().stream().filter(message -> !isInReceipt(message)).toList();
  }

  private boolean isInReceipt(HistoryFacts.Message message) {
    return decisions().stream()
        .anyMatch(
            decision ->
                message.kind().startsWith("decide")
                    && message.words().startsWith(decision.decision())
                    && message.by().equals(decision.by()));
  }
}
