package dev.mooring.port;

import dev.mooring.topology.ClusterName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The runbooks that act, a line each. Their runs can be followed and decided about, leave receipts,
 * and their histories are kept. The reading ones (ClusterStatus, ClusterCheck, ReplicationWatch)
 * and the locks are none of them. The classes of each are in {@code RunbookClasses}.
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

  /** What a run that changes roles does where one of these has the lock that it needs. */
  private enum Beside {
    /** The run is over soon and harms no waiting run. */
    WAITED_FOR,
    /** The run leaves nothing behind that can start, so a failover may stop it. */
    TAKEN_OVER,
    /** The run moves the right to write; a person ends it, for it knows what it began. */
    CHANGES_ROLES,
    /** The same, and it copies for hours before. */
    COPIES_FIRST,
    /** The run copies for hours, and changes no role. */
    COPIES
  }

  /** Their workflow types; the lists of open and of closed runs go by them. */
  public static final List<String> TYPES = Arrays.stream(values()).map(Runbook::type).toList();

  /** That a run is one of them, as Temporal's list filters have it. */
  public static final String IS_ACTING =
      "WorkflowType IN ("
          + TYPES.stream().map(type -> "'" + type + "'").collect(Collectors.joining(", "))
          + ")";

  /** The other types that workers know: the reading ones, and the locks. */
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

  /** The runbook of that workflow type; empty if it is none that acts, or another release's. */
  public static Optional<Runbook> ofType(String type) {
    return Arrays.stream(values()).filter(one -> one.type.equals(type)).findFirst();
  }

  /** Whether workers of this release know that workflow type. */
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

  /** The id of its run that a person starts; of a consume the beginning, its site follows. */
  public String id(ClusterName cluster) {
    return "mooring:" + cluster + ":" + word;
  }

  /**
   * The command that starts it anew, without {@code mooring}. A setup is verified instead.
   *
   * @param scope what it was about: a site, the member or site a primary was moved to; or empty
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

  /** Whether it acts on members of a cluster that runs, not on restore points. */
  public boolean isOfMembers() {
    return beside != Beside.WAITED_FOR;
  }

  /** Whether a run that needs its lock waits: it is over soon and harms no waiting run. */
  public boolean isWaitedFor() {
    return beside == Beside.WAITED_FOR;
  }

  /** Whether a failover may stop it for its lock: what it copied half can't start. */
  public boolean isTakenOver() {
    return beside == Beside.TAKEN_OVER;
  }

  /** Whether it copies for hours, and can be cancelled while it does. */
  public boolean copies() {
    return beside == Beside.COPIES || beside == Beside.COPIES_FIRST;
  }
}
