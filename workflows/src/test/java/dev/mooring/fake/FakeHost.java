package dev.mooring.fake;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RoleActivities.Relaxed;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * One host: whether it answers, and per content and instance the highest token that acted there.
 */
final class FakeHost {
  private static final long AFTER_EVERY_STEP = 2_000_000;

  private final HostName name;
  private final SortedMap<ContentId, Token> authority = new TreeMap<>();
  private final SortedMap<InstanceId, Token> acted = new TreeMap<>();
  private boolean reachable = true;

  /** How the switch of its power behaves. */
  PowerSwitch powerSwitch = PowerSwitch.WORKS;

  /** The last rehearsal of each of its instances. */
  final SortedMap<InstanceId, LastRehearsal> rehearsed = new ConcurrentSkipListMap<>();

  /** The primaries whose commits may have waited for nobody, as it has that recorded. */
  final SortedMap<InstanceId, Relaxed> relaxed = new ConcurrentSkipListMap<>();

  /** Its servers start whatever is in their configuration. */
  volatile boolean ignoresFences;

  /** What Patroni asks before a promotion is there. */
  volatile boolean asksBeforePromotion;

  /** What records its rehearsals is not whole. */
  volatile boolean unreadableRehearsals;

  /** What a mutating call shows. */
  private record Token(Epoch epoch, long ordinal, long attempt, String run) {
    /** By what acted on the same content. */
    boolean isRefusedBy(Token highest) {
      int order = epoch.compareTo(highest.epoch);
      return order < 0 || (order == 0 && !run.equals(highest.run));
    }

    /** By what the same run did to the same instance. */
    boolean comesBefore(Token last) {
      return epoch.equals(last.epoch)
          && (ordinal < last.ordinal || (ordinal == last.ordinal && attempt < last.attempt));
    }

    @Override
    public String toString() {
      return "epoch " + epoch + " ordinal " + ordinal + " attempt " + attempt + " of run " + run;
    }
  }

  FakeHost(HostName name) {
    this.name = name;
  }

  void reachable(boolean answers) {
    reachable = answers;
  }

  boolean isReachable() {
    return reachable;
  }

  void requireReachable() {
    if (!reachable) {
      throw failure(FailureCode.HOST_UNREACHABLE, name + " does not answer");
    }
  }

  /** What a host lacks that has PostgreSQL, the C locale and /tmp, and nothing else. */
  static List<String> lacks(HostNeeds needs) {
    List<String> lacking = new ArrayList<>();
    needs.libraries().stream()
        .filter(library -> !library.endsWith("plpgsql"))
        .forEach(library -> lacking.add("library " + library + " is not there"));
    needs.locales().stream()
        .filter(locale -> !locale.equals("C"))
        .forEach(locale -> lacking.add("locale " + locale + " is not there"));
    needs.tablespaces().stream()
        .filter(tablespace -> !tablespace.location().equals("/tmp"))
        .forEach(
            tablespace ->
                lacking.add(
                    String.format(
                        "tablespace %d lies in %s, which is no directory here that can be written",
                        tablespace.oid(), tablespace.location())));
    return lacking;
  }

  Epoch highestEpoch() {
    return authority.values().stream().map(Token::epoch).reduce(Epoch.NONE, Epoch::higher);
  }

  /** The one member that an act changes or puts back, on its host, which must answer. */
  static FakeMember claimed(FakeCluster world, Call call, HostWork on, boolean undo) {
    FakeHost host = world.host(on.host().name());
    host.requireReachable();
    Instance instance = on.instances().get(0);
    if (undo) {
      host.claimUndo(call, world.attempt(), List.of(instance));
    } else {
      host.claim(call, world.attempt(), List.of(instance));
    }
    return world.members().member(instance.id());
  }

  /** A step's act. */
  void claim(Call call, long attempt, List<Instance> instances) {
    claim(call, call.ordinal(), attempt, instances);
  }

  /** The undo of a step: after every step, and undoes run backwards. */
  void claimUndo(Call call, long attempt, List<Instance> instances) {
    claim(call, AFTER_EVERY_STEP - call.ordinal(), attempt, instances);
  }

  private void claim(Call call, long ordinal, long attempt, List<Instance> instances) {
    if (call.epoch().equals(Epoch.NONE)) {
      throw new IllegalArgumentException(
          "step " + call.step() + " changes a host and was given no epoch");
    }
    Token ours = new Token(call.epoch(), ordinal, call.act() * 100_000L + attempt, call.run());
    for (Instance instance : instances) {
      Token highest = authority.getOrDefault(instance.content(), ours);
      Token last = acted.getOrDefault(instance.id(), ours);
      if (ours.isRefusedBy(highest) || ours.comesBefore(last)) {
        throw failure(
            FailureCode.EPOCH_REFUSED,
            String.format(
                "content %s: %s is refused, %s acted here",
                instance.content(), ours, ours.isRefusedBy(highest) ? highest : last));
      }
    }
    for (Instance instance : instances) {
      authority.put(instance.content(), ours);
      acted.put(instance.id(), ours);
    }
  }

  /** A failure as the adapters make it: worth another attempt only where the code says so. */
  static ApplicationFailure failure(FailureCode code, String message) {
    return code.owner() == FailureCode.Owner.RETRY
        ? ApplicationFailure.newFailure(message, code.name())
        : ApplicationFailure.newNonRetryableFailure(message, code.name());
  }
}
