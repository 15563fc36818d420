package dev.mooring.activities.role;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Token;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.OnHost;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Fence and promotion if the primary is gone, by scripts under the authority file's lock. */
public final class HostFailoverActivities implements FailoverActivities {
  private static final Duration SETTLING = Duration.ofSeconds(90);

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Attempt attempt;

  /** Over that shell, under tokens of that attempt. */
  public HostFailoverActivities(HostShell shell, HostDeadlines deadlines, Attempt attempt) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.attempt = attempt;
  }

  @Override
  public Fenced ensureFenced(Fence request) {
    return act(
        request,
        Token.of(request.call(), attempt),
        List.of("writer.sh", "wal-end.sh", "fence.sh"),
        "fence",
        fenceWords(request),
        request.endWithin().plus(deadlines.observe()),
        (instance, said) ->
            new Fenced(
                instance.id(),
                said.one("found", ServerProcess.class),
                ControlData.parse(said.text("control")),
                said.optional("wal_end").map(Lsn::parse).stream().toList(),
                said.optional("wal_unread").orElse("").strip()));
  }

  private static List<String> fenceWords(Fence request) {
    List<String> words = new ArrayList<>(List.of(millis(request.endWithin())));
    request.beyond().stream().flatMap(HostFailoverActivities::words).forEach(words::add);
    return words;
  }

  static Stream<String> words(WalPosition position) {
    return Stream.of(position.timeline().toString(), position.lsn().toString());
  }

  @Override
  public Unfenced revertFenced(Fence request) {
    return act(
        request,
        Token.ofUndo(request.call(), attempt),
        List.of("writer.sh", "fence.sh"),
        "unfence_again",
        List.of(),
        deadlines.act(),
        (instance, said) -> new Unfenced(instance.id(), said.yes("fenced")));
  }

  @Override
  public PoweredOff ensurePoweredOff(FenceHost request) {
    return new HostPower(shell).off(request, Token.of(request.call(), attempt));
  }

  @Override
  public WalFetched ensureWalFetched(FetchWal request) {
    return new HostWal(shell, request, Token.of(request.call(), attempt)).fetched();
  }

  @Override
  public WalObserved observeWal(ObserveWal request) {
    return new HeldWal(shell, deadlines).of(request.on());
  }

  @Override
  public PowerObserved observePower(FenceHost request) {
    return new HostPower(shell).look(request);
  }

  @Override
  public TakenOver ensurePromoted(Promote request) {
    return act(
        request,
        Token.of(request.call(), attempt),
        List.of("writer.sh", "promote.sh"),
        "promote_alone",
        List.of(
            millis(request.within()), request.system().toString(), request.timeline().toString()),
        request.within().multipliedBy(2).plus(deadlines.observe()),
        (instance, said) -> RoleReading.takenOver(instance, request.timeline(), said));
  }

  @Override
  public PromotionBarred revertPromoted(Promote request) {
    return act(
        request,
        Token.ofUndo(request.call(), attempt),
        List.of("writer.sh", "promote.sh"),
        "bar_take_over",
        List.of(millis(request.within()), request.timeline().hex()),
        request.within().plus(SETTLING),
        (instance, said) -> RoleReading.barred(instance, request.timeline(), said));
  }

  private <R> R act(
      OnHost request,
      Token token,
      List<String> parts,
      String function,
      List<String> words,
      Duration deadline,
      BiFunction<Instance, Said, R> read) {
    Instance instance = OfInstance.only(request.on());
    Script script =
        OfInstance.parts(
            Script.of(function.replace('_', ' '), HostFailoverActivities.class, parts));
    token.compare(script, request.on());
    ActOnWriter.call(script, token, instance, function, words);
    return shell.run(request.on().host(), script, deadline).readOnly(instance, read);
  }

  private static String millis(Duration duration) {
    return String.valueOf(Math.max(1, duration.toMillis()));
  }
}
