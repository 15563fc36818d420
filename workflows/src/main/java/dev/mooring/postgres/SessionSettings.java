package dev.mooring.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * All settings that a session depends on: no role, database or server changes what a statement
 * means, how its answer reads, or whether it is executed. The driver itself sets encoding, style of
 * dates and time zone, and how long a statement may take is set by who sends it.
 */
public final class SessionSettings {
  /**
   * Stands before a psql of one statement that a person types: sent with the login, because without
   * it a standby that is serializable by default answers nothing.
   */
  public static final String BEFORE_PSQL =
      "PGOPTIONS='-c default_transaction_isolation=read\\ committed"
          + " -c default_transaction_read_only=off -c statement_timeout=0"
          + " -c search_path=pg_catalog'";

  /**
   * Sent with the login: the first message could come too late. PostgreSQL before 14 does not have
   * it and refuses the login with {@link #UNKNOWN_SETTING}.
   */
  public static final String AT_LOGIN = "-c idle_session_timeout=0";

  /** The SQLSTATE of a login with a setting that the server does not have. */
  public static final String UNKNOWN_SETTING = "42704";

  private static final int IDLE_IN_TRANSACTION_SINCE = 10;
  private static final int TRANSACTION_TIMEOUT_SINCE = 17;

  private SessionSettings() {}

  /**
   * The first message of a session. SET needs no snapshot, which a standby refuses to a transaction
   * that is serializable by default. In pg_settings {@code reset_val} stays what the login got.
   *
   * @param majorVersion of the server
   * @param ownPath whether functions are found by the role's own search path: of a Greenplum, whose
   *     own functions may be in any schema
   */
  public static String afterLogin(int majorVersion, boolean ownPath) {
    List<String> statements =
        new ArrayList<>(
            List.of(
                "SET default_transaction_isolation = 'read committed'",
                "SET default_transaction_read_only = off",
                "SET default_transaction_deferrable = off",
                "SET lock_timeout = 0",
                "SET client_min_messages = notice",
                "SET exit_on_error = off",
                "SET standard_conforming_strings = on",
                "SET quote_all_identifiers = off",
                "SET intervalstyle = postgres",
                "SET bytea_output = hex",
                "SET extra_float_digits = 1"));
    if (majorVersion >= IDLE_IN_TRANSACTION_SINCE) {
      statements.add("SET idle_in_transaction_session_timeout = 0");
    }
    if (majorVersion >= TRANSACTION_TIMEOUT_SINCE) {
      statements.add("SET transaction_timeout = 0");
    }
    if (!ownPath) {
      statements.add("SET search_path = pg_catalog");
    }
    return String.join("; ", statements);
  }
}
