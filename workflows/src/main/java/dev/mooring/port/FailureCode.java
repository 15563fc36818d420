package dev.mooring.port;

import dev.mooring.postgres.ServerVersion;
import java.util.Arrays;
import java.util.Optional;

/**
 * Why something can't continue. The stable name is the type of the {@code ApplicationFailure}, in
 * histories, receipts and the Web UI.
 */
public enum FailureCode {
  BAD_INPUT(Owner.OPERATOR, "correct the request and start again; nothing was done"),
  CLUSTER_FILE(Owner.OPERATOR, "correct the cluster file at every site, then `mooring check FILE`"),
  CLUSTER_FILE_DIFFERS(Owner.OPERATOR, "copy one cluster file to every site"),
  LOCK_HELD(Owner.WAIT, "follow the run that holds the lock, or wait for its end"),
  LOCK_LOST(
      Owner.OPERATOR,
      "start a new run; the lock of this one ended when it ended for the first time"),
  HOST_UNREACHABLE(
      Owner.RETRY, "check the network and sshd of that host; nothing says its databases are down"),
  HOST_KEY_REFUSED(
      Owner.OPERATOR,
      "compare the host's key with the known-hosts file; a changed key is never accepted"),
  HOST_ALGORITHMS_REFUSED(
      Owner.OPERATOR,
      "let sshd of that host offer OpenSSH's default algorithms; a weak algorithm is never"
          + " accepted"),
  AUTHENTICATION_REFUSED(Owner.OPERATOR, "check the account, the key or the password reference"),
  HOST_SILENT(
      Owner.RETRY,
      "the host received the command and gave no answer in time; the run looks for the answer"
          + " there"),
  HOST_PROGRAM_MISSING(
      Owner.OPERATOR, "install that program on the host, or correct its path in the cluster file"),
  HOST_REFUSED(Owner.OPERATOR, "read what the host said; the command ran and failed"),
  EPOCH_REFUSED(Owner.OPERATOR, "a newer run acted on this host; this run must not continue"),
  DATABASE_UNREACHABLE(Owner.RETRY, "check that the server runs and listens"),
  DATABASE_REFUSED(Owner.OPERATOR, "read what the server said"),
  PATRONI_UNREACHABLE(
      Owner.RETRY,
      "check that Patroni runs there and its REST API listens; nothing says its database is down"),
  PATRONI_STORE_SILENT(
      Owner.RETRY,
      "check Patroni's store, such as etcd: without it no member is promoted, and the leader"
          + " accepts no writes for long unless failsafe_mode lets it"),
  PATRONI_REFUSED(Owner.OPERATOR, "read what Patroni said; `patronictl list` shows its members"),
  STATE_UNREADABLE(
      Owner.OPERATOR, "read in the message what can't be read, correct that, and start again"),
  NO_PRIMARY(Owner.OPERATOR, "start the content's primary, or correct the cluster file"),
  TWO_PRIMARIES(Owner.OPERATOR, "`mooring whois CLUSTER` shows which instances accept writes"),
  TOPOLOGY_DIFFERS(
      Owner.OPERATOR,
      "correct the cluster file at every site, or bring the Greenplum back to the file's layout;"
          + " after an expansion make the new contents' copies and rebaseline"),
  ARCHIVING_UNSAFE(Owner.OPERATOR, "correct the archive settings of that instance"),
  IDENTITY_DIFFERS(
      Owner.OPERATOR, "this is another database system than the one that the evidence names"),
  DBID_DIFFERS(
      Owner.OPERATOR,
      "correct the cluster file, or make that copy anew with a dbid of its own (pg_basebackup"
          + " --target-gp-dbid): one that is opened with production's dbid writes into production"),
  VERSION_UNSUPPORTED(
      Owner.OPERATOR,
      "this release moors PostgreSQL "
          + ServerVersion.OLDEST_SUPPORTED
          + " to "
          + ServerVersion.NEWEST_SUPPORTED
          + ", and as kind greenplum Greenplum 7, WarehousePG 7 and Cloudberry: run one of them"
          + " there"),
  VERSION_DIFFERS(
      Owner.OPERATOR,
      "install the primary's major version there and name its programs as that instance's manager"
          + " in the cluster file; after an upgrade of production make the copies anew"),
  RESTORE_POINT_HALF_MADE(Owner.RETRY, "the name is abandoned; the next attempt takes a new one"),
  BARRIER_NOT_REACHED(
      Owner.RETRY,
      "end the transaction that holds the barrier, or raise the barrier's timeout; of a Greenplum"
          + " resume the segment or the session that is named, or raise"
          + " publish.restorePointTimeout"),
  ARCHIVE_NOT_PROVED(
      Owner.WAIT,
      "read the archiver's last error; LATEST is untouched and the next publish tries again"),
  POINT_TORN(
      Owner.WAIT,
      "LATEST is untouched and the next publish tries again; a torn point is consumed only by its"
          + " name, with `--override torn` and a reason"),
  POINTS_TORN_AGAIN(
      Owner.OPERATOR,
      "publish while fewer distributed transactions run; LATEST is untouched, and each further"
          + " publish tries again and ends so until a point is whole"),
  RESTARTED_MEANWHILE(
      Owner.RETRY,
      "an instance was restarted or changed timeline while its WAL was proved; publish again"),
  EVIDENCE_UNREADABLE(
      Owner.OPERATOR,
      "mount the evidence store, or correct its rights or keys; without it nothing counts as"
          + " proved"),
  SEAL_BROKEN(
      Owner.OPERATOR,
      "the document was altered or signed by a key that isn't trusted; find out which person did"
          + " it"),
  EVIDENCE_CONFLICT(
      Owner.OPERATOR,
      "another document has that name and was not overwritten; compare the two before anything"
          + " else"),
  NO_MANIFEST(Owner.WAIT, "publish a restore point first, or name one that is there"),
  POINT_NOT_PROVED(
      Owner.OPERATOR,
      "the archived WAL does not prove what the unsigned manifest says: consume another point, or"
          + " have one made anew; nothing was stopped or started"),
  CONTENTS_DIFFER(
      Owner.OPERATOR,
      "manifest and cluster file must name the same contents; rebaseline after an expansion"),
  BEYOND_TARGET(
      Owner.OPERATOR,
      "an instance can't go back: choose or publish a later restore point, or make this instance"
          + " anew"),
  PROMOTED(
      Owner.OPERATOR,
      "the instance was promoted, or is ahead of production's fork, and can't reach the point: make"
          + " it anew"),
  WAL_MISSING(
      Owner.OPERATOR,
      "bring the named files back into the archive; nothing was stopped or started"),
  MISSING_ON_HOST(
      Owner.OPERATOR,
      "install, make or correct the named items there, as production has them, then start again;"
          + " nothing was stopped or changed"),
  SETTINGS_TOO_LOW(
      Owner.OPERATOR,
      "raise the named settings in that instance's postgresql.conf, or park it shut down (parkMode:"
          + " shutdown)"),
  NO_ROOM(Owner.OPERATOR, "free space on that file system; never by deleting WAL"),
  TARGET_NOT_SET(
      Owner.OPERATOR, "the server would not run with the target settings; it was not started"),
  START_FAILED(
      Owner.OPERATOR,
      "correct what the server says, in the message or in the log that it names, then start again"),
  TARGET_NOT_REACHED(
      Owner.OPERATOR, "no instance was advanced; read the position of each and what it waits for"),
  TARGET_MISMATCH(
      Owner.OPERATOR,
      "no instance was advanced; the named instance stopped elsewhere than at the point"),
  REJECTED(Owner.OPERATOR, "a person rejected the plan: ask them why, and plan anew"),
  APPROVAL_EXPIRED(Owner.OPERATOR, "no person approved the plan in time: start a new run"),
  NOT_APPROVED(
      Owner.OPERATOR,
      "start the run again as the message shows, so that enough persons can approve it"),
  PLAN_CHANGED(
      Owner.OPERATOR,
      "the plan is no longer the one that was approved; read the new plan and approve it"),
  PRIMARY_BACK(
      Owner.OPERATOR,
      "the cluster has a primary: `mooring status` shows its state, `mooring switchover` moves it"),
  PREFLIGHT(
      Owner.OPERATOR,
      "fix what the plan's rows name, or override a rule by its name with a reason"),
  OUTAGE_BUDGET_SPENT(
      Owner.OPERATOR,
      "the primary accepts writes again as before; read what took so long before another try"),
  STOP_TOO_LONG(
      Owner.OPERATOR,
      "a fast stop waits for every walsender, the archiver and a checkpoint: the log of that server"
          + " and pg_stat_replication show which of them it was"),
  NOT_CAUGHT_UP(
      Owner.OPERATOR,
      "that standby does not have all the WAL that it must have here; `mooring whois CLUSTER` shows"
          + " which instance accepts writes"),
  PAUSE_OVER(
      Owner.OPERATOR,
      "PgBouncer lets clients go again: it was restarted, or the outage budget was spent; nothing"
          + " was promoted"),
  OUTCOME_UNKNOWN(Owner.RETRY, "the answer was lost; the outcome is read before a retry"),
  NOT_NOTICED(
      Owner.RETRY, "check that channel of the section notices; the run that it is about continues"),
  WORKER_LOST(Owner.RETRY, "the outcome is read before a retry; start the worker of that site"),
  NO_WORKER(Owner.OPERATOR, "start the worker of that site"),
  CANCELLED(Owner.OPERATOR, "a person stopped the run; a new one is safe"),
  BUG(Owner.BUG, "report it with the run's history");

  private final Owner owner;
  private final String hint;

  FailureCode(Owner owner, String hint) {
    this.owner = owner;
    this.hint = hint;
  }

  /** The person or program that must act. */
  public Owner owner() {
    return owner;
  }

  /** The code of that name, if this version knows it: a later version may have written it. */
  public static Optional<FailureCode> named(String name) {
    return Arrays.stream(values()).filter(code -> code.name().equals(name)).findFirst();
  }

  /** What to do, as one sentence without a full stop. */
  public String hint() {
    return hint;
  }

  /** Whether {@link #hint} has a command of Mooring to type. */
  public boolean namesACommand() {
    return hint.contains("`mooring");
  }

  /**
   * Whether the run's own input is wrong (cluster file, seal, evidence): if found before any
   * change, the run is refused, not failed.
   */
  public boolean isRefusal() {
    return this == CLUSTER_FILE || this == SEAL_BROKEN || this == EVIDENCE_UNREADABLE;
  }

  /** The person or program that must act on a failure. */
  public enum Owner {
    /** No person: the act is tried again. */
    RETRY,
    /** No person yet: something must happen first. */
    WAIT,
    /** A person. */
    OPERATOR,
    /** Mooring's developers. */
    BUG
  }
}
