package dev.mooring.activities.jdbc;

/**
 * Holds applications off while the points are made. The barrier is left also after a failure
 * inside; and leaving fails when it was not held until then, because the cut is not atomic in that
 * case.
 */
interface PointBarrier {

  /** Does the work that delays no application, such as connecting, beforehand: it may take long. */
  void prepare() throws DatabaseFault;

  /** Enters by the deadline or not at all; applications are released if it can't be entered. */
  void enter(Deadline deadline) throws DatabaseFault;

  /** Releases the applications. */
  void leave() throws DatabaseFault;
}
