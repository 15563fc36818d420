package dev.mooring.starter.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckLinesTest {
  private static final CheckRow GOOD =
      CheckRow.must(true, "worker-machines", "", "on two machines", "on two machines", "");
  private static final CheckRow WARNING =
      CheckRow.wanted(false, "witnesses", "east-0", "1 machine", "2 machines", "add a host");
  private static final CheckRow OVERRIDDEN =
      CheckRow.by("siblings", true, false, "role", "west-1", "primary", "standby", "resilver it");
  private static final CheckRow WRONG =
      CheckRow.must(false, "privileges", "east-0", "lacks one", "all", "grant it");

  private static CheckResult result(Judged worst, CheckRow... rows) {
    return new CheckResult(
        "strait: checked", worst, new ClusterName("strait"), Instant.EPOCH, List.of(rows));
  }

  @Test
  void rows_stand_by_subject_and_id_and_each_that_is_not_good_with_its_fix() {
    assertThat(
            CheckLines.of(result(Judged.WRONG, GOOD, WARNING, OVERRIDDEN, WRONG), Table.UNLIMITED))
        .containsExactly(
            "strait: checked",
            "",
            "subject  id                           seen             limit",
            "-------  ---------------  ----------  ---------------  ---------------",
            "-        worker-machines  good        on two machines  on two machines",
            "east-0   witnesses        warning     1 machine        2 machines",
            "west-1   role             overridden  primary          standby",
            "east-0   privileges       WRONG       lacks one        all",
            "",
            "warning  east-0 witnesses: 1 machine",
            "       fix: add a host",
            "",
            "overridden  west-1 role: primary",
            "       fix: resilver it",
            "",
            "WRONG  east-0 privileges: lacks one",
            "       fix: grant it");
  }

  @Test
  void the_worst_row_decides_the_exit_code() {
    assertThat(ExitCode.of(Judged.GOOD)).isEqualTo(ExitCode.DONE);
    assertThat(ExitCode.of(Judged.WARNING)).isEqualTo(ExitCode.STATUS_WARNING);
    assertThat(ExitCode.of(Judged.OVERRIDDEN)).isEqualTo(ExitCode.STATUS_WARNING);
    assertThat(ExitCode.of(Judged.WRONG)).isEqualTo(ExitCode.STATUS_CRITICAL);
  }
}
