package dev.mooring.runbook.watch;

import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The runbook ReplicationWatch; see {@link ReplicationWatchWorkflow}. */
public final class ReplicationWatchImpl implements ReplicationWatchWorkflow {
  private static final Duration A_RUN = Duration.ofDays(1);

  /** How often the cluster file is read again: after a change the next run uses the new file. */
  private static final Duration A_FILE = Duration.ofHours(1);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final RunContext context;
  private final RunbookRun run;
  private final @Nullable RawRequest raw;
  private final @Nullable WatchState carried;
  private final Automation automation;
  private final WatchNotices notices;
  private final Instant began = RunbookRun.now();
  private final Instant since;
  private Instant read = began;
  private List<SiteState> sites;
  private List<Diagnosis> diagnoses;
  private List<NoticePolicy> channels;
  private Supplier<List<Incident>> incidents;
  private String unwatched;
  private boolean needsOperator;

  @WorkflowInit
  public ReplicationWatchImpl(
      @Nullable RawRequest raw,
      @Nullable WatchState carried,
      @Nullable NoticesCarried carriedNotices) {
    context = new RunContext("ReplicationWatch", raw, WatchStep.class);
    run = context.run();
    notices =
        new WatchNotices(run, name(), carriedNotices == null ? List.of() : carriedNotices.sent());
    this.raw = raw;
    this.carried = carried;
    since = carried == null ? began : carried.since();
    sites = carried == null ? List.of() : carried.sites();
    diagnoses = carried == null ? List.of() : carried.diagnoses();
    unwatched = carried == null ? "" : carried.unwatched();
    incidents = () -> carried == null ? List.of() : carried.incidents();
    automation = new Automation(carried == null ? List.of() : carried.pauses(), this::show);
    channels = carriedNotices == null ? List.of() : List.of(carriedNotices.channels());
    run.noticesBy(channels);
    if (isCritical()) {
      needsOperator = true;
      run.needsOperatorAtFirst();
    }
  }

  @Override
  public void watch(
      @Nullable RawRequest raw,
      @Nullable WatchState carried,
      @Nullable NoticesCarried carriedNotices) {
    if (carried == null) {
      WatchRequest request = run.bound(() -> WatchRequest.of(raw, began));
      request.pause(began).ifPresent(automation::pause);
    }
    run.runToEnding(
        ScheduledWatch.isOf(name()) ? () -> ensured(raw) : this::watchUntilCancelled,
        headline -> headline,
        ending -> "no receipt: a run that only reads writes none");
  }

  /** A cluster that can't be watched is refused here, so that the watch is not started for it. */
  private String ensured(@Nullable RawRequest request) {
    run.observe(WatchStep.RESOLVE, this::read);
    return run.observe(WatchStep.WATCH, () -> ScheduledWatch.ensure(name(), request));
  }

  /** Only a cancel ends it, or the end of a pause that it keeps alone. */
  private String watchUntilCancelled() {
    automation.begin();
    Optional<Cluster> cluster =
        run.observe(
            WatchStep.RESOLVE,
            () -> {
              requireItsId();
              return carried == null ? Optional.of(read()) : readInTheEnd();
            });
    return cluster
        .map(
            file ->
                run.observe(
                    WatchStep.WATCH, () -> unwatched.isEmpty() ? watchOn(file) : keepPause(file)))
        .orElseGet(this::pauseEnded);
  }

  /** Automatic acts ask the run with that id whether a person paused them. */
  private void requireItsId() {
    String id = Workflow.getInfo().getWorkflowId();
    if (!id.equals(RunIds.watch(name()))) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          String.format(
              "the watch of %s has the workflow id %s, not %s: start it with %s",
              name(), RunIds.watch(name()), id, Commands.monitorOn(name())));
    }
  }

  private Cluster read() {
    Cluster cluster = context.readCluster();
    unwatched = mayKeepPause() ? MonitoringLook.unwatched(cluster) : "";
    if (unwatched.isEmpty()) {
      DrivenFromOutside.requireStreaming(
          cluster, "Patroni watches its members itself, and `mooring status` shows them");
    }
    channels = cluster.policies().notices();
    return cluster;
  }

  /** One that has watched waits for a file by which it can watch again. */
  private boolean mayKeepPause() {
    return sites.isEmpty() && (carried != null || !automation.pauses().isEmpty());
  }

  /**
   * Until the pause is over, and the cluster file is as it was: each hour and then it is read
   * again, and the next run may watch by another file.
   */
  private String keepPause(Cluster cluster) {
    show();
    do {
      Workflow.await(A_FILE, this::isPauseOver);
      CancellationScope.throwCanceled();
      if (isLong() || hasChanged(cluster)) {
        goOnAnew();
      }
    } while (!isPauseOver());
    return pauseEnded();
  }

  private boolean isPauseOver() {
    return automation.pauses().isEmpty();
  }

  private String pauseEnded() {
    return "automation continues; " + unwatched;
  }

  /**
   * A file that is away for a while, or can't be watched by, ends no watch and no pause with it;
   * until then nothing is known of any site. Empty if the run keeps a pause alone, and that ended.
   */
  private Optional<Cluster> readInTheEnd() {
    Duration pause = FIRST_PAUSE;
    for (; ; ) {
      try {
        return Optional.of(read());
      } catch (RunbookStop refused) {
        unread(String.valueOf(refused.getMessage()));
      } catch (TemporalFailure failure) {
        unread(Explained.unlessStopped(failure).sentence());
      }
      if (Workflow.await(pause, () -> !unwatched.isEmpty() && isPauseOver())) {
        return Optional.empty();
      }
      CancellationScope.throwCanceled();
      if (isLong()) {
        goOnAnew();
      }
      pause = DurationText.twice(pause, LONGEST_PAUSE);
    }
  }

  private void unread(String why) {
    run.note(WatchStep.RESOLVE, why + "; it is read again");
    sites =
        sites.stream()
            .map(site -> SiteState.lost(site.site(), "the cluster file can't be read: " + why))
            .toList();
    Instant now = RunbookRun.now();
    found(ShutDownPrimary.late(StillOpen.ofUnread(name(), sites, diagnoses, now), name(), now));
    show();
  }

  private ClusterName name() {
    return run.call(WatchStep.RESOLVE).cluster();
  }

  private boolean isCritical() {
    return diagnoses.stream().anyMatch(one -> one.kind().verdict() == Judged.WRONG);
  }

  private String watchOn(Cluster cluster) {
    List<SiteWatch> watches = new ArrayList<>();
    Stream.concat(
            cluster.members().stream().map(Instance::site).distinct(), cluster.consumers().stream())
        .forEach(
            site -> watches.add(new SiteWatch(cluster, run.call(WatchStep.WATCH), last(site))));
    Reactions reactions =
        new Reactions(
            cluster,
            automation,
            run.call(WatchStep.WATCH),
            incidents.get(),
            words -> run.note(WatchStep.WATCH, words));
    incidents = reactions::incidents;
    EndingDiagnoses ending = new EndingDiagnoses(cluster.streaming().orElseThrow().watch());
    ShutDownPrimary shutDown = new ShutDownPrimary(cluster, sites);
    judge(cluster, watches, shutDown, ending);
    for (; ; ) {
      Supplier<Boolean> news =
          () -> reactions.isDue() || watches.stream().anyMatch(SiteWatch::isOver);
      Instant now = RunbookRun.now();
      Stream.of(ending.next(now), reactions.next(now), shutDown.next(now))
          .flatMap(Optional::stream)
          .min(Comparator.naturalOrder())
          .ifPresentOrElse(left -> Workflow.await(left, news), () -> Workflow.await(news));
      CancellationScope.throwCanceled();
      if (reactions.isDue()) {
        reactions.begin();
      }
      watches.stream().filter(SiteWatch::isOver).forEach(SiteWatch::take);
      judge(cluster, watches, shutDown, ending);
      reactions.saw(sites, shutDown.mayReturn());
      if (isLong() || isAnotherFile(cluster)) {
        Workflow.await(() -> !reactions.calls());
        goOnAnew();
      }
    }
  }

  private boolean isAnotherFile(Cluster cluster) {
    if (Duration.between(read, RunbookRun.now()).compareTo(A_FILE) < 0) {
      return false;
    }
    read = RunbookRun.now();
    return hasChanged(cluster);
  }

  /** An unreadable file is noted, and the last file that was read remains in use. */
  private boolean hasChanged(Cluster cluster) {
    try {
      return !context.readCluster().digest().equals(cluster.digest());
    } catch (TemporalFailure failure) {
      run.note(
          WatchStep.WATCH,
          Explained.unlessStopped(failure).sentence() + "; the watch uses the file it has read");
      return false;
    }
  }

  /** The last known state of a site; empty if the site was not read. */
  private SiteState last(SiteName site) {
    return sites.stream()
        .filter(state -> state.site().equals(site))
        .findFirst()
        .orElseGet(() -> SiteState.notYet(site));
  }

  private void judge(
      Cluster cluster, List<SiteWatch> watches, ShutDownPrimary shutDown, EndingDiagnoses ending) {
    List<SiteState> last = sites;
    sites = watches.stream().map(SiteWatch::state).toList();
    Instant now = RunbookRun.now();
    List<Diagnosis> found =
        shutDown.with(
            Diagnoses.of(cluster, sites, diagnoses, now),
            diagnoses,
            sites,
            !automation.pauses().isEmpty(),
            now);
    found(ending.with(found, diagnoses, last, sites, now));
    boolean critical = isCritical();
    if (critical != needsOperator) {
      needsOperator = critical;
      run.needsOperator(critical);
    }
    show();
  }

  private void found(List<Diagnosis> now) {
    notices.changed(now);
    diagnoses = now;
  }

  private void show() {
    WatchState state = watched();
    run.say(state.headline());
    Workflow.setCurrentDetails(WatchView.markdown(state));
  }

  private boolean isLong() {
    return Duration.between(began, RunbookRun.now()).compareTo(A_RUN) > 0
        || Workflow.getInfo().isContinueAsNewSuggested();
  }

  private void goOnAnew() {
    run.leaveNotices();
    Workflow.await(Workflow::isEveryHandlerFinished);
    Workflow.continueAsNew(
        raw,
        watched(),
        channels.stream()
            .findFirst()
            .map(to -> new NoticesCarried(to, notices.sent()))
            .orElse(null));
  }

  @Override
  public Progress progress() {
    return run.progress();
  }

  @Override
  public WatchState watched() {
    return new WatchState(since, automation.pauses(), sites, diagnoses, incidents.get(), unwatched);
  }

  @Override
  public Monitoring monitoring() {
    return new Monitoring(
        unwatched.isEmpty(),
        automation.pauses(),
        incidents.get().stream().filter(one -> !one.over()).toList());
  }

  @Override
  public String pause(RawRequest asked) {
    Instant now = RunbookRun.now();
    Pause pause = PauseRequest.ofPause(asked, now).pause(now);
    automation.pause(pause);
    return MonitoringLook.paused(pause, name());
  }

  @Override
  public void validatePause(RawRequest asked) {
    PauseRequest.ofPause(asked, RunbookRun.now());
  }

  @Override
  public String resume(RawRequest asked) {
    PauseRequest.ofResume(asked);
    boolean paused = !automation.pauses().isEmpty();
    automation.resume();
    return (paused ? "automation continues" : "automation was not paused")
        + (unwatched.isEmpty()
            ? ""
            : "; the cluster file is read again: "
                + Commands.monitor(name())
                + " shows whether it is watched");
  }

  @Override
  public void validateResume(RawRequest asked) {
    PauseRequest.ofResume(asked);
  }
}
