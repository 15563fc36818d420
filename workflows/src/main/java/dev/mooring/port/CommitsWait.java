package dev.mooring.port;

/**
 * The standbys that commits of a primary wait for, as its host shows it.
 *
 * @param names value of synchronous_standby_names in its configuration
 * @param commit value of synchronous_commit there; empty if it is not reported
 * @param recordedAt the epoch of the last record that {@link RoleActivities#ensureSynchronousSet}
 *     wrote before it set anything; 0 without a record
 * @param recorded the names in that record
 */
public record CommitsWait(String names, String commit, long recordedAt, String recorded) {}
