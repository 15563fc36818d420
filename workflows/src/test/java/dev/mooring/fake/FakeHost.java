package dev.mooring.fake;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
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

/** One host: whether it answers, and per content the highest token that acted there. */
final class FakeHost {
  private static final long AFTER_EVERY_STEP = 2_000_000;

  private final HostName name;
  private final SortedMap<ContentId, Token> authority = new TreeMap<>();
  private boolean reachable = true;

  /** How the switch of its power behaves. */
  PowerSwitch powerSwitch = PowerSwitch.WORKS;

  /** The last rehearsal of each of its instances. */
  final SortedMap<InstanceId, LastRehearsal> rehearsed = new ConcurrentSkipListMap<>();

  /** Its servers start whatever is in their configuration. */
  volatile boolean ignoresFences;

  /** What Patroni asks before a promotion is there. */
  volatile boolean asksBeforePromotion;

  /** What records its rehearsals is not whole. */
  volatile boolean unreadableRehearsals;

  /** What a mutating call shows. */
  private record Token(Epoch epoch, long ordinal, long attempt, String run) {
    boolean isRefusedBy(Token highest) {
      int order = epoch.compareTo(highest.epoch);
      if (order == 0 && !run.equals(highest.run)) {
        return true;
      }
      order = order == 0 ? Long.compare(ordinal, highest.ordinal) : order;
      order = order == 0 ? Long.compare(attempt, highest.attempt) : order;
      return order < 0;
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
      host.claimUndo(call, world.attempt(), List.of(instance.content()));
    } else {
      host.claim(call, world.attempt(), List.of(instance.content()));
    }
    return world.members().member(instance.id());
  }

  /** A step's act. */
  void claim(Call call, long attempt, List<ContentId> contents) {
    claim(call, call.ordinal(), attempt, contents);
  }

  /** The undo of a step: after every step, and undoes run backwards. */
  void claimUndo(Call call, long attempt, List<ContentId> contents) {
    claim(call, AFTER_EVERY_STEP - call.ordinal(), attempt, contents);
  }

  private void claim(Call call, long ordinal, long attempt, List<ContentId> contents) {
    if (call.epoch().equals(Epoch.NONE)) {
      throw new IllegalArgumentException(
          "step " + call.step() + " changes a host and was given no epoch");
    }
    Token ours = new Token(call.epoch(), ordinal, call.act() * 100_000L + attempt, call.run());
    for (ContentId content : contents) {
      Token theirs = authority.get(content);
      if (theirs != null && ours.isRefusedBy(theirs)) {
        throw failure(
            FailureCode.EPOCH_REFUSED,
            "content " + content + ": " + ours + " is refused, " + theirs + " acted here");
      }
    }
    contents.forEach(content -> authority.put(content, ours));
  }

  /** A failure as the adapters make it: worth another attempt only where the code says so. */
  static ApplicationFailure failure(FailureCode code, String message) {
    return code.owner() == FailureCode.Owner.RETRY
        ? ApplicationFailure.newFailure(message, code.name())
        : ApplicationFailure.newNonRetryableFailure(message, code.name());
  }
}
