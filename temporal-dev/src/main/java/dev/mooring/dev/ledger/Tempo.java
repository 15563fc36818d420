package dev.mooring.dev.ledger;

import java.time.Duration;

/** How many clients write, and how soon each writes again. */
public enum Tempo {
  /** Enough to show a torn transfer at nearly every point that tears one. */
  FULL(Transfers.CLIENTS, Duration.ofMillis(40), Duration.ofMillis(20)),

  /** Little enough to go on beside every test of a class. */
  GENTLE(1, Duration.ofMillis(100), Duration.ofMillis(50));

  private final int transferClients;
  private final Duration betweenTransfers;
  private final Duration betweenRows;

  Tempo(int transferClients, Duration betweenTransfers, Duration betweenRows) {
    this.transferClients = transferClients;
    this.betweenTransfers = betweenTransfers;
    this.betweenRows = betweenRows;
  }

  int transferClients() {
    return transferClients;
  }

  Duration betweenTransfers() {
    return betweenTransfers;
  }

  Duration betweenRows() {
    return betweenRows;
  }
}
