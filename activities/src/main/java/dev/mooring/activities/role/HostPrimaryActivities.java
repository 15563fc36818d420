package dev.mooring.activities.role;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.StartGuard;
import dev.mooring.activities.host.Token;
import dev.mooring.port.OnHost;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.quoting.ConfigurationValue;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Sets, restarts and starts primaries, by scripts on their hosts under the lock of who may write.
 */
public final class HostPrimaryActivities implements PrimaryActivities {
  private static final Duration UP_AGAIN_WITHIN = Duration.ofSeconds(60);

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Attempt attempt;

  /** Over that shell, under tokens of that attempt. */
  public HostPrimaryActivities(HostShell shell, HostDeadlines deadlines, Attempt attempt) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.attempt = attempt;
  }

  @Override
  public PrimaryObserved observePrimary(ObservePrimary request) {
    Instance instance = OfInstance.only(request.on());
    Script script = script("observe primary");
    OfInstance.call(
        script, instance, "observe_primary", OfInstance.words(instance, request.archive()));
    return shell.only(
        request.on(),
        script,
        deadlines.observe(),
        (of, said) -> new PrimaryObserved(of.id(), said.one("archive", ArchiveSeen.class)));
  }

  @Override
  public PrimarySet ensurePrimarySet(SetPrimary request) {
    String lines =
        request.settings().stream()
            .map(one -> ConfigurationValue.line(one.name(), one.value()))
            .collect(Collectors.joining());
    return act(
        request,
        Token.of(request.call(), attempt),
        "set_primary",
        List.of(names(request), lines, request.archive()),
        deadlines.act(),
        HostPrimaryActivities::set);
  }

  @Override
  public PrimarySet revertPrimarySet(SetPrimary request) {
    return act(
        request,
        Token.ofUndo(request.call(), attempt),
        "unset_primary",
        List.of(names(request), request.mayRestart() ? millis(UP_AGAIN_WITHIN) : ""),
        UP_AGAIN_WITHIN.plus(deadlines.act()),
        HostPrimaryActivities::set);
  }

  @Override
  public Restarted ensureRestarted(Restart request) {
    return act(
        request,
        Token.of(request.call(), attempt),
        "restart_primary",
        List.of(millis(request.stopWithin()), millis(request.upWithin())),
        request.stopWithin().plus(request.upWithin()),
        (of, said) -> {
          said.text("restarted");
          return new Restarted(of.id());
        });
  }

  @Override
  public Started ensureStarted(StartStopped request) {
    return act(
        request,
        Token.of(request.call(), attempt),
        "start_stopped",
        List.of(millis(request.upWithin()), request.system().toString(), request.boot()),
        request.upWithin().plus(deadlines.act()),
        (of, said) -> {
          said.text("started");
          return new Started(of.id());
        });
  }

  @Override
  public StartBarred revertStarted(StartStopped request) {
    return act(
        request,
        Token.ofUndo(request.call(), attempt),
        "bar_start",
        List.of(millis(request.upWithin())),
        request.upWithin().plus(deadlines.act()),
        (of, said) -> new StartBarred(of.id(), said.yes("takes_writes")));
  }

  @Override
  public ArchivedMarked ensureArchivedMarked(MarkArchived request) {
    Instance instance = OfInstance.only(request.on());
    Script script = Script.of("mark archived", HostPrimaryActivities.class, List.of("archived.sh"));
    Token.inCluster(OfInstance.parts(script), request.call(), request.on().host());
    OfInstance.call(
        script,
        instance,
        "mark_archived",
        OfInstance.words(instance, request.wal().file().text(), request.wal().directory()));
    return shell.only(
        request.on(),
        script,
        deadlines.act(),
        (of, said) -> new ArchivedMarked(of.id(), said.text("why_not").strip()));
  }

  /** The names joined by bars, as an extended expression needs them; a dash for none. */
  private static String names(SetPrimary request) {
    return request.settings().isEmpty()
        ? "-"
        : request.settings().stream().map(Wanted::name).collect(Collectors.joining("|"));
  }

  private static PrimarySet set(Instance instance, Said said) {
    return new PrimarySet(instance.id(), said.words("changed"), said.text("left").strip());
  }

  private <R> R act(
      OnHost request,
      Token token,
      String function,
      List<String> words,
      Duration deadline,
      BiFunction<Instance, Said, R> read) {
    Instance instance = OfInstance.only(request.on());
    Script script = script(function);
    token.compare(script, request.on());
    StartGuard.install(script, request.on().host());
    ActOnWriter.call(script, token, instance, function, words);
    return shell.only(request.on(), script, deadline, read);
  }

  private static String millis(Duration duration) {
    return String.valueOf(duration.toMillis());
  }

  private static Script script(String name) {
    return OfInstance.parts(
        Script.of(
            name.replace('_', ' '),
            HostPrimaryActivities.class,
            List.of("writer.sh", "give-back.sh", "primary.sh", "start-stopped.sh")));
  }
}
