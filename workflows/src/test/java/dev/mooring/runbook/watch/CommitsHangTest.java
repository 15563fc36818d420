package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The diagnosis of commits that hang, and what is open beside it, by steady signs. */
class CommitsHangTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final String RELAX = "`mooring replicate synchronous strait --relax`";

  private final Cluster cluster = Strait.synchronous();
  private final SteadySigns signs = new SteadySigns(cluster);

  /** East-0 accepts writes, its commits wait for one of two standbys, and none streams. */
  CommitsHangTest() {
    for (Instance member : cluster.members()) {
      signs.set(Kind.ROLE, member.id().value(), Sign.STANDS_BY);
      signs.set(Kind.RECEIVER, member.id().value(), "none");
    }
    signs.unset(Kind.RECEIVER, "east-0");
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.PROCESS, "east-0", Sign.RUNS);
    signs.set(Kind.STANDBYS, "east-0", "none");
    signs.streams("east-0");
    signs.set(Kind.WAITS_FOR, "east-0", "ANY 1 (west_0, east_1)");
    signs.set(
        Kind.COMMITS, "east-0", "they wait for 1 of 'ANY 1 (west_0, east_1)'; streaming: none");
  }

  private List<Diagnosis> after(Cluster of, List<Diagnosis> before) {
    List<SiteState> sites =
        List.of(signs.watched(new SiteName("east")), signs.watched(new SiteName("west")));
    return Diagnoses.of(of, sites, before, NOW);
  }

  private List<Diagnosis> diagnoses() {
    return after(cluster, List.of());
  }

  private static List<String> ids(List<Diagnosis> diagnoses) {
    return diagnoses.stream().map(one -> one.kind().id() + " " + one.subject()).toList();
  }

  @Test
  void one_diagnosis_says_that_they_hang_why_no_standby_streams_and_how_they_return() {
    signs.set(Kind.SLOT_NAMED, "west-0", "west_0");
    signs.set(Kind.SLOTS, "east-0", "west_0 lost");
    assertThat(ids(diagnoses())).containsExactly("commits-hang east-0");
    Diagnosis one = diagnoses().get(0);
    assertThat(one.sentence())
        .isEqualTo(
            "commits on east-0 hang: they wait for 1 of 'ANY 1 (west_0, east_1)'; streaming: none;"
                + " west-0: slot west_0 of east-0 has lost the WAL that it needs");
    assertThat(one.remedy())
        .isEqualTo(
            "west-0 may get that WAL from the archive by its restore_command: leave it and its slot"
                + " while `mooring status strait` shows it advance; else"
                + " `mooring resilver strait --instances west-0`; start a standby that they wait for; or"
                + " let them return without one, and what is committed then is on the primary"
                + " alone: "
                + RELAX);
  }

  @Test
  void once_they_are_relaxed_the_primary_is_alone() {
    List<Diagnosis> before = diagnoses();
    signs.set(Kind.WAITS_FOR, "east-0", "");
    signs.set(Kind.COMMITS, "east-0", Sign.RETURN);
    assertThat(ids(after(cluster, before)))
        .containsExactly("no-standby-streaming east-0", "sync-set-empty east-0");
  }

  /** The run refuses to relax while a standby of the cluster file streams. */
  @ParameterizedTest
  @CsvSource({"west_0, false", "another, true"})
  void beside_standbys_that_stream_each_other_one_has_its_own_diagnosis(
      String streaming, boolean relaxes) {
    signs.set(Kind.STANDBYS, "east-0", Sign.SOME);
    signs.streams("east-0", streaming);
    signs.set(Kind.RECEIVER, "west-0", Sign.STREAMS);
    assertThat(ids(diagnoses()))
        .containsExactly("commits-hang east-0", "receiver-not-streaming east-1");
    assertThat(diagnoses().get(0).remedy().contains(RELAX)).isEqualTo(relaxes);
  }

  @Test
  void names_of_an_administrator_are_changed_by_hand() {
    assertThat(after(Strait.cluster(), List.of()).get(0).remedy())
        .isEqualTo(SynchronousCommits.REMEDY);
  }

  /** Sessions that wait may take all connections. */
  @Test
  void it_stays_open_while_the_primary_does_not_answer() {
    List<Diagnosis> before = diagnoses();
    signs.forget(cluster.members().get(0).id());
    signs.set(Kind.ROLE, "east-0", "DATABASE_UNREACHABLE");
    signs.set(Kind.PROCESS, "east-0", Sign.RUNS);
    assertThat(ids(after(cluster, before))).contains("commits-hang east-0");
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.COMMITS, "east-0", Sign.RETURN);
    assertThat(ids(after(cluster, before))).doesNotContain("commits-hang east-0");
  }
}
