package dev.mooring.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.fake.Harbour;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LastRuns;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.PointSeen;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.topology.EvidencePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceSignsTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final EvidencePolicy STORE = Harbour.cluster(2).policies().evidence();
  private static final EvidenceAges POINT = new EvidenceAges(STORE, LIMIT, Duration.ZERO);
  private static final EvidenceAges PROOF = new EvidenceAges(STORE, Duration.ZERO, LIMIT);
  private static final LatestSeen LATEST = LatestSeen.Ready.of(SampleManifests.ready(1, 2));
  private static final Instant AT_LIMIT = SampleManifests.at(1).plus(LIMIT);
  private static final Instant LATE = AT_LIMIT.plusSeconds(1);
  private static final String POINT_1 = SampleManifests.nameOf(1).value();

  private static List<String> words(
      EvidenceAges ages, LatestSeen latest, StateSeen west, Instant now) {
    return EvidenceSigns.of(
            Harbour.WEST,
            ages,
            new EvidenceObserved(
                latest,
                List.of(),
                List.of(),
                List.of(
                    new SiteSeen(Harbour.EAST, known(SampleManifests.at(0), 7)),
                    new SiteSeen(Harbour.WEST, west)),
                List.of(),
                new LastRuns(List.of(), List.of(), 0)),
            now)
        .stream()
        .map(sign -> sign.kind() + " " + sign.subject() + " " + sign.words())
        .toList();
  }

  private static StateSeen known(Instant made, long behind) {
    return new StateSeen.Known(SampleReceipts.state(1), new PointSeen.Made(made), behind);
  }

  private static String sign(Kind kind, String words) {
    return kind + " west " + words;
  }

  @Test
  void latest_is_too_old_once_it_is_older_than_the_limit() {
    StateSeen state = new StateSeen.Never();
    assertThat(words(POINT, LATEST, state, AT_LIMIT))
        .containsExactly(sign(Kind.RESTORE_POINT, Sign.IN_TIME));
    assertThat(words(POINT, LATEST, state, LATE))
        .containsExactly(sign(Kind.RESTORE_POINT, POINT_1));
  }

  /** A cluster may publish nothing. */
  @Test
  void a_latest_that_is_not_there_or_can_not_be_trusted_has_no_age() {
    for (LatestSeen latest : List.of(new LatestSeen.None(), new LatestSeen.Refused("altered"))) {
      assertThat(words(POINT, latest, new StateSeen.Never(), LATE)).isEmpty();
    }
  }

  @Test
  void a_proof_is_too_old_by_its_point_and_only_while_a_newer_point_is_ready() {
    Instant made = SampleManifests.at(1);
    assertThat(words(PROOF, LATEST, known(made, 1), LATE))
        .containsExactly(sign(Kind.PROOF, POINT_1));
    assertThat(words(PROOF, LATEST, known(made, 1), AT_LIMIT))
        .containsExactly(sign(Kind.PROOF, Sign.IN_TIME));
    assertThat(words(PROOF, LATEST, known(made, 0), LATE))
        .containsExactly(sign(Kind.PROOF, Sign.IN_TIME));
  }

  /** No point is known to be READY then. */
  @Test
  void a_proof_has_no_age_beside_a_latest_that_is_not_there_or_can_not_be_trusted() {
    StateSeen behind = known(SampleManifests.at(1), 1);
    for (LatestSeen latest : List.of(new LatestSeen.None(), new LatestSeen.Refused("altered"))) {
      assertThat(words(PROOF, latest, behind, LATE)).isEmpty();
    }
    LatestSeen unsealed = new LatestSeen.Unsealed(SampleManifests.nameOf(2), true);
    assertThat(words(PROOF, unsealed, behind, LATE)).containsExactly(sign(Kind.PROOF, POINT_1));
  }

  @Test
  void the_proof_of_a_point_whose_manifest_can_not_be_trusted_has_no_age() {
    StateSeen refused =
        new StateSeen.Known(SampleReceipts.state(1), new PointSeen.Refused("altered"), 1);
    assertThat(words(PROOF, LATEST, refused, LATE.plusSeconds(8))).isEmpty();
  }

  @Test
  void what_was_made_more_than_a_minute_after_now_has_no_age() {
    Instant minuteBefore = SampleManifests.at(1).minusSeconds(60);
    StateSeen state = known(SampleManifests.at(1), 1);
    for (EvidenceAges ages : List.of(POINT, PROOF)) {
      assertThat(words(ages, LATEST, state, minuteBefore)).hasSize(1);
      assertThat(words(ages, LATEST, state, minuteBefore.minusMillis(1))).isEmpty();
    }
  }

  /** {@code SampleReceipts.state(1)} was proved eight seconds after its point was made. */
  @Test
  void the_proof_of_a_point_without_a_time_is_as_old_as_itself() {
    StateSeen unsealed = new StateSeen.Known(SampleReceipts.state(1), new PointSeen.Unsealed(), 1);
    assertThat(words(PROOF, LATEST, unsealed, LATE))
        .containsExactly(sign(Kind.PROOF, Sign.IN_TIME));
    assertThat(words(PROOF, LATEST, unsealed, LATE.plusSeconds(8)))
        .containsExactly(sign(Kind.PROOF, POINT_1));
  }

  @Test
  void a_site_that_was_never_proved_or_whose_state_can_not_be_trusted_has_no_age() {
    for (StateSeen state : List.of(new StateSeen.Never(), new StateSeen.Refused("altered"))) {
      assertThat(words(PROOF, LATEST, state, LATE)).isEmpty();
    }
  }
}
