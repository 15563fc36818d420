package dev.mooring.fake;

import dev.mooring.port.FailoverActivities.Power;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RehearsalActivities;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rehearsals on the fake's hosts, whose fences hold unless a test lets them not. */
final class FakeRehearsals implements RehearsalActivities {
  private final FakeCluster world;

  FakeRehearsals(FakeCluster world) {
    this.world = world;
  }

  @Override
  public RehearsalsObserved observeRehearsed(ObserveRehearsed request) {
    FakeHost host = world.host(request.on().host().name());
    host.requireReachable();
    List<LastRehearsal> last = new ArrayList<>();
    List<InstanceFailure> failures = new ArrayList<>();
    for (Instance instance : request.on().instances()) {
      if (host.unreadableRehearsals) {
        failures.add(
            new InstanceFailure(
                instance.id(), FailureCode.STATE_UNREADABLE, "the record is not whole"));
      } else {
        Optional.ofNullable(host.rehearsed.get(instance.id())).ifPresent(last::add);
      }
    }
    return new RehearsalsObserved(request.on().host().name(), last, failures);
  }

  @Override
  public Rehearsed ensureRehearsed(Rehearse request) {
    FakeHost host = world.host(request.on().host().name());
    host.requireReachable();
    List<InstanceRehearsed> rehearsed = new ArrayList<>();
    for (Instance instance : request.on().instances()) {
      InstanceRehearsed shown = shown(instance, host, request.power());
      rehearsed.add(shown);
      host.unreadableRehearsals = false;
      host.rehearsed.put(
          instance.id(),
          new LastRehearsal(
              instance.id(),
              request.at(),
              shown.passed(),
              request.call().run(),
              shown.passed() ? "all refuse" : "FAILED: the server starts",
              proofs(shown, Ended.SHOWN),
              proofs(shown, Ended.NOT_REHEARSED)));
    }
    return new Rehearsed(request.on().host().name(), rehearsed, List.of());
  }

  private static List<Proof> proofs(InstanceRehearsed rehearsed, Ended ended) {
    return rehearsed.shown().stream()
        .filter(one -> one.ended() == ended)
        .map(Shown::proof)
        .toList();
  }

  private static InstanceRehearsed shown(
      Instance instance, FakeHost host, List<PowerObserved> power) {
    List<Shown> shown =
        new ArrayList<>(
            instance.manager().isPatroni() ? hook(host.asksBeforePromotion) : fences(host));
    power.forEach(
        seen ->
            shown.add(
                new Shown(
                    Proof.POWER,
                    seen.power() == Power.ON ? Ended.SHOWN : Ended.FAILED,
                    seen.said())));
    if (!power.isEmpty() && !instance.manager().isPatroni()) {
      shown.add(new Shown(Proof.AFTER_REBOOT, Ended.NOT_REHEARSED, "no launcher asks the guard"));
    }
    return new InstanceRehearsed(instance.id(), shown);
  }

  private static List<Shown> hook(boolean isThere) {
    Ended ended = isThere ? Ended.SHOWN : Ended.NOT_REHEARSED;
    return List.of(new Shown(Proof.HOOK, ended, isThere ? "it refuses" : "it is not there"));
  }

  private static List<Shown> fences(FakeHost host) {
    boolean ignoresFences = host.ignoresFences;
    Ended fence = ignoresFences ? Ended.FAILED : Ended.SHOWN;
    return List.of(
        new Shown(Proof.FENCE, fence, ignoresFences ? "the server starts" : "it ends"),
        new Shown(Proof.LAUNCHER, fence, "pg_ctl"),
        new Shown(Proof.GUARDED_LAUNCHER, Ended.NOT_REHEARSED, "pg_ctl asks no guard"),
        new Shown(Proof.GUARD, Ended.SHOWN, "it refuses"),
        new Shown(Proof.CONTROL, Ended.SHOWN, "it starts"),
        new Shown(Proof.BOOT, Ended.SHOWN, "it refuses"),
        new Shown(Proof.UNIT, Ended.NOT_REHEARSED, "no systemctl"));
  }
}
