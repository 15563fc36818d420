package dev.mooring.activities.jdbc;

import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.AccountActivities;
import dev.mooring.port.AccountActivities.Account;
import dev.mooring.port.AccountActivities.AccountDropped;
import dev.mooring.port.AccountActivities.AccountObserved;
import dev.mooring.port.AccountActivities.AccountSet;
import dev.mooring.port.AccountActivities.Dropped;
import dev.mooring.port.AccountActivities.RoleSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The statements about the role that standbys stream as. */
final class AccountSql {
  private static final String PASSWORD_ELSEWHERE = "pgpass";

  /** A line has a type and an error if it is parsed, and never fits. */
  private static final String UNPARSED =
      """
      SELECT coalesce(string_agg(format('line %s: %s', line_number, error), '; '), '') AS unparsed
        FROM pg_hba_file_rules WHERE error IS NOT NULL AND type IS NULL
      """;

  private final Session session;
  private final Account account;
  private final Secrets secrets;

  AccountSql(Session session, Account account, Secrets secrets) {
    this.session = session;
    this.account = account;
    this.secrets = secrets;
  }

  /**
   * The role as the catalogue has it.
   *
   * @param verifier of its password; empty if it has none, or the reader may not read it
   */
  private record Found(
      boolean streams, boolean superuser, boolean rewinds, String comment, String verifier) {}

  private InstanceId instance() {
    return account.primary().instance().id();
  }

  private String mark() {
    return "mooring: " + account.call().cluster();
  }

  private boolean maySee() throws DatabaseFault {
    return session.row(
        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user",
        While.READING,
        row -> row.getBoolean(1));
  }

  private Optional<Found> found(boolean superuser) throws DatabaseFault {
    String verifier =
        superuser ? "(SELECT rolpassword FROM pg_authid AS a WHERE a.oid = r.oid)" : "NULL::text";
    StringBuilder rewinds = new StringBuilder("true");
    AccountActivities.REWIND_FUNCTIONS.forEach(
        function ->
            rewinds.append(
                " AND has_function_privilege(r.oid, %s, 'EXECUTE')"
                    .formatted(SqlText.literal(function))));
    return session.run(
        "SELECT rolcanlogin AND rolreplication AS streams, rolsuper, "
            + rewinds
            + " AS rewinds, coalesce(shobj_description(r.oid, 'pg_authid'), '') AS comment,"
            + " coalesce("
            + verifier
            + ", '') AS verifier FROM pg_roles AS r WHERE rolname = "
            + SqlText.literal(account.user()),
        While.READING,
        statement -> {
          try (ResultSet row = statement.getResultSet()) {
            return row.next() ? Optional.of(found(row)) : Optional.empty();
          }
        });
  }

  private static Found found(ResultSet row) throws SQLException {
    return new Found(
        row.getBoolean("streams"),
        row.getBoolean("rolsuper"),
        row.getBoolean("rewinds"),
        ServerReading.text(row, "comment"),
        ServerReading.text(row, "verifier"));
  }

  AccountObserved seen() throws DatabaseFault {
    boolean superuser = maySee();
    List<RoleSeen> role = new ArrayList<>();
    Optional<Found> found = found(superuser);
    if (found.isPresent()) {
      Found one = found.get();
      role.add(new RoleSeen(one.streams(), one.comment().equals(mark()), lacking(one, superuser)));
    }
    String unparsed =
        superuser ? session.row(UNPARSED, While.READING, row -> row.getString(1)) : "";
    return new AccountObserved(instance(), superuser, unparsed, role);
  }

  /** What can't be read is not reported as lacking: streaming itself will show it. */
  private List<String> lacking(Found role, boolean superuser) {
    List<String> lacking = new ArrayList<>();
    if (!role.streams()) {
      lacking.add("role");
    }
    if (superuser && !hasPassword(role)) {
      lacking.add("password");
    }
    if (!role.rewinds()) {
      lacking.add("rights");
    }
    return lacking;
  }

  private boolean hasPassword(Found role) {
    if (account.password().text().equals(PASSWORD_ELSEWHERE)) {
      return true;
    }
    return !MadeSecret.isWanted(account.password())
        && ScramVerifier.matches(role.verifier(), secret());
  }

  private String secret() {
    return secrets.text("the replication password", account.password()).strip();
  }

  AccountSet ensured() throws DatabaseFault {
    boolean superuser = maySee();
    Optional<Found> found = found(superuser);
    List<String> lacking =
        found.isPresent() ? lacking(found.get(), superuser) : List.of("role", "password", "rights");
    if (lacking.isEmpty()) {
      return new AccountSet(instance(), List.of());
    }
    refuseUnlessMay(superuser, found, lacking);
    List<String> changed = new ArrayList<>();
    if (MadeSecret.isWanted(account.password())) {
      MadeSecret.make(account.password());
      changed.add("secret");
    }
    changed.addAll(lacking);
    change(statements(found.isEmpty(), lacking));
    return new AccountSet(instance(), changed);
  }

  private void refuseUnlessMay(boolean superuser, Optional<Found> found, List<String> lacking)
      throws DatabaseFault {
    if (!superuser) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "it lacks "
              + String.join(", ", lacking)
              + ", and Mooring's own role is no superuser. HINT: let a superuser run the"
              + " primary_setup.sql of `mooring replicate files`");
    }
    boolean ours = found.isEmpty() || found.get().comment().equals(mark());
    if (!ours && !lacking.equals(List.of("rights"))) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "it lacks "
              + String.join(", ", lacking)
              + " and was not made by Mooring. HINT: fix it by hand, or name another role as"
              + " replication.user");
    }
    if (account.password().text().equals(PASSWORD_ELSEWHERE) && lacking.contains("password")) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "it can't be made with a password that is only in the hosts' password files. HINT: set"
              + " replication.password to file:PATH");
    }
  }

  /**
   * Runs one transaction that waits for no standby: it must not hang if no standby that commits
   * wait for is there. A failed transaction leaves nothing open in the session.
   */
  private void change(List<String> statements) throws DatabaseFault {
    String whole =
        "BEGIN; SET LOCAL synchronous_commit = 'local'; "
            + String.join("; ", statements)
            + "; COMMIT";
    try {
      session.execute(whole, While.CHANGING);
    } catch (DatabaseFault fault) {
      try {
        session.execute("ROLLBACK", While.CHANGING);
      } catch (DatabaseFault also) {
        fault.addSuppressed(also);
      }
      throw fault;
    }
  }

  /** Kept out of the server's log. */
  private List<String> statements(boolean absent, List<String> lacking) {
    String role = SqlText.identifier(account.user());
    List<String> statements =
        new ArrayList<>(
            List.of(
                "SET LOCAL log_statement = 'none'",
                "SET LOCAL log_min_duration_statement = -1",
                "SET LOCAL log_min_error_statement = 'panic'"));
    if (absent) {
      statements.add("CREATE ROLE " + role + " LOGIN REPLICATION");
      statements.add("COMMENT ON ROLE " + role + " IS " + SqlText.literal(mark()));
    } else if (lacking.contains("role")) {
      statements.add("ALTER ROLE " + role + " LOGIN REPLICATION");
    }
    if (lacking.contains("password")) {
      statements.add(
          "ALTER ROLE " + role + " PASSWORD " + SqlText.literal(ScramVerifier.of(secret())));
    }
    if (lacking.contains("rights")) {
      AccountActivities.REWIND_FUNCTIONS.forEach(
          function -> statements.add("GRANT EXECUTE ON FUNCTION " + function + " TO " + role));
    }
    return statements;
  }

  AccountDropped dropped() throws DatabaseFault {
    Optional<Found> found = found(false);
    if (found.isEmpty()) {
      return new AccountDropped(instance(), Dropped.GONE);
    }
    if (!found.get().comment().equals(mark())) {
      return new AccountDropped(instance(), Dropped.NOT_OURS);
    }
    change(withoutRole());
    return new AccountDropped(instance(), Dropped.DROPPED);
  }

  /**
   * Grants to the role by others, and what it owns, are not Mooring's to take away: the server then
   * refuses to drop it and reports them.
   */
  private List<String> withoutRole() {
    String role = SqlText.identifier(account.user());
    List<String> statements = new ArrayList<>();
    AccountActivities.REWIND_FUNCTIONS.forEach(
        function -> statements.add("REVOKE EXECUTE ON FUNCTION " + function + " FROM " + role));
    statements.add("DROP ROLE " + role);
    return statements;
  }
}
