package dev.mooring.runbook.resilver;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.StepGroup;
import dev.mooring.topology.InstanceId;
import java.util.List;

/**
 * How outdated instances are made good standbys: by Mooring on their hosts, or by Patroni at its
 * request.
 */
interface RejoinMeans extends StepGroup {

  /** Looks at everything, and chooses what each instance needs. */
  void look();

  /** Looks at it again, in the step that took the locks. */
  void lookAgain();

  /** From here on the hosts that are changed get a new epoch. */
  void holdEpoch();

  /** How many instances are to be resilvered. */
  int size();

  /** Which ones. */
  List<InstanceId> instances();

  /** The members as they answered when that was chosen. */
  Members members();

  /** Whether data is removed; an instance that only follows loses nothing. */
  boolean takesDataAway();

  /** What a plan's digest covers. */
  List<String> objects();

  /** What is shown beside it. */
  List<Receipt.Fact> measured();

  /** Each instance, and how it is resilvered. */
  String inWords();

  /** Rules that were broken by their names, one sentence each. */
  List<String> broken();

  /** Members whose hosts could not be asked who may write, one sentence each. */
  List<String> unread();

  /** Does all of it. */
  void resilver();
}
