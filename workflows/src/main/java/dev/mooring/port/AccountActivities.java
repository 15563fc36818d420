package dev.mooring.port;

import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SecretReference;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/**
 * The role as which standbys stream, on the primary, over SQL. No statement contains its password,
 * only a SCRAM verifier that the worker computes.
 */
@ActivityInterface
public interface AccountActivities {

  /** What pg_rewind needs on its source unless it is a superuser (PostgreSQL's pg_rewind page). */
  List<String> REWIND_FUNCTIONS =
      List.of(
          "pg_ls_dir(text, boolean, boolean)",
          "pg_stat_file(text, boolean)",
          "pg_read_binary_file(text)",
          "pg_read_binary_file(text, bigint, bigint, boolean)");

  /** Reads the role; changes nothing. */
  AccountObserved observeAccount(Account request);

  /**
   * Creates or alters the role, with LOGIN and REPLICATION, with the password of the reference, and
   * with the rights that pg_rewind needs on its source. If the password file does not exist, it is
   * created with a new password. Repeated, it changes nothing.
   *
   * <p>{@link FailureCode#DATABASE_REFUSED} if Mooring's own role may not create it, or if a role
   * of that name is not Mooring's and lacks something.
   */
  AccountSet ensureAccount(Account request);

  /**
   * Drops the role if Mooring created it; any other role stays. Repeated, it finds it gone.
   *
   * <p>{@link FailureCode#DATABASE_REFUSED} if the role owns something, or has more than Mooring
   * granted: it is left unchanged, and the message says what that is.
   */
  AccountDropped ensureNoAccount(Account request);

  /**
   * The role.
   *
   * @param user its name
   * @param password the reference to its password, on the machine of the primary's worker
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
   * @param mayMake whether Mooring's own role may create it: a superuser
   * @param unparsedAccess the lines of pg_hba.conf, as the file is now, that the server can't
   *     parse, with why; empty if there are none, or if Mooring's own role may not read that
   * @param role the role, or nothing
   */
  record AccountObserved(
      InstanceId instance, boolean mayMake, String unparsedAccess, List<RoleSeen> role) {
    public AccountObserved {
      role = List.copyOf(role);
    }
  }

  /**
   * A role.
   *
   * @param streams whether it has LOGIN and REPLICATION
   * @param ours whether Mooring created it
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
   * @param changed one word each: secret, role, password, rights; none if nothing was changed
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
