package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One cluster file at every site, or the run is refused. */
class SitesAgreementWorkflowTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'harbour'}");
  private static final RawRequest CONSUME = Typed.json("{'cluster':'harbour','site':'west'}");

  private final TestBed bed = new TestBed(Harbour.cluster(2));

  @AfterEach
  void close() {
    bed.close();
  }

  private void refused(Ended ended, String headline) {
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("CLUSTER_FILE_DIFFERS");
    assertThat(ended.record().headline()).isEqualTo(headline);
    assertThat(ended.record().hint()).isEqualTo("copy one cluster file to every site");
    assertThat(bed.faults().calls())
        .noneMatch(c -> c.step().equals("MAKE_POINT") || c.step().equals("SET_TARGETS"));
  }

  @Test
  void refuses_both_runbooks_when_a_site_goes_by_another_file_and_shows_both_digests() {
    bed.publish(PUBLISH);
    bed.faults().mend();
    int before = bed.faults().calls().size();
    bed.world().trouble().clusterFileDiffersAt(Harbour.WEST, "0ther");
    String headline =
        "the cluster file at west has digest 0ther, the file that this run uses has "
            + bed.world().cluster().digest();
    Ended publish = TestBed.ended(() -> bed.publish(PUBLISH));
    assertThat(publish.record().headline()).isEqualTo(headline);
    assertThat(bed.faults().calls().subList(before, bed.faults().calls().size()))
        .noneMatch(c -> c.step().equals("MAKE_POINT"));
    Ended consume = TestBed.ended(() -> bed.consume(CONSUME));
    assertThat(consume.type()).isEqualTo("Refused");
    assertThat(consume.record().headline()).isEqualTo(headline);
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  /** Whoever edits a channel at one site must not stop a failover of the night. */
  @Test
  void goes_on_and_says_so_when_a_site_differs_in_notices_alone() {
    Cluster other =
        Harbour.cluster(
            2, "publish:", "notices: {channels: [{name: pager, command: page}]}\npublish:");
    bed.world().trouble().clusterFileAt(Harbour.WEST, other);
    assertThat(bed.publish(PUBLISH).degraded())
        .containsExactly(
            "the cluster file at west differs in notices, which this run does not need there");
  }

  @Test
  void refuses_and_names_the_section_when_a_site_differs_in_what_a_run_needs() {
    Cluster other = Harbour.cluster(2, "dataDirectory: /data", "dataDirectory: /elsewhere");
    bed.world().trouble().clusterFileAt(Harbour.WEST, other);
    assertThat(TestBed.ended(() -> bed.publish(PUBLISH)).record().headline())
        .isEqualTo(
            "the cluster file at west has digest "
                + other.digest()
                + ", the file that this run uses has "
                + bed.world().cluster().digest()
                + "; they differ in instances");
  }

  @Test
  void refuses_when_a_site_has_no_file() {
    bed.world().trouble().clusterFileMissingAt(Harbour.WEST);
    refused(
        TestBed.ended(() -> bed.publish(PUBLISH)),
        "the worker of west can't use its own file: there is no harbour.yaml");
  }

  @Test
  void goes_on_and_says_so_when_a_sites_worker_is_not_there() {
    bed.faults()
        .before(
            c -> c.method().equals("observeClusterFile"),
            () -> {
              throw io.temporal.failure.ApplicationFailure.newFailure(
                  "nobody is there", "HOST_UNREACHABLE");
            });
    assertThat(bed.publish(PUBLISH).degraded())
        .containsExactly(
            "the cluster file of east was not compared: nobody is there",
            "the cluster file of west was not compared: nobody is there");
    assertThat(bed.consume(CONSUME).degraded()).hasSize(2);
  }
}
