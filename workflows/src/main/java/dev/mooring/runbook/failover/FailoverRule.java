package dev.mooring.runbook.failover;

import dev.mooring.wire.RequestReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rules of a failover that a person may override by name, with a reason. */
public enum FailoverRule {
  /** The primary is gone. If it is not, its fence ends it and its client sessions. */
  PRIMARY_GONE,
  /**
   * If commits wait for standbys, the candidate is one that every commit waited for, or one of a
   * quorum or of a FIRST list that is known to have every acknowledged commit.
   */
  WAITED_FOR,
  /** The known loss of the promotion is within failover.maxLossBytes. */
  LOSS_LIMIT,
  /** The cluster file does not exclude the candidate. */
  EXCLUDED,
  /**
   * The ttl of Patroni's leader lock is long enough for an old leader to stop before a new one
   * begins.
   */
  LEADER_LOCK,
  /** The candidate's host has the libraries, locales and directories that its server needs. */
  HOST_NEEDS,
  /** Nothing else starts, stops or promotes members: it could undo what the run does. */
  OTHER_MANAGERS,
  /** WAL that only the old primary's disk has is fetched, or the loss without it is known. */
  FETCH_WAL,
  /** An instance powered off or attested as lost does not start as a primary at boot. */
  AFTER_REBOOT,
  /** A run does not stop a resilver that holds a lock. */
  TAKE_OVER,
  /** Two persons approve if approvals.persons.failover says so; overridden, one is enough. */
  SECOND_PERSON;

  /** The rules' names as they are typed. */
  public static final List<String> NAMES = Arrays.stream(values()).map(FailoverRule::text).toList();

  /** Reads rule names separated by commas; refuses unknown names. */
  public static List<String> named(String typed) {
    return RequestReader.rules(NAMES, typed);
  }

  /**
   * Whether an approval overrides the rule in a run that a watch or a hook began, which could not
   * override it before.
   */
  boolean isOverriddenByApproval() {
    return this == FETCH_WAL || this == AFTER_REBOOT;
  }

  /** The rule's name as it is typed. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
