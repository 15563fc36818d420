package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.mooring.authority.Epoch;
import dev.mooring.topology.ClusterName;

/**
 * The caller of a port, in every call, for log fields, host markers and fencing tokens. The token
 * on a host is (epoch, step ordinal, attempt), the last two per instance; the attempt is the
 * activity's own.
 *
 * @param cluster the cluster of the run
 * @param run the original run id, which survives a reset
 * @param step the step's name
 * @param ordinal the step's place in its runbook, from 0
 * @param epoch the run's epoch, or {@link Epoch#NONE} for a call that changes nothing on a host
 * @param act if a step acts on an instance more than once, the number of the act, from 1, in order:
 *     without it the second act is refused if the first needed two attempts
 */
public record Call(
    ClusterName cluster,
    String run,
    String step,
    int ordinal,
    Epoch epoch,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int act) {

  /** For a step that acts on each instance once. */
  public Call(ClusterName cluster, String run, String step, int ordinal, Epoch epoch) {
    this(cluster, run, step, ordinal, epoch, 0);
  }

  /** The same for one of several acts of the step. */
  public Call asAct(int number) {
    return new Call(cluster, run, step, ordinal, epoch, number);
  }
}
