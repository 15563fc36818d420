package dev.mooring.activities.access;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.NeedWords;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.host.StartGuard;
import dev.mooring.activities.host.Token;
import dev.mooring.activities.host.UpstreamLogin;
import dev.mooring.port.AccessActivities;
import dev.mooring.port.HostWork;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.quoting.ConnectionString;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Mooring's lines of pg_hba.conf, and connections that they allow, by scripts on the hosts. The
 * password of a tried connection reaches the script on its standard input and psql in its
 * environment: it is in no file and in no list of processes.
 */
public final class HostAccessActivities implements AccessActivities {
  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Attempt attempt;
  private final Secrets secrets;

  /** Over that shell, under tokens of that attempt. */
  public HostAccessActivities(
      HostShell shell, HostDeadlines deadlines, Attempt attempt, Secrets secrets) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.attempt = attempt;
    this.secrets = secrets;
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
    return set(request, Token.of(request.call(), attempt), "ensure_access");
  }

  @Override
  public AccessSet revertAccess(EnsureAccess request) {
    return set(request, Token.ofUndo(request.call(), attempt), "revert_access");
  }

  private AccessSet set(EnsureAccess request, Token token, String function) {
    HostWork on = request.on();
    Instance instance = OfInstance.only(on);
    Script script = script("set access");
    token.claim(script, on);
    StartGuard.install(script, on.host());
    OfInstance.call(
        script,
        instance,
        function,
        OfInstance.words(
            instance, request.call().cluster().value(), String.join("\n", request.lines())));
    return shell.only(
        on,
        script,
        deadlines.act(),
        (of, said) -> new AccessSet(of.id(), said.text("file").strip(), said.yes("changed")));
  }

  @Override
  public AdmissionObserved observeAdmission(ObserveAdmission request) {
    HostWork on = request.on();
    Script script =
        OfInstance.parts(
            Script.of("try access", HostAccessActivities.class, List.of("admission.sh")));
    for (Instance instance : on.instances()) {
      OfInstance.call(script, instance, "observe_admission", tried(instance, request));
    }
    PerInstance<List<Admission>> read =
        shell.each(
            on,
            script,
            deadlines.observe(),
            (instance, said) ->
                others(instance, request)
                    .map(to -> admission(instance.id(), to.instance(), said))
                    .toList());
    return new AdmissionObserved(
        read.results().stream().flatMap(List::stream).toList(), read.failures());
  }

  private List<String> tried(Instance instance, ObserveAdmission request) {
    List<String> words = new ArrayList<>(OfInstance.words(instance));
    words.add(
        request.members().stream()
            .findFirst()
            .flatMap(one -> UpstreamLogin.password(one, secrets))
            .orElse(""));
    others(instance, request)
        .forEach(
            to -> {
              words.add(to.instance().value());
              words.add(connection(to).with("replication", "true").toString());
              words.add(connection(to).with("dbname", request.database()).toString());
            });
    return words;
  }

  private static ConnectionString connection(Upstream to) {
    return UpstreamLogin.connection(List.of(to), "");
  }

  private static Stream<Upstream> others(Instance instance, ObserveAdmission request) {
    return request.members().stream().filter(to -> !to.instance().equals(instance.id()));
  }

  private static Admission admission(InstanceId from, InstanceId to, Said said) {
    return new Admission(
        from, to, refusal(said, "replication." + to), refusal(said, "rewind." + to));
  }

  /** The exit status of psql stands before what it said. */
  private static String refusal(Said said, String section) {
    String text = Said.shorten(said.text(section));
    return text.equals("0") || text.startsWith("0;") ? "" : why(text);
  }

  private static String why(String text) {
    int end = text.indexOf("; ");
    return end < 0 ? "no answer, exit status " + text : text.substring(end + 2);
  }

  private static Script script(String name) {
    return NeedWords.in(
        OfInstance.parts(Script.of(name, HostAccessActivities.class, List.of("access.sh"))));
  }
}
