package dev.mooring.runbook.failover;

import dev.mooring.wire.RequestReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rules of a failover that a person may break by their names, with a reason. */
public enum FailoverRule {
  /** The primary is seen to be gone: one that is not is ended by its fence, and its clients too. */
  PRIMARY_GONE,
  /** A candidate of a cluster whose commits wait for standbys is one of those. */
  WAITED_FOR,
  /** What a promotion is known to lose is within failover.maxLossBytes. */
  LOSS_LIMIT,
  /** The cluster file excludes the candidate. */
  EXCLUDED,
  /** Patroni's leader lock is not over before a leader that can't renew it has stopped. */
  LEADER_LOCK,
  /** The candidate's host has the libraries, locales and directories that its server needs. */
  HOST_NEEDS,
  /** Nothing else starts, stops or promotes members: it may take back what is done. */
  OTHER_MANAGERS,
  /**
   * WAL that only the old primary's disk has is brought, or it is known what is lost without it.
   */
  FETCH_WAL,
  /** What was powered off or is attested as lost does not start as a primary with its host. */
  AFTER_REBOOT,
  /** A resilver that has a lock is not stopped for it. */
  TAKE_OVER,
  /** Two persons approve where failover.approvals says so: broken, one is enough. */
  SECOND_PERSON;

  /** Their names as they are typed. */
  public static final List<String> NAMES = Arrays.stream(values()).map(FailoverRule::text).toList();

  /** Those that are typed with commas between; another word is refused. */
  public static List<String> named(String typed) {
    return RequestReader.rules(NAMES, typed);
  }

  /**
   * Whether an approval overrides it in a run that a watch or a hook began: it could not be
   * overridden before.
   */
  boolean isOverriddenByApproval() {
    return this == FETCH_WAL || this == AFTER_REBOOT;
  }

  /** As it is typed. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
