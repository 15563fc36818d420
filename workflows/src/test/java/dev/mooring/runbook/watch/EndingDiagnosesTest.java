package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.WatchPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** N is 3 looks and M is 6, of 10 s each: what counts after N looks ends after 30 s more. */
class EndingDiagnosesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration REST = Duration.ofSeconds(30);
  private static final InstanceId EAST = new InstanceId("east-0");

  private static final Diagnosis DRIFT = of(DiagnosisKind.IDENTITY_DRIFT, "west-0");
  private static final Diagnosis SILENT = of(DiagnosisKind.MEMBER_SILENT, "east-0");
  private static final Diagnosis DOWN = of(DiagnosisKind.PRIMARY_DOWN, "strait");

  private final EndingDiagnoses ending = new EndingDiagnoses(policy(3, 6));

  private static WatchPolicy policy(int beginAfter, int endAfter) {
    WatchPolicy by = new WatchPolicy();
    return new WatchPolicy(
        Duration.ofSeconds(10),
        beginAfter,
        endAfter,
        by.receiverSilent(),
        by.lag(),
        by.slotBytes(),
        by.diskUsed(),
        false,
        List.of(),
        List.of(),
        List.of());
  }

  private static Diagnosis of(DiagnosisKind kind, String subject) {
    return new Diagnosis(kind, subject, "it is so", "fix it", Instant.EPOCH);
  }

  private static List<SiteState> role(String words) {
    return List.of(
        new SiteState(
            new SiteName("east"),
            SiteState.Seen.WATCHED,
            "",
            List.of(new Sign(Kind.ROLE, EAST, words)),
            List.of()));
  }

  /** The open ones after a change that shows no trouble, at so many seconds. */
  private List<Diagnosis> open(List<Diagnosis> found, List<Diagnosis> before, long seconds) {
    return ending.with(found, before, List.of(), List.of(), NOW.plusSeconds(seconds));
  }

  @Test
  void a_diagnosis_without_a_sign_of_trouble_ends_once_the_time_of_its_looks_is_over() {
    assertThat(open(List.of(), List.of(DRIFT), 0)).containsExactly(DRIFT);
    assertThat(ending.next(NOW)).contains(REST);
    assertThat(open(List.of(), List.of(DRIFT), 29)).containsExactly(DRIFT);
    assertThat(open(List.of(), List.of(DRIFT), 30)).isEmpty();
    assertThat(ending.next(NOW)).isEmpty();
  }

  @Test
  void one_that_is_found_again_meanwhile_is_the_same_and_ends_anew() {
    open(List.of(), List.of(DRIFT), 0);
    assertThat(open(List.of(DRIFT), List.of(DRIFT), 20)).containsExactly(DRIFT);
    assertThat(ending.next(NOW)).isEmpty();
    assertThat(open(List.of(), List.of(DRIFT), 40)).containsExactly(DRIFT);
    assertThat(ending.next(NOW)).contains(Duration.ofSeconds(70));
  }

  @Test
  void what_begins_is_open_at_once_beside_it() {
    Diagnosis two = of(DiagnosisKind.TWO_WRITABLE, "east-0, west-0");
    assertThat(open(List.of(two), List.of(DOWN), 0)).containsExactly(two, DOWN);
  }

  @Test
  void a_third_writer_makes_no_second_diagnosis() {
    Diagnosis two = of(DiagnosisKind.TWO_WRITABLE, "east-0, west-0");
    Diagnosis three = of(DiagnosisKind.TWO_WRITABLE, "east-0, west-0, west-1");
    assertThat(open(List.of(three), List.of(two), 0)).containsExactly(three);
  }

  /** It took as many looks to be over as it should: a member answers, a primary is back. */
  @Test
  void a_diagnosis_ends_with_its_sign_of_trouble() {
    assertThat(
            ending.with(
                List.of(),
                List.of(DOWN, SILENT),
                role("DATABASE_UNREACHABLE"),
                role(Sign.ACCEPTS_WRITES),
                NOW))
        .isEmpty();
    assertThat(
            ending.with(
                List.of(),
                List.of(DOWN, DRIFT),
                role("DATABASE_UNREACHABLE"),
                role("AUTHENTICATION_REFUSED"),
                NOW))
        .containsExactly(DOWN, DRIFT);
  }

  @Test
  void one_that_was_not_observed_is_so_no_more_while_it_ends() {
    Diagnosis unseen = DRIFT.unseen(NOW);
    assertThat(open(List.of(), List.of(unseen), 0))
        .extracting(Diagnosis::unseenSince)
        .containsExactly(List.of());
  }

  @Test
  void none_stays_open_unless_an_end_takes_more_looks_than_a_beginning() {
    for (int endAfter : List.of(1, 3)) {
      EndingDiagnoses same = new EndingDiagnoses(policy(3, endAfter));
      assertThat(same.with(List.of(), List.of(DRIFT), List.of(), List.of(), NOW)).isEmpty();
    }
  }
}
