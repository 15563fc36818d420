package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A failover claims nothing where it is recorded that commits may have waited for no standby. */
class FailoverRelaxedTest {
  private static final String PASSWORD = "\"file:/etc/mooring/replication\"";
  private static final String BOTH =
      PASSWORD + ", synchronous: {method: any, number: 2, instances: [west-0, east-1]}";

  private static final String RECORDED =
      "unknown: by the record of epoch 7 commits may wait for no standby";

  private FailoverBed strait = new FailoverBed(Strait.synchronous());

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private String lost() {
    return strait.plan().tables().get(0).rows().get(0).cells().get(2);
  }

  /** The record says only that they may have waited for none: the set of the file counts on. */
  @Test
  void the_record_on_one_standbys_host_makes_the_loss_unknown_and_permits_no_more() {
    strait.primaryDiesWithItsHost();
    strait.run(OVER);
    assertThat(lost()).startsWith("no commit that was acknowledged, if commits waited as the");

    Strait.relaxed(strait.world(), "e1", "east-0", 1);
    strait.run(OVER);
    assertThat(lost()).isEqualTo(RECORDED);

    strait.world().members().kill("east-1");
    assertThat(strait.run(OVER).checks())
        .filteredOn(row -> row.rule().equals("waited-for"))
        .extracting(CheckRow::verdict)
        .containsExactly(Judged.WRONG);
  }

  /** The primary never wrote the timeline of a standby that was promoted aside. */
  @Test
  void a_standby_on_a_newer_timeline_does_not_outdate_the_record() {
    strait.close();
    strait = new FailoverBed(Strait.cluster(PASSWORD, BOTH));
    strait.primaryDiesWithItsHost();
    Strait.relaxed(strait.world(), "w0", "east-0", 1);
    Strait.promotedAside(strait.world().members(), "east-1");
    strait.run(OVER);
    assertThat(lost()).isEqualTo(RECORDED);
  }

  /** Its commits wait again, and nobody has recorded that those standbys have all before that. */
  @Test
  void the_configuration_of_the_old_primary_is_in_doubt_until_the_record_is_removed() {
    Strait.relaxed(strait.world(), "w0", "east-0", 1);
    strait.world().members().kill("east-0");
    strait.run(OVER);
    assertThat(lost()).isEqualTo(RECORDED);
  }

  @Test
  void the_cluster_file_claims_nothing_if_the_hosts_of_too_few_standbys_were_read() {
    strait.primaryDiesWithItsHost();
    strait.world().trouble().hostAnswers("e1", false);
    assertThat(strait.run(OVER).checks())
        .filteredOn(row -> row.rule().equals("waited-for"))
        .extracting(CheckRow::verdict)
        .containsExactly(Judged.GOOD);
    assertThat(lost())
        .isEqualTo(
            "unknown: the host of east-1 was not read, and may have recorded that commits wait for"
                + " no standby");
  }
}
