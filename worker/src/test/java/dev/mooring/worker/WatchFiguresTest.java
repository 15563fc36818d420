package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.metrics.PrometheusText;
import dev.mooring.metrics.Sample;
import dev.mooring.runbook.watch.Diagnosis;
import dev.mooring.runbook.watch.DiagnosisKind;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchFiguresTest {
  private static final ClusterName STRAIT = new ClusterName("strait");
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  @Test
  void each_diagnosis_that_is_open_is_one() {
    WatchState state =
        new WatchState(
            NOW,
            List.of(),
            List.of(),
            List.of(new Diagnosis(DiagnosisKind.PRIMARY_DOWN, "strait", "it is", "fix it", NOW)),
            List.of());
    assertThat(PrometheusText.of(WatchFigures.samples(STRAIT, state)))
        .contains("mooring_watch_open{cluster=\"strait\"} 1")
        .contains(
            "mooring_diagnosis{cluster=\"strait\",diagnosis=\"primary-down\",level=\"critical\",subject=\"strait\"}"
                + " 1");
  }

  /** A watch that runs, and answers that or nothing. */
  private static final class Answering implements WatchFigures.Watches {
    private Optional<WatchState> answer = Optional.empty();

    @Override
    public boolean isOpen(ClusterName cluster) {
      return true;
    }

    @Override
    public WatchState state(ClusterName cluster) {
      return answer.orElseThrow();
    }
  }

  /** After a restart of all workers nothing else tells of it. */
  @Test
  void a_watch_that_does_not_answer_is_open(@TempDir Path directory) throws Exception {
    Files.createFile(directory.resolve("strait.yaml"));
    Answering watch = new Answering();
    WatchFigures figures =
        new WatchFigures(
            watch,
            new ClusterFiles(directory, List.of()),
            new LastLooks(Clock.fixed(NOW, ZoneOffset.UTC)));
    assertThatThrownBy(() -> figures.ask(STRAIT)).isInstanceOf(NoSuchElementException.class);
    assertThat(figures.all()).extracting(Sample::name).containsExactly("mooring_watch_open");
    watch.answer =
        Optional.of(
            new WatchState(
                NOW,
                List.of(),
                List.of(),
                List.of(new Diagnosis(DiagnosisKind.LAG_BYTES, "a/b", "it is", "fix it", NOW)),
                List.of()));
    figures.ask(STRAIT);
    watch.answer = Optional.empty();
    assertThatThrownBy(() -> figures.ask(STRAIT)).isInstanceOf(NoSuchElementException.class);
    assertThat(figures.all())
        .extracting(Sample::name)
        .containsExactly("mooring_watch_open", "mooring_diagnosis");
    figures.close();
  }

  @Test
  void the_last_look_at_a_site_that_is_watched_is_a_time() {
    LastLooks looks = new LastLooks(Clock.fixed(NOW, ZoneOffset.UTC));
    looks.saw(STRAIT, new SiteName("east"));
    looks.saw(STRAIT, new SiteName("east"));
    assertThat(looks.all(Set.of(STRAIT)))
        .extracting(Sample::value)
        .containsExactly(Sample.seconds(NOW));
    looks.watched(STRAIT, Set.of(new SiteName("east")));
    assertThat(looks.all(Set.of(STRAIT))).hasSize(1);
    looks.watched(STRAIT, Set.of(new SiteName("west")));
    assertThat(looks.all(Set.of(STRAIT))).isEmpty();
    looks.saw(STRAIT, new SiteName("west"));
    assertThat(looks.all(Set.of())).isEmpty();
    assertThat(looks.clusters()).isEmpty();
  }
}
