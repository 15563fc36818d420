package dev.mooring.port;

import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SecretReference;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/**
 * The role that standbys stream as, on the primary, over SQL. Its password is never in a statement:
 * a SCRAM verifier is, which the worker makes of it.
 */
@ActivityInterface
public interface AccountActivities {

  /** What pg_rewind asks of its source if it is no superuser (PostgreSQL's pg_rewind page). */
  List<String> REWIND_FUNCTIONS =
      List.of(
          "pg_ls_dir(text, boolean, boolean)",
          "pg_stat_file(text, boolean)",
          "pg_read_binary_file(text)",
          "pg_read_binary_file(text, bigint, bigint, boolean)");

  /** Reads the role; changes nothing. */
  AccountObserved observeAccount(Account request);

  /**
   * Creates or alters the role, with LOGIN and REPLICATION, with the password that the reference
   * points to, and with what pg_rewind asks of its source. A password file that is not there is
   * made, with a password made for it. Repeated, it changes nothing.
   *
   * <p>{@link FailureCode#DATABASE_REFUSED} if Mooring's own role may not make it, or if a role of
   * that name is not Mooring's and lacks something.
   */
  AccountSet ensureAccount(Account request);

  /**
   * Drops the role if Mooring made it; any other stays. Repeated, it finds it gone.
   *
   * <p>{@link FailureCode#DATABASE_REFUSED} if it owns something, or was given more than Mooring
   * gave it: it is left as it was, and the sentence says what that is.
   */
  AccountDropped ensureNoAccount(Account request);

  /**
   * The role.
   *
   * @param user its name
   * @param password where its password is, on the machine of the primary's worker
   */
  record Account(
      Call call,
      DatabaseAccess access,
      DatabaseActivities.Server primary,
      String user,
      SecretReference password)
      implements ForCall {}

  /**
   * The role as it was read.
   *
   * @param mayMake whether Mooring's own role may make it: a superuser
   * @param role the role, or nothing
   */
  record AccountObserved(InstanceId instance, boolean mayMake, List<RoleSeen> role) {
    public AccountObserved {
      role = List.copyOf(role);
    }
  }

  /**
   * A role.
   *
   * @param streams whether it has LOGIN and REPLICATION
   * @param ours whether Mooring made it
   * @param lacking what ensureAccount would do, one word each
   */
  record RoleSeen(boolean streams, boolean ours, List<String> lacking) {
    public RoleSeen {
      lacking = List.copyOf(lacking);
    }
  }

  /**
   * What was done.
   *
   * @param changed one word each: secret, role, password, rights; none if all was so
   */
  record AccountSet(InstanceId instance, List<String> changed) {
    public AccountSet {
      changed = List.copyOf(changed);
    }
  }

  enum Dropped {
    DROPPED,
    GONE,
    NOT_OURS
  }

  record AccountDropped(InstanceId instance, Dropped dropped) {}
}
