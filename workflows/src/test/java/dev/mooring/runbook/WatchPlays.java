package dev.mooring.runbook;

import dev.mooring.fake.TestBed;
import dev.mooring.runbook.watch.SiteState;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.function.Predicate;

/** The ReplicationWatch whose history is kept. */
final class WatchPlays {
  private static final String ID = RunIds.watch(new ClusterName("strait"));
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final int LOOKS = 600;

  private WatchPlays() {}

  /** The primary dies and comes back, a worker is lost for a while, a person pauses automation. */
  static void cancelled(TestBed bed) {
    WorkflowStub run = bed.client().newUntypedWorkflowStub("ReplicationWatch", TestBed.options(ID));
    run.start(Typed.json("{'cluster':'strait'}"));
    until(bed, run, WatchPlays::isWatched);
    bed.world().members().kill("east-0");
    until(bed, run, state -> state.diagnoses().size() == 2);
    bed.world().members().start("east-0");
    until(bed, run, state -> state.diagnoses().isEmpty());
    run.update("pause", String.class, Typed.json("{'by':'alice','reason':'new disks'}"));
    bed.watch().loses(new SiteName("west"), true);
    until(bed, run, state -> !isWatched(state));
    bed.watch().loses(new SiteName("west"), false);
    until(bed, run, WatchPlays::isWatched);
    run.update("resume", String.class, Typed.json("{'by':'alice'}"));
    run.cancel();
    try {
      bed.awaiting(ID, () -> run.getResult(Void.class));
    } catch (WorkflowFailedException cancelled) {
      return;
    }
    throw new AssertionError("the watch ended by itself");
  }

  private static boolean isWatched(WatchState state) {
    return !state.sites().isEmpty()
        && state.sites().stream().allMatch(site -> site.seen() == SiteState.Seen.WATCHED);
  }

  private static void until(TestBed bed, WorkflowStub run, Predicate<WatchState> such) {
    bed.awaiting(
        ID,
        () -> {
          for (int look = 0; look < LOOKS; look++) {
            if (such.test(run.query("watched", WatchState.class))) {
              return look;
            }
            bed.temporal().sleep(BETWEEN_LOOKS);
          }
          throw new AssertionError("not so: " + run.query("watched", WatchState.class));
        });
  }
}
