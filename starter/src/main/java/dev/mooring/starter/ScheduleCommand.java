package dev.mooring.starter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.RunIds;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.starter.temporal.RunSchedules;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.client.schedules.ScheduleDescription;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring schedule}. */
@Command(
    name = "schedule",
    header = "Schedule a runbook.",
    synopsisSubcommandLabel = "apply|list|pause|resume|trigger|remove",
    description =
        "There is one schedule per runbook and site, and one that ensures the watch. Its runs never"
            + " overlap, and a pause lasts until it is resumed, also if the schedule is applied"
            + " again.",
    subcommands = {
      ScheduleCommand.Apply.class,
      ScheduleCommand.ListAll.class,
      ScheduleCommand.Pause.class,
      ScheduleCommand.Resume.class,
      ScheduleCommand.Trigger.class,
      ScheduleCommand.Remove.class
    })
final class ScheduleCommand implements Runnable {

  @Override
  public void run() {
    throw CommandFailure.usage(
        "schedule does what?", "`mooring schedule list CLUSTER` shows what there is");
  }

  /** The part common to the subcommands: it finds the schedule. */
  private abstract static class OfOne implements Callable<Integer> {
    final MooringCommand mooring;

    @Mixin private final ClusterArgument cluster = new ClusterArgument();

    @Option(
        names = "--site",
        paramLabel = "SITE",
        description = "The schedule of DrConsume at that site, instead of PublishCycle's.")
    private Optional<String> site = Optional.empty();

    @Option(
        names = "--watch",
        description = "The schedule that starts the watch if none runs, instead of PublishCycle's.")
    private boolean watch;

    OfOne(MooringCommand mooring) {
      this.mooring = mooring;
    }

    Cluster cluster() {
      return mooring.clusterFiles().read(cluster.choose(mooring.clusterFiles()));
    }

    Optional<SiteName> site(Cluster read) {
      if (site.isEmpty()) {
        return Optional.empty();
      }
      if (watch) {
        throw CommandFailure.usage(
            "--site and --watch are two schedules", "apply one, then the other");
      }
      return read.sites().stream()
          .map(Site::name)
          .filter(name -> name.value().equals(site.get()))
          .findFirst()
          .or(
              () -> {
                throw CommandFailure.usage(
                    "cluster " + read.name() + " has no site " + site.get(),
                    "its sites are " + read.sites().stream().map(Site::name).toList());
              });
    }

    boolean isWatch() {
      return watch;
    }

    String id(Cluster read) {
      return site(read)
          .map(name -> RunIds.consume(read.name(), name))
          .orElseGet(
              () -> watch ? RunIds.watch(read.name()) : Runbook.PUBLISH_CYCLE.id(read.name()));
    }

    /** Applies an act to the schedule and prints the result. */
    int say(BiFunction<RunSchedules, String, String> act) {
      String id = id(cluster());
      try (TemporalServer server = mooring.connect()) {
        mooring.console().say(id + " " + act.apply(new RunSchedules(server), id));
        return ExitCode.DONE.status();
      }
    }
  }

  /** {@code mooring schedule apply}. */
  @Command(
      name = "apply",
      header = "Create or update the schedule.",
      description = "Doing it twice changes nothing.")
  static final class Apply extends OfOne {
    private static final Duration WATCH_EVERY = Duration.ofMinutes(1);

    @Option(
        names = "--every",
        paramLabel = "DURATION",
        description =
            "The interval, such as PT5M (publish.every of the cluster file; for a site"
                + " consume.every; for the watch PT1M).")
    private Optional<String> every = Optional.empty();

    Apply(MooringCommand mooring) {
      super(mooring);
    }

    /** Only a site that can consume: the runs of another one would be refused each time. */
    @Override
    Optional<SiteName> site(Cluster read) {
      return super.site(read)
          .map(name -> ConsumingSite.choose(mooring.clusterFiles(), read.name(), name.value()));
    }

    @Override
    public Integer call() {
      Cluster read = cluster();
      Optional<SiteName> consumer = site(read);
      requireWatchable(read);
      ObjectNode request =
          JsonNodeFactory.instance.objectNode().put("cluster", read.name().value());
      consumer.ifPresent(name -> request.put("site", name.value()));
      request.put("by", "schedule");
      Duration interval =
          every.map(Apply::duration).orElseGet(() -> interval(read, consumer.isPresent()));
      RunSchedules.Plan plan =
          new RunSchedules.Plan(id(read), runbook(consumer.isPresent()), request, interval);
      return say(
          (schedules, id) ->
              (schedules.apply(plan) ? "is scheduled" : "was scheduled already and is up to date")
                  + ": "
                  + plan.runbook()
                  + " every "
                  + interval);
    }

    /** The runs of another cluster would be refused each time. */
    private void requireWatchable(Cluster read) {
      if (isWatch() && (read.streaming().isEmpty() || read.patroni().isPresent())) {
        throw CommandFailure.usage(
            "cluster "
                + read.name()
                + (read.patroni().isPresent()
                    ? " is watched by Patroni itself"
                    : " does not stream: its file has no section replication"),
            "`mooring status " + read.name() + "` shows its state");
      }
    }

    private String runbook(boolean consumes) {
      if (isWatch()) {
        return "ReplicationWatch";
      }
      return consumes ? "DrConsume" : "PublishCycle";
    }

    private Duration interval(Cluster read, boolean consumes) {
      if (isWatch()) {
        return WATCH_EVERY;
      }
      Duration publishes = read.policies().publish().every();
      return consumes ? read.policies().consume().every().orElse(publishes) : publishes;
    }

    private static Duration duration(String text) {
      try {
        Duration duration = Duration.parse(text);
        if (duration.compareTo(RunSchedules.LEAST_INTERVAL) >= 0) {
          return duration;
        }
      } catch (DateTimeParseException e) {
        throw CommandFailure.usage(
            "--every must be a duration such as PT5M, got '" + text + "'", "PT90S is 90 seconds");
      }
      throw CommandFailure.usage(
          "--every must be 10 s or more, got " + text, "each point ends a WAL file everywhere");
    }
  }

  /** {@code mooring schedule list}. */
  @Command(name = "list", header = "Show a cluster's schedules.")
  static final class ListAll extends OfOne {
    ListAll(MooringCommand mooring) {
      super(mooring);
    }

    @Override
    public Integer call() {
      Cluster read = cluster();
      List<String> ids = new ArrayList<>(List.of(id(read)));
      if (site(read).isEmpty() && !isWatch()) {
        read.sites().forEach(one -> ids.add(RunIds.consume(read.name(), one.name())));
        ids.add(RunIds.watch(read.name()));
      }
      try (TemporalServer server = mooring.connect()) {
        RunSchedules schedules = new RunSchedules(server);
        Table table = new Table("schedule", "every", "state", "next", "note");
        for (String id : ids) {
          schedules.find(id).ifPresent(found -> row(table, found));
        }
        if (table.isEmpty()) {
          mooring.console().say("no schedule for " + read.name());
          mooring.console().say("HINT: `mooring schedule apply " + read.name() + "` makes one.");
        } else {
          mooring.console().say(table.lines(mooring.console().width()));
        }
        return ExitCode.DONE.status();
      }
    }

    private static void row(Table table, ScheduleDescription found) {
      List<Instant> next = found.getInfo().getNextActionTimes();
      boolean paused = found.getSchedule().getState().isPaused();
      table.row(
          found.getId(),
          found.getSchedule().getSpec().getIntervals().stream()
              .map(interval -> interval.getEvery().toString())
              .findFirst()
              .orElse(""),
          paused ? "paused" : "runs",
          paused || next.isEmpty() ? "" : next.get(0).toString(),
          Optional.ofNullable(found.getSchedule().getState().getNote()).orElse(""));
    }
  }

  /** {@code mooring schedule pause}. */
  @Command(name = "pause", header = "Start no more runs until it is resumed.")
  static final class Pause extends OfOne {
    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    Pause(MooringCommand mooring) {
      super(mooring);
    }

    @Override
    public Integer call() {
      return say(
          (schedules, id) -> {
            schedules.handle(id).pause(reason + " (" + mooring.user() + ")");
            return "is paused";
          });
    }
  }

  /** {@code mooring schedule resume}. */
  @Command(name = "resume", header = "Start runs again.")
  static final class Resume extends OfOne {
    Resume(MooringCommand mooring) {
      super(mooring);
    }

    @Override
    public Integer call() {
      return say(
          (schedules, id) -> {
            schedules.handle(id).unpause("resumed by " + mooring.user());
            return "runs again";
          });
    }
  }

  /** {@code mooring schedule trigger}. */
  @Command(name = "trigger", header = "Start a run of it now.")
  static final class Trigger extends OfOne {
    Trigger(MooringCommand mooring) {
      super(mooring);
    }

    @Override
    public Integer call() {
      return say(
          (schedules, id) -> {
            schedules.handle(id).trigger();
            return "was triggered; `mooring follow` shows the run";
          });
    }
  }

  /** {@code mooring schedule remove}. */
  @Command(name = "remove", header = "Remove the schedule; open runs continue.")
  static final class Remove extends OfOne {
    Remove(MooringCommand mooring) {
      super(mooring);
    }

    @Override
    public Integer call() {
      return say(
          (schedules, id) -> {
            if (schedules.find(id).isEmpty()) {
              return "was not scheduled";
            }
            schedules.handle(id).delete();
            return "is no longer scheduled";
          });
    }
  }
}
