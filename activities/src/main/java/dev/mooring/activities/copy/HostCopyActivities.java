package dev.mooring.activities.copy;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.host.Token;
import dev.mooring.activities.host.UpstreamLogin;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.HostWork;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.Lsn;
import dev.mooring.quoting.ConfigurationValue;
import dev.mooring.quoting.ConnectionString;
import dev.mooring.quoting.ShellTemplate;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Data directories reached through scripts on their hosts. A copy runs there detached; its password
 * is a file of mode 600 there that is removed when the copy ends, never an argument.
 */
public final class HostCopyActivities implements CopyActivities {
  private static final String JOB = Script.resource(HostCopyActivities.class, "job.sh");
  private static final String[] COPIES = {
    "directory.sh", "included.sh", "copy.sh", "basebackup.sh", "rewind.sh"
  };
  private static final String[] PLACES = {
    "directory.sh", "included.sh", "copy.sh", "basebackup.sh", "rewind.sh", "place.sh"
  };
  private static final String REWINDING = Script.resource(HostCopyActivities.class, "rewinding.sh");
  private static final String KEEPING = Script.resource(HostCopyActivities.class, "keeping.sh");
  private static final Duration ANSWER_AFTER_THE_WAIT = Duration.ofSeconds(10);
  private static final Duration FOR_THE_REST_OF_A_LOOK = Duration.ofSeconds(5);
  private static final long KILOBYTE = 1024;

  /** The lowest rate of pg_basebackup, in kB per second. */
  private static final long SLOWEST = 32;

  private static final long FASTEST = 1024 * 1024;

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Attempt attempt;
  private final Secrets secrets;

  /**
   * @param environment where secret references are looked up
   */
  public HostCopyActivities(
      HostShell shell,
      HostDeadlines deadlines,
      Attempt attempt,
      Function<String, Optional<String>> environment) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.attempt = attempt;
    this.secrets = new Secrets(environment);
  }

  /** An observation in a hurry leaves WAL unread that it has no time for, and reports that. */
  @Override
  public DirectoriesObserved observeDirectories(ObserveDirectories request) {
    HostWork on = request.on();
    Duration within = request.patient() ? LOOKING_AT_MOST : deadlines.observe();
    Script script = script("read directories", "directory.sh");
    script.call("share_look", List.of());
    for (Instance instance : on.instances()) {
      List<String> arguments =
          where(
              instance,
              String.valueOf(within.minus(FOR_THE_REST_OF_A_LOOK).toSeconds()),
              request.patient() ? "all" : "brief");
      arguments.addAll(request.places());
      OfInstance.call(script, instance, "observe_directory", arguments);
    }
    PerInstance<DirectorySeen> read =
        shell.each(on, script, within, (i, said) -> DirectoryReading.seen(i.id(), said));
    return new DirectoriesObserved(on.host().name(), read.results(), read.failures());
  }

  @Override
  public WalKept ensureWalKept(KeepWal request) {
    beginKeeping(request);
    Script script = script("await WAL kept", "directory.sh", "included.sh", "copy.sh", "keep.sh");
    inCluster(script, request.call(), request.on());
    Instance instance = OfInstance.only(request.on());
    List<String> arguments = where(instance, request.call().run());
    arguments.add(String.valueOf(KEEPING_AT_MOST.toSeconds()));
    OfInstance.call(script, instance, "await_kept", arguments);
    return shell
        .run(
            request.on().host(),
            script,
            KEEPING_AT_MOST.plus(ANSWER_AFTER_THE_WAIT),
            (subject, text) -> attempt.report(CopyWords.progress(instance.id(), text)))
        .readOnly(instance, (i, said) -> DirectoryReading.kept(i.id(), said));
  }

  /** The copy runs detached: its caller, which may be lost, holds no lock of the host. */
  private void beginKeeping(KeepWal request) {
    Script script =
        script("begin to keep WAL", "directory.sh", "included.sh", "copy.sh", "keep.sh");
    Token.of(request.call(), attempt).claim(script, request.on());
    List<String> arguments = where(OfInstance.only(request.on()), request.call().run());
    arguments.add(request.from().stream().findFirst().map(Lsn::toString).orElse(""));
    arguments.add(String.valueOf(KEEPING_AT_MOST.toSeconds()));
    arguments.add(JOB);
    arguments.add(KEEPING);
    arguments.add(request.call().epoch().toString());
    OfInstance.call(script, OfInstance.only(request.on()), "ensure_keeping", arguments);
    one(request.on(), script, deadlines.act(), (id, said) -> said.yes("begun"));
  }

  @Override
  public CopyRuns ensureCopying(Copy request) {
    Script script = script("begin a copy", COPIES);
    Token.of(request.call(), attempt).claim(script, request.on());
    List<String> arguments = of(request);
    Upstream from = request.source().from();
    arguments.add(String.valueOf(Math.max(1, request.limits().atMost().toSeconds())));
    arguments.add(String.valueOf(rate(request.limits().bytesPerSecond())));
    arguments.add(connection(request));
    arguments.add(from.slot());
    arguments.add(UpstreamLogin.passwordLine(from, secrets));
    String restore = request.source().restoreCommand();
    arguments.add(restore.isEmpty() ? "" : ConfigurationValue.line("restore_command", restore));
    arguments.add(JOB);
    arguments.add(request.call().epoch().toString());
    arguments.add(request.system().stream().findFirst().map(String::valueOf).orElse(""));
    arguments.add(REWINDING);
    stopWithin(script);
    request.source().tablespaces().stream()
        .filter(place -> place.oid() != 0)
        .forEach(place -> arguments.add(place.location()));
    OfInstance.call(script, OfInstance.only(request.on()), "ensure_copying", arguments);
    return one(
        request.on(), script, deadlines.act(), (id, said) -> new CopyRuns(id, said.yes("begun")));
  }

  private static long rate(long bytesPerSecond) {
    return bytesPerSecond == 0
        ? 0
        : Math.max(SLOWEST, Math.min(FASTEST, bytesPerSecond / KILOBYTE));
  }

  private static String connection(Copy request) {
    ConnectionString connection = UpstreamLogin.connection(List.of(request.source().from()), "");
    return request.way() == Way.REWIND
        ? connection.with("dbname", request.source().database()).toString()
        : connection.toString();
  }

  @Override
  public CopyAwaited awaitCopied(AwaitCopied request) {
    Script script = script("await a copy", "directory.sh", "included.sh", "copy.sh");
    Copy copy = request.copy();
    inCluster(script, copy.call(), copy.on());
    List<String> arguments = of(copy);
    arguments.add(String.valueOf(Math.max(1, request.atMost().toSeconds())));
    Instance instance = OfInstance.only(copy.on());
    OfInstance.call(script, instance, "await_copied", arguments);
    return shell
        .run(
            copy.on().host(),
            script,
            request.atMost().plus(ANSWER_AFTER_THE_WAIT),
            (subject, text) -> attempt.report(CopyWords.progress(instance.id(), text)))
        .readOnly(instance, (i, said) -> CopyWords.ended(i.id(), said));
  }

  @Override
  public CopyPlaced ensurePlaced(Copy request) {
    Script script = script("place a copy", PLACES);
    Token.of(request.call(), attempt).claim(script, request.on());
    List<String> arguments = of(request);
    arguments.add(request.limits().keepOld() ? "yes" : "no");
    arguments.add(
        request.own().stream()
            .map(setting -> ConfigurationValue.line(setting.name(), setting.value()))
            .collect(Collectors.joining()));
    stopWithin(script);
    OfInstance.call(script, OfInstance.only(request.on()), "ensure_placed", arguments);
    return one(
        request.on(),
        script,
        deadlines.act(),
        (id, said) -> new CopyPlaced(id, said.text("old").strip()));
  }

  @Override
  public CopyReverted revertCopying(Copy request) {
    Script script = script("take back a copy", PLACES);
    Instance instance = OfInstance.only(request.on());
    if (request.way() == Way.REWIND) {
      // the run goes on after it
      Token.of(request.call(), attempt).claim(script, request.on());
      OfInstance.call(
          script,
          instance,
          "revert_rewinding",
          where(instance, request.call().run(), request.call().epoch().toString()));
    } else {
      Token.ofUndo(request.call(), attempt).claim(script, request.on());
      OfInstance.call(script, instance, "revert_copying", where(instance, request.call().run()));
    }
    return one(
        request.on(),
        script,
        deadlines.act(),
        (id, said) -> new CopyReverted(id, said.yes("placed")));
  }

  @Override
  public OldRemoved ensureOldRemoved(Copy request) {
    Script script = script("remove old directories", PLACES);
    Token.of(request.call(), attempt).claim(script, request.on());
    OfInstance.call(
        script,
        OfInstance.only(request.on()),
        "ensure_old_removed",
        where(OfInstance.only(request.on()), request.call().run()));
    return one(
        request.on(),
        script,
        deadlines.act(),
        (id, said) -> new OldRemoved(id, said.lines("removed")));
  }

  @Override
  public CommandRun ensureCommandRun(RunCommand request) {
    Instance instance = OfInstance.only(request.on());
    Script script = script("run " + request.setting(), "own-command.sh");
    Token.of(request.call(), attempt).claim(script, request.on());
    String command =
        ShellTemplate.fill(
            request.template(),
            Map.of(
                "instance", instance.id().value(),
                "address", request.on().host().access().address(),
                "port", String.valueOf(instance.port()),
                "data_directory", instance.dataDirectory(),
                "primary", request.primary().value()));
    OfInstance.call(
        script,
        instance,
        "run_own_command",
        List.of(
            request.setting(), String.valueOf(Math.max(1, request.within().toSeconds())), command));
    return one(
        request.on(),
        script,
        request.within().plus(deadlines.act()),
        (id, said) -> new CommandRun(id, said.text("printed").strip()));
  }

  private <R> R one(
      HostWork on, Script script, Duration deadline, BiFunction<InstanceId, Said, R> read) {
    return shell.only(on, script, deadline, (i, said) -> read.apply(i.id(), said));
  }

  private void stopWithin(Script script) {
    script.call("stop_within", List.of(String.valueOf(deadlines.stop().toSeconds())));
  }

  private static Script script(String name, String... parts) {
    return OfInstance.parts(Script.of(name, HostCopyActivities.class, List.of(parts)));
  }

  private static void inCluster(Script script, Call call, HostWork on) {
    Token.inCluster(script, call, on.host());
  }

  private static List<String> of(Copy request) {
    return where(OfInstance.only(request.on()), request.way().name(), request.call().run());
  }

  private static List<String> where(Instance instance, String... more) {
    return new ArrayList<>(OfInstance.words(instance, more));
  }
}
