package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.port.ClusterEntries;
import dev.mooring.port.FailureCode;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.client.WorkflowClient;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Lets an activity act only on what this worker's own cluster file says: whoever writes to the
 * Temporal namespace may schedule any activity with any host, command or key file in its request. A
 * request that names another entry ends with {@link FailureCode#CLUSTER_FILE_DIFFERS}.
 */
final class OwnEntries extends OwnFileGuard {
  OwnEntries(ClusterFiles files, Supplier<WorkflowClient> client) {
    super(files, client, FailureCode.CLUSTER_FILE_DIFFERS);
  }

  void report(MeterRegistry registry) {
    report(
        registry,
        "mooring.requests.refused",
        "Requests that name what the cluster file of this worker does not have");
  }

  @Override
  Optional<String> refusal(Asked asked, ClusterEntries version, String file) {
    return version
        .differing(asked.request())
        .map(
            entry ->
                String.format(
                    "%s is not as in %s. HINT: `mooring check %s` compares the files of the sites;"
                        + " if they agree, the request is of a run that began with a file that this"
                        + " worker never read, or of no run of Mooring",
                    entry, file, asked.request().call().cluster()));
  }
}
