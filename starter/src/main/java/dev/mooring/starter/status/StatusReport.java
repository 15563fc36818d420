package dev.mooring.starter.status;

import dev.mooring.starter.console.ExitCode;
import java.util.List;

/**
 * Where a cluster stands.
 *
 * @param verdicts one sentence per consuming site, then one about publishing
 * @param instances the table
 * @param runs what is under way, one sentence each
 * @param findings what is wrong, worst first
 */
public record StatusReport(
    List<String> verdicts, List<InstanceRow> instances, List<String> runs, List<Finding> findings) {
  public StatusReport {
    verdicts = List.copyOf(verdicts);
    instances = List.copyOf(instances);
    runs = List.copyOf(runs);
    findings = List.copyOf(findings);
  }

  /** The exit code: the worst finding's. */
  public ExitCode exitCode() {
    return findings.stream().map(f -> f.level().exitCode()).reduce(ExitCode.DONE, ExitCode::or);
  }
}
