package dev.mooring.port;

import dev.mooring.topology.ClusterName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The runbooks that act, one line each. Their runs can be followed and decided about, write
 * receipts, and their histories are kept. It does not include the reading ones (ClusterStatus,
 * ClusterCheck, ReplicationWatch) and the locks. The classes of each are in {@code RunbookClasses}.
 */
public enum Runbook {
  PUBLISH_CYCLE("PublishCycle", "publish", Beside.WAITED_FOR),
  DR_CONSUME("DrConsume", "consume", Beside.WAITED_FOR, "--site", ""),
  SWITCHOVER("Switchover", "switchover", Beside.CHANGES_ROLES, "--to", "INSTANCE"),
  FAILOVER("Failover", "failover", Beside.CHANGES_ROLES),
  START_PRIMARY("StartPrimary", "start-primary", Beside.CHANGES_ROLES),
  RESILVER("Resilver", "resilver", Beside.TAKEN_OVER),
  FAILBACK("Failback", "failback", Beside.COPIES_FIRST, "--to", "SITE"),
  REPLICATION_SETUP("ReplicationSetup", "replication", Beside.COPIES);

  /** How a run that changes roles treats a holder of the lock that it needs. */
  private enum Beside {
    /** The holder ends soon and harms no waiting run. */
    WAITED_FOR,
    /** The holder leaves nothing that can start, so a failover may stop it. */
    TAKEN_OVER,
    /** The holder moves the right to write; only a person ends it: it knows what it began. */
    CHANGES_ROLES,
    /** The same, and it copies for hours before that. */
    COPIES_FIRST,
    /** The holder copies for hours, and changes no role. */
    COPIES
  }

  /** Their workflow types, for the lists of open and of closed runs. */
  public static final List<String> TYPES = Arrays.stream(values()).map(Runbook::type).toList();

  /** Temporal's list filter for their runs. */
  public static final String IS_ACTING =
      "WorkflowType IN ("
          + TYPES.stream().map(type -> "'" + type + "'").collect(Collectors.joining(", "))
          + ")";

  /** The other types that workers run: the reading ones, and the locks. */
  private static final List<String> OTHERS =
      List.of("ClusterStatus", "ClusterCheck", "ReplicationWatch", "Lock");

  private final String type;
  private final String word;
  private final Beside beside;
  private final String scopeOption;
  private final String anyScope;

  Runbook(String type, String word, Beside beside) {
    this(type, word, beside, "", "");
  }

  Runbook(String type, String word, Beside beside, String scopeOption, String anyScope) {
    this.type = type;
    this.word = word;
    this.beside = beside;
    this.scopeOption = scopeOption;
    this.anyScope = anyScope;
  }

  /** The runbook of that workflow type; empty if it does not act, or is another release's. */
  public static Optional<Runbook> ofType(String type) {
    return Arrays.stream(values()).filter(one -> one.type.equals(type)).findFirst();
  }

  /** Whether workers of this release run that workflow type. */
  public static boolean isKnown(String type) {
    return TYPES.contains(type) || OTHERS.contains(type);
  }

  public String type() {
    return type;
  }

  /** Its name in workflow ids and among the pages of docs/runbooks. */
  public String word() {
    return word;
  }

  /** The id of its typed run; for a consume the beginning, before the site. */
  public String id(ClusterName cluster) {
    return "mooring:" + cluster + ":" + word;
  }

  /**
   * The command that starts it again, without {@code mooring}. A setup is verified instead.
   *
   * @param scope a site, or the member or site a primary was moved to; or empty
   */
  public String command(ClusterName cluster, String scope) {
    String wanted = scope.isEmpty() ? anyScope : scope;
    return (this == REPLICATION_SETUP ? "replicate verify" : word)
        + " "
        + cluster
        + (scopeOption.isEmpty() || wanted.isEmpty() ? "" : " " + scopeOption + " " + wanted);
  }

  public boolean changesRoles() {
    return beside == Beside.CHANGES_ROLES || beside == Beside.COPIES_FIRST;
  }

  /** Whether it acts on the members of a running cluster, not on restore points. */
  public boolean isOfMembers() {
    return beside != Beside.WAITED_FOR;
  }

  /** Whether a run that needs its lock waits: it ends soon and harms no waiting run. */
  public boolean isWaitedFor() {
    return beside == Beside.WAITED_FOR;
  }

  /** Whether a failover may stop it for its lock: an unfinished copy can't start. */
  public boolean isTakenOver() {
    return beside == Beside.TAKEN_OVER;
  }

  /** Whether it copies for hours, and can be cancelled meanwhile. */
  public boolean copies() {
    return beside == Beside.COPIES || beside == Beside.COPIES_FIRST;
  }
}
