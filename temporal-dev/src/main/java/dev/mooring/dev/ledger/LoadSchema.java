package dev.mooring.dev.ledger;

import java.util.List;

/**
 * The tables of a load, on every content. They exist before the first base backup, so that every
 * restore point can be checked.
 */
public final class LoadSchema {
  /** Accounts per content. */
  public static final int ACCOUNTS = 20;

  /** The opening balance of each account. */
  public static final long OPENING_BALANCE = 1000;

  private LoadSchema() {}

  /** The statements that make the tables. */
  public static List<String> statements() {
    return List.of(
        "CREATE SCHEMA lab",
        "CREATE TABLE lab.account (id int PRIMARY KEY, balance bigint NOT NULL)",
        "INSERT INTO lab.account SELECT i, %d FROM generate_series(1, %d) AS i"
            .formatted(OPENING_BALANCE, ACCOUNTS),
        "CREATE TABLE lab.ledger (seq bigint PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT"
            + " clock_timestamp())",
        "CREATE TABLE lab.probe (id int PRIMARY KEY, n bigint NOT NULL)",
        "INSERT INTO lab.probe VALUES (1, 0)");
  }

  /** The constant sum of all accounts of that many contents. */
  public static long fixedSum(int contents) {
    return OPENING_BALANCE * ACCOUNTS * contents;
  }
}
