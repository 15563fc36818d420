package dev.mooring.runbook.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.List;

/**
 * The state of a cluster.
 *
 * @param headline the verdicts in one line
 * @param worst the worst finding's verdict
 * @param lookedAt when it was observed, by workflow time
 * @param verdicts one sentence for each consuming site, then one about publishing
 * @param instances every instance of the cluster file
 * @param archiveFloors what the archive of each content must keep
 * @param runs the open runs, one sentence each
 * @param findings what is wrong, the worst first, then facts with the verdict GOOD
 * @param evidence what was read of the evidence; empty if no site could read it
 * @param members the members of a streaming cluster; otherwise empty
 */
public record StatusResult(
    String headline,
    Judged worst,
    ClusterName cluster,
    Instant lookedAt,
    List<String> verdicts,
    List<InstanceRow> instances,
    List<ArchiveFloor> archiveFloors,
    List<String> runs,
    List<CheckRow> findings,
    List<EvidenceObserved> evidence,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<MemberRow> members) {
  public StatusResult {
    verdicts = List.copyOf(verdicts);
    instances = List.copyOf(instances);
    archiveFloors = List.copyOf(archiveFloors);
    runs = List.copyOf(runs);
    findings = List.copyOf(findings);
    evidence = List.copyOf(evidence);
    members = List.copyOf(members);
  }
}
