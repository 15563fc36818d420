package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.ActivityFaults.Carried;
import dev.mooring.fake.TestBed;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunBed;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.SiteName;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Watches over the cluster in memory. */
final class WatchBed extends RunBed<Void> {
  /** A pause without an end. */
  static final String OFF = "{'by':'alice','reason':'new disks'}";

  private static final String WATCH = "{'cluster':'strait'}";

  /**
   * So many of that length, as they are packed, are a history of which Temporal asks for an end.
   */
  private static final int LONG_REASONS = 3;

  private static final int LONG = 1_100_000;

  /** More than fall between two runs one after another. */
  private static final int TIMES = 100;

  /** Real time, for calls are under way. */
  private Duration betweenLooks = Duration.ofMillis(50);

  WatchBed(Cluster cluster) {
    super(
        cluster,
        ReplicationWatchImpl.class,
        "ReplicationWatch",
        "mooring:strait:watch",
        Void.class);
  }

  @Override
  protected String digestOf(Void nothing) {
    throw new IllegalStateException("a watch has no plan");
  }

  @Override
  protected WorkflowOptions options() {
    return super.options().toBuilder().setWorkflowRunTimeout(Duration.ofDays(400)).build();
  }

  @Override
  protected Duration betweenLooks() {
    return betweenLooks;
  }

  /** Begins one that goes on from another, which knew those, while time passes. */
  void goesOnFrom(Diagnosis... open) {
    looksOnFrom(open);
    timePasses();
  }

  /** Begins one that goes on from another, which knew those. */
  void looksOnFrom(Diagnosis... open) {
    WatchState before =
        new WatchState(
            Instant.EPOCH,
            List.of(),
            world().cluster().sites().stream()
                .map(site -> SiteState.watched(site.name(), List.of(), List.of()))
                .toList(),
            List.of(open),
            List.of());
    bed.client()
        .newUntypedWorkflowStub("ReplicationWatch", options())
        .start(Typed.json(WATCH), before);
  }

  /** Begins one that keeps a pause alone, as the run before it, which watched nothing for that. */
  WorkflowStub keepsPauseFrom(String unwatched) {
    WatchState before =
        new WatchState(
            Instant.EPOCH,
            List.of(new Pause("alice", "new disks", Instant.EPOCH, List.of())),
            List.of(),
            List.of(),
            List.of(),
            unwatched);
    WorkflowStub begun = bed.client().newUntypedWorkflowStub("ReplicationWatch", options());
    begun.start(Typed.json(WATCH), before);
    return begun;
  }

  /** From now on no call is under way for long, so that time is skipped: looks are fewer. */
  void timePasses() {
    betweenLooks = Duration.ofMillis(500);
  }

  /** A watch has no mode. */
  @Override
  public WorkflowStub begin(String json) {
    WorkflowStub begun = bed.client().newUntypedWorkflowStub("ReplicationWatch", options());
    begun.start(Typed.json(json));
    return begun;
  }

  /** Runs one as a schedule does at that time, and returns the headline that it ended with. */
  String scheduled(String time) {
    String id = RunIds.watch(world().cluster().name()) + "-" + time;
    WorkflowStub run = bed.client().newUntypedWorkflowStub("ReplicationWatch", TestBed.options(id));
    run.start(Typed.json(WATCH));
    return bed.awaiting(
        id,
        () -> {
          run.getResult(Void.class);
          return run.query("progress", Progress.class).headline();
        });
  }

  /** A person cancels it, and it ends. */
  void cancel() {
    WorkflowStub run = last();
    run.cancel();
    assertThatThrownBy(() -> result(run)).isInstanceOf(WorkflowFailedException.class);
  }

  /** Begins one, and waits until all sites are watched. */
  WorkflowStub watching() {
    WorkflowStub run = begin(WATCH);
    untilState(
        state ->
            !state.sites().isEmpty()
                && state.sites().stream().allMatch(site -> site.seen() == SiteState.Seen.WATCHED));
    return run;
  }

  /** Begins one while no site has a worker: no call is under way, so that time can pass. */
  void unwatched() {
    world().cluster().sites().forEach(site -> bed.watch().loses(site.name(), true));
    begin(WATCH);
    timePasses();
    untilOpen("site-not-watched east", "site-not-watched west");
  }

  /** Minutes in which no site has a worker: while one observes, time takes as long as it is. */
  void unseenForAWhile() {
    unseenFor(Duration.ofMinutes(2));
  }

  /** So long in which no site has a worker. */
  void unseenFor(Duration time) {
    Duration before = betweenLooks;
    world().cluster().sites().forEach(site -> bed.watch().loses(site.name(), true));
    timePasses();
    untilState(state -> state.sites().stream().allMatch(one -> one.seen() == SiteState.Seen.LOST));
    bed.passes(last().getExecution().getWorkflowId(), time);
    world().cluster().sites().forEach(site -> bed.watch().loses(site.name(), false));
    betweenLooks = before;
  }

  /** The run that is open. */
  String runId() {
    return answered(() -> last().describe().getExecution().getRunId());
  }

  WatchState state() {
    return answered(() -> last().query("watched", WatchState.class));
  }

  Monitoring monitoring() {
    return answered(() -> last().query("monitoring", Monitoring.class));
  }

  /** What it noted about its steps. */
  String noted() {
    return answered(() -> last().query("progress", Progress.class)).toString();
  }

  /** The diagnoses that are open, by id and subject. */
  List<String> open() {
    return open(state());
  }

  /** The same as of that state. */
  static List<String> open(WatchState state) {
    return state.diagnoses().stream().map(one -> one.kind().id() + " " + one.subject()).toList();
  }

  void untilState(Predicate<WatchState> such) {
    until(() -> String.valueOf(such.test(state())), "true"::equals);
  }

  void untilOpen(String... diagnoses) {
    until(() -> String.join(", ", open()), String.join(", ", diagnoses)::equals);
  }

  String update(String name, String json) {
    return last().update(name, String.class, Typed.json(json));
  }

  /** The work of each call of that site's watch that was completed, in their order. */
  List<WatchWork> watchesOf(SiteName site) {
    return bed.faults().carried().stream()
        .map(Carried::argument)
        .filter(WatchWork.class::isInstance)
        .map(WatchWork.class::cast)
        .filter(work -> work.watched().site().equals(site))
        .toList();
  }

  /**
   * Its history grows until another run goes on with it, paused for new disks, which has begun
   * then.
   */
  void goesOnAnew() {
    String first = runId();
    for (int i = 0; i < LONG_REASONS; i++) {
      update("pause", "{'by':'alice','reason':'" + longReason(i) + "'}");
    }
    update("pause", OFF);
    bed.watch().endsAfter(1);
    untilAnotherGoesOn(first);
    bed.watch().endsAfter(1000);
  }

  /** Waits until another run goes on: a query that comes between the two takes ten seconds. */
  void untilAnotherGoesOn(String first) {
    until(() -> String.valueOf(answered(() -> hasBegunAfter(first))), "true"::equals);
  }

  /**
   * The test server (1.38.0) now and then fails with UNKNOWN what is asked around the end of one
   * run and the beginning of the next: it is asked again.
   */
  private static <T> T answered(Supplier<T> asked) {
    for (int time = 1; ; time++) {
      try {
        return asked.get();
      } catch (WorkflowException | StatusRuntimeException failed) {
        if (time == TIMES || Status.fromThrowable(failed).getCode() != Status.Code.UNKNOWN) {
          throw failed;
        }
      }
    }
  }

  /** No two of them are alike, for a payload is packed. */
  private static String longReason(int seed) {
    return new Random(seed)
        .ints(LONG, '(', '[' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private boolean hasBegunAfter(String first) {
    WorkflowExecution now = last().describe().getExecution();
    return !now.getRunId().equals(first)
        && bed.client().fetchHistory(now.getWorkflowId(), now.getRunId()).getEvents().stream()
            .anyMatch(
                event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
  }
}
