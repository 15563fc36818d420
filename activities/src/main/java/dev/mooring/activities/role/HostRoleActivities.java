package dev.mooring.activities.role;

import static java.util.stream.Collectors.joining;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.PromotionGuard;
import dev.mooring.activities.host.ReplacedSettings;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.host.StartGuard;
import dev.mooring.activities.host.Token;
import dev.mooring.authority.Epoch;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.OnHost;
import dev.mooring.port.RoleActivities;
import dev.mooring.quoting.ConfigurationValue;
import dev.mooring.quoting.ConnectionString;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The right to write, by scripts on the hosts: each act is one script that holds the host's lock
 * from the comparison of its token to its last observation.
 */
public final class HostRoleActivities implements RoleActivities {
  private static final Duration UP_AGAIN_WITHIN = Duration.ofSeconds(60);
  private static final Duration SETTLING = Duration.ofSeconds(90);

  /** Clients are held meanwhile: an act that waits longer for its turn is tried again. */
  private static final int LOCK_SECONDS_OF_A_PAUSE = 1;

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Attempt attempt;
  private final Secrets secrets;
  private final Pauses pauses;

  /**
   * @param secrets where the password of streaming is found
   */
  public HostRoleActivities(
      HostShell shell, HostDeadlines deadlines, Attempt attempt, Secrets secrets) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.attempt = attempt;
    this.secrets = secrets;
    this.pauses = new Pauses(shell);
  }

  @Override
  public RolesObserved observeRoles(ObserveRoles request) {
    Script script = script("observe roles", List.of("writer.sh", "roles.sh", "watchdog.sh"));
    return roles(
        Token.inCluster(script, request.call(), request.on().host()),
        request.on(),
        deadlines.observe());
  }

  @Override
  public RolesObserved ensureEpochRaised(RaiseEpoch request) {
    HostWork on = request.on();
    Script script = script("raise the epoch", List.of("writer.sh", "roles.sh", "watchdog.sh"));
    Token.of(request.call(), attempt).claim(script, on);
    return roles(script, on, deadlines.act());
  }

  private RolesObserved roles(Script script, HostWork on, Duration deadline) {
    script.with(StartGuard.class, "guard.sh");
    script.call("highest_epoch", List.of()).call("share_look", List.of());
    for (Instance instance : on.instances()) {
      OfInstance.call(
          script,
          instance,
          "observe_role",
          OfInstance.words(
              instance,
              instance.content().toString(),
              StartGuard.on(on.host()),
              instance.manager().kind() == InstanceManager.Kind.PATRONI
                  ? PromotionGuard.on(on.host())
                  : ""));
    }
    ScriptResult result = shell.run(on.host(), script, deadline);
    PerInstance<InstanceRole> read = result.read(on.instances(), Instance::id, RoleReading::role);
    return new RolesObserved(
        on.host().name(),
        new Epoch(result.host().number("highest_epoch")),
        read.results(),
        read.failures(),
        on.instances().stream()
            .flatMap(one -> RoleReading.disks(one, result.of(one.id().value())).stream())
            .toList(),
        having(on, result, "consumed"),
        having(on, result, "start_unread"));
  }

  private static List<InstanceId> having(HostWork on, ScriptResult result, String section) {
    return on.instances().stream()
        .map(Instance::id)
        .filter(id -> result.of(id.value()).optional(section).isPresent())
        .toList();
  }

  @Override
  public Surroundings observeSurroundings(ObserveSurroundings request) {
    return new SurroundingsLook(shell, deadlines, secrets).of(request);
  }

  @Override
  public HandedOver ensureHandedOver(HandOver request) {
    Token token = Token.of(request.call(), attempt);
    Script script = script("hand over", List.of("writer.sh", "fence-and-stop.sh"));
    return act(
        request,
        token,
        script,
        "hand_over",
        List.of(millis(request.stopWithin())),
        request.stopWithin().plus(deadlines.observe()),
        RoleReading::handedOver);
  }

  @Override
  public GivenBack revertHandedOver(HandOver request) {
    Token token = Token.ofUndo(request.call(), attempt);
    Script script = script("give back", List.of("writer.sh", "give-back.sh"));
    return act(
        request,
        token,
        script,
        "give_back",
        List.of(millis(UP_AGAIN_WITHIN)),
        UP_AGAIN_WITHIN.plus(SETTLING),
        (instance, said) -> new GivenBack(instance.id(), said.yes("fenced"), said.yes("crash")));
  }

  @Override
  public TakenOver ensureTakenOver(TakeOver request) {
    Token token = Token.of(request.call(), attempt);
    HandedOver end = request.end();
    PauseLimits limits = PauseLimits.within(request.promoteWithin());
    Pauses.Look look = pauses.look(request.pauses(), limits);
    try {
      return act(
          request,
          token,
          script("take over", List.of("writer.sh", "promote.sh")),
          "take_over",
          List.of(
              millis(request.promoteWithin()),
              end.system().toString(),
              end.timeline().toString(),
              RoleReading.padded(end.checkpoint()),
              request.pauses().isEmpty() ? "no" : String.valueOf(limits.word())),
          request.promoteWithin().multipliedBy(2).plus(deadlines.observe()),
          (instance, said) -> RoleReading.takenOver(instance, end.timeline(), said),
          request.pauses().isEmpty() ? null : look::word);
    } catch (ApplicationFailure refused) {
      if (FailureCode.PAUSE_OVER.name().equals(refused.getType())) {
        // the target's host knows of it already: an earlier attempt that was held up can't
        // promote any more
        throw look.whyOver().orElse(refused);
      }
      throw refused;
    }
  }

  @Override
  public PromotionBarred revertTakenOver(TakeOver request) {
    Token token = Token.ofUndo(request.call(), attempt);
    HandedOver end = request.end();
    Script script = script("bar", List.of("writer.sh", "promote.sh"));
    return act(
        request,
        token,
        script,
        "bar_take_over",
        List.of(millis(request.promoteWithin()), end.timeline().hex()),
        request.promoteWithin().plus(SETTLING),
        (instance, said) -> RoleReading.barred(instance, end.timeline(), said));
  }

  @Override
  public Following ensureFollowing(Follow request) {
    Token token = Token.of(request.call(), attempt);
    Instance instance = OfInstance.only(request.on());
    String passwordFile =
        Token.directory(request.call(), request.on().host()) + "/" + instance.id() + ".pgpass";
    StandbySettings settings =
        StandbySettings.of(request.upstream(), request.restoreCommand(), passwordFile, secrets);
    Script script = script("follow", List.of("writer.sh", "follow.sh"));
    return act(
        request,
        token,
        script,
        "follow",
        List.of(
            passwordFile,
            settings.passwords(),
            settings.settings(),
            request.upstream().stream().findFirst().map(of -> of.instance().value()).orElse(""),
            request.ofHost().stream().map(InstanceId::value).collect(joining(" ")),
            ConfigurationValue.quoted(
                new ConnectionString().with("dbname", request.database()).toString())),
        deadlines.act().plus(SETTLING),
        (of, said) ->
            new Following(
                of.id(),
                said.words("changed").stream().distinct().toList(),
                ReplacedSettings.masked(said.text("before"))));
  }

  @Override
  public SynchronousSet ensureSynchronousSet(SetSynchronous request) {
    return synchronous(request, Token.of(request.call(), attempt), "synchronous");
  }

  @Override
  public SynchronousSet revertSynchronousSet(SetSynchronous request) {
    return synchronous(request, Token.ofUndo(request.call(), attempt), "unsynchronous");
  }

  private SynchronousSet synchronous(SetSynchronous request, Token token, String function) {
    Script script = script("set synchronous", List.of("writer.sh", "follow.sh"));
    String lines =
        ConfigurationValue.line("synchronous_standby_names", request.names())
            + (request.commit().isEmpty()
                ? ""
                : ConfigurationValue.line("synchronous_commit", request.commit()));
    return act(
        request,
        token,
        script,
        function,
        List.of(request.names(), lines, request.commit()),
        deadlines.act(),
        (instance, said) ->
            new SynchronousSet(instance.id(), said.text("before"), said.yes("changed")));
  }

  @Override
  public RelaxationSet ensureRelaxationRecorded(SetRelaxation request) {
    return relaxation(request, "record_relaxation");
  }

  @Override
  public RelaxationSet ensureRelaxationCleared(SetRelaxation request) {
    return relaxation(request, "clear_relaxation");
  }

  private RelaxationSet relaxation(SetRelaxation request, String function) {
    return act(
        request,
        Token.of(request.call(), attempt),
        script("relaxation", List.of("writer.sh", "relaxation.sh")),
        function,
        List.of(request.primary().value(), request.timeline().toString()),
        deadlines.act(),
        (instance, said) -> new RelaxationSet(instance.id(), said.yes("changed")));
  }

  @Override
  public Adopted ensureAdopted(Adopt request) {
    return adopted(request, Token.of(request.call(), attempt), "adopt", request.writer().value());
  }

  @Override
  public Adopted ensureNobodyNamed(NameNobody request) {
    return adopted(
        request,
        Token.of(request.call(), attempt),
        "name_nobody",
        String.valueOf(request.epoch()),
        request.run());
  }

  @Override
  public Adopted ensurePatroniLet(Adopt request) {
    return patroniLet(request, Token.of(request.call(), attempt));
  }

  @Override
  public Adopted revertPatroniLet(Adopt request) {
    return patroniLet(request, Token.ofUndo(request.call(), attempt));
  }

  private Adopted patroniLet(Adopt request, Token token) {
    return adopted(request, token, "let_patroni", request.writer().value());
  }

  private Adopted adopted(OnHost request, Token token, String function, String... words) {
    return act(
        request,
        token,
        script("adopt", List.of("writer.sh", "adopt.sh")),
        function,
        List.of(words),
        deadlines.act(),
        (instance, said) -> new Adopted(instance.id(), said.text("before").strip()));
  }

  private <R> R act(
      OnHost request,
      Token token,
      Script script,
      String function,
      List<String> words,
      Duration deadline,
      BiFunction<Instance, Said, R> read) {
    return act(request, token, script, function, words, deadline, read, null);
  }

  /**
   * The same.
   *
   * @param word the word for a script that asks for one; such a one doesn't wait long for its turn
   */
  private <R> R act(
      OnHost request,
      Token token,
      Script script,
      String function,
      List<String> words,
      Duration deadline,
      BiFunction<Instance, Said, R> read,
      @Nullable Supplier<String> word) {
    HostWork on = request.on();
    Instance instance = OfInstance.only(request.on());
    if (word == null) {
      token.compare(script, on);
    } else {
      token.compare(script, on, LOCK_SECONDS_OF_A_PAUSE);
    }
    if (function.equals("follow") || function.endsWith("synchronous")) {
      StartGuard.install(script, on.host());
    }
    boolean byPatroni = instance.manager().kind() == InstanceManager.Kind.PATRONI;
    if (function.equals("let_patroni") || (function.equals("adopt") && byPatroni)) {
      PromotionGuard.install(script, on.host());
    }
    ActOnWriter.call(script, token, instance, function, words);
    ScriptResult result =
        word == null
            ? shell.run(on.host(), script, deadline)
            : shell.ask(on.host(), script, deadline, word);
    return result.readOnly(instance, read);
  }

  private static String millis(Duration duration) {
    return String.valueOf(Math.max(1, duration.toMillis()));
  }

  private static Script script(String name, List<String> parts) {
    return OfInstance.parts(Script.of(name, HostRoleActivities.class, parts));
  }
}
