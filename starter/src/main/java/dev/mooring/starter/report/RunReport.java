package dev.mooring.starter.report;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Receipt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is told of a run: its receipt, whose seal holds, and what its history adds.
 *
 * @param receipt what the run left
 * @param seal where the receipt stands, and what makes it believed
 * @param history what its history says
 */
public record RunReport(ChainedReceipt receipt, Sealed seal, HistoryFacts history) {

  /**
   * A sealed document.
   *
   * @param path where it stands
   * @param sha256 of its bytes
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

  /** Who decided something while it ran. */
  public List<HistoryFacts.Message> decisions() {
    return history.messages();
  }
}
