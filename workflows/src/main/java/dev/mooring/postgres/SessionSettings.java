package dev.mooring.postgres;

import java.util.List;
import java.util.stream.Collectors;

/**
 * All settings that a session depends on: no role, database or server changes what a statement
 * means, how its answer reads, or whether it is executed. The driver itself sets encoding, style of
 * dates and time zone, and how long a statement may take is set by who sends it.
 */
public final class SessionSettings {
  /**
   * Sent with the login: the first message could come too late. PostgreSQL before 14 does not have
   * it and refuses the login with SQLSTATE undefined_object.
   */
  public static final String AT_LOGIN = "-c idle_session_timeout=0";

  /**
   * Sent with the login by every session but that of a barrier's own statements: no operator or
   * function of another role is ever found, and a RESET finds none either.
   */
  public static final String PATH_AT_LOGIN = "-c search_path=pg_catalog,pg_temp";

  /**
   * Each with the first major version that has it, and written as in {@code PGOPTIONS}, where the
   * host scripts put those that the server's version has. {@code afterLogin} sends all but the
   * first two, which stay what the login got.
   */
  public static final List<String> ALL =
      List.of(
          "0 statement_timeout=0",
          "0 search_path=pg_catalog,pg_temp",
          "0 default_transaction_isolation=read\\ committed",
          "0 default_transaction_read_only=off",
          "0 default_transaction_deferrable=off",
          "0 lock_timeout=0",
          "0 client_min_messages=notice",
          "0 exit_on_error=off",
          "0 standard_conforming_strings=on",
          "0 quote_all_identifiers=off",
          "0 intervalstyle=postgres",
          "0 bytea_output=hex",
          "0 extra_float_digits=1",
          "10 idle_in_transaction_session_timeout=0",
          "14 idle_session_timeout=0",
          "17 transaction_timeout=0");

  /**
   * Stands before a psql of one statement that a person types: the first four, sent with the login,
   * because without them a standby that is serializable by default answers nothing. What the
   * person's own shell says of another server is left out.
   */
  public static final String BEFORE_PSQL =
      "env -u PGHOSTADDR -u PGSERVICE PGOPTIONS='"
          + String.join(" ", ALL.subList(0, 4)).replaceAll("(?<!=)0 ", "-c ")
          + "'";

  private SessionSettings() {}

  /**
   * The first message of a session. SET needs no snapshot, which a standby refuses to a transaction
   * that is serializable by default. In pg_settings {@code reset_val} stays what the login got.
   *
   * @param majorVersion of the server
   */
  public static String afterLogin(int majorVersion) {
    return ALL.stream()
        .skip(2)
        .map(setting -> setting.replace("\\", "").split("[ =]", 3))
        .filter(part -> Integer.parseInt(part[0]) <= majorVersion)
        .map(part -> "SET " + part[1] + " = '" + part[2] + "'")
        .collect(Collectors.joining("; "));
  }
}
