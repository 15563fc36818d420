package dev.mooring.activities.access;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.activities.host.StartGuard;
import dev.mooring.activities.host.Token;
import dev.mooring.port.AccessActivities;
import dev.mooring.port.HostWork;
import dev.mooring.topology.Instance;
import java.util.List;

/** Mooring's lines of pg_hba.conf, by scripts on the hosts. */
public final class HostAccessActivities implements AccessActivities {
  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Attempt attempt;

  /** Over that shell, under tokens of that attempt. */
  public HostAccessActivities(HostShell shell, HostDeadlines deadlines, Attempt attempt) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.attempt = attempt;
  }

  @Override
  public AccessObserved observeAccess(ObserveAccess request) {
    HostWork on = request.on();
    Script script = script("observe access");
    for (Instance instance : on.instances()) {
      OfInstance.call(
          script,
          instance,
          "observe_access",
          OfInstance.words(instance, request.call().cluster().value()));
    }
    PerInstance<AccessSeen> read =
        shell.each(on, script, deadlines.observe(), HostAccessActivities::seen);
    return new AccessObserved(read.results(), read.failures());
  }

  private static AccessSeen seen(Instance instance, Said said) {
    return new AccessSeen(
        instance.id(), said.text("file").strip(), said.text("block").lines().toList());
  }

  @Override
  public AccessSet ensureAccess(EnsureAccess request) {
    return set(request, Token.of(request.call(), attempt));
  }

  @Override
  public AccessSet revertAccess(EnsureAccess request) {
    return set(request, Token.ofUndo(request.call(), attempt));
  }

  private AccessSet set(EnsureAccess request, Token token) {
    HostWork on = request.on();
    Instance instance = OfInstance.only(on);
    Script script = script("set access");
    token.claim(script, on);
    StartGuard.install(script, on.host());
    OfInstance.call(
        script,
        instance,
        "ensure_access",
        OfInstance.words(
            instance, request.call().cluster().value(), String.join("\n", request.lines())));
    return shell.only(
        on,
        script,
        deadlines.act(),
        (of, said) -> new AccessSet(of.id(), said.text("file").strip(), said.yes("changed")));
  }

  private static Script script(String name) {
    return OfInstance.parts(Script.of(name, HostAccessActivities.class, List.of("access.sh")));
  }
}
