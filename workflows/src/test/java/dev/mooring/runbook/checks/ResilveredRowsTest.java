package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a failback can judge of its move before it has healed somebody. */
class ResilveredRowsTest {
  private static final int WEST_0 = 2;

  private final Cluster cluster = Strait.cluster();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "west-0 | timeline               | west-0 | false",
        "west-0 | answers                | west-0 | false",
        "west-0 | answers                | east-1 | true",
        "west-0 | archive-backlog        | east-0 | true",
        "west-0 | walsender-lag          | west-0 | true",
        "west-0 | patroni                | west-0 | true",
        "west-0 | host-needs             | west-0 | true",
        "west-0 | archive-mode           | west-0 | true",
        "west-0 | endpoint-target        | west-0 | true",
        "west-0 | detach                 | west-0 | true",
        "east-1 | programs               | east-1 | false",
        "west-0 | replication-connection | east-1 | false",
        "east-1 | replication-connection | east-1 | true",
      })
  void a_row_of_one_that_is_healed_first_is_judged_where_that_changes_nothing(
      String resilvered, String id, String subject, boolean judged) {
    CheckRow row = CheckRow.must(false, id, subject, "seen", "wanted", "fix it");
    assertThat(
            ResilveredRows.isJudged(
                row, cluster.members().get(WEST_0), List.of(new InstanceId(resilvered))))
        .isEqualTo(judged);
  }
}
