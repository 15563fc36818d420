package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.port.RoleActivities.Following;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Holding;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.topology.Instance;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that follows the promotion: only forward, and held where it can't go on. */
final class Aftermath {
  private final Move move;
  private final SwitchoverCalls ports;
  private final Steps<SwitchoverStep> run;
  private final Holding<SwitchoverStep> deciding;
  private final List<String> degraded = new ArrayList<>();
  private final List<ProofRecord> proofs = new ArrayList<>();
  private final Routing routing;
  private List<Instance> following = List.of();

  Aftermath(
      Move move,
      Routing routing,
      SwitchoverCalls ports,
      Steps<SwitchoverStep> run,
      Holding<SwitchoverStep> deciding) {
    this.move = move;
    this.routing = routing;
    this.ports = ports;
    this.run = run;
    this.deciding = deciding;
  }

  List<String> degraded() {
    List<String> all = new ArrayList<>(degraded);
    all.addAll(routing.degraded());
    return all;
  }

  List<ProofRecord> proofs() {
    List<ProofRecord> all = new ArrayList<>(proofs);
    all.addAll(routing.proofs());
    return all;
  }

  void goOn(Moving.Promoted promoted) {
    forward(SwitchoverStep.ROUTE, routing::route);
    forward(
        SwitchoverStep.REJOIN,
        () -> {
          Following joined = ports.follow(run.call(SwitchoverStep.REJOIN), move, move.from());
          routing.lookAgain(SwitchoverStep.REJOIN);
          return joined;
        });
    following = forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
    Archiving archiving = new Archiving(move, run, promoted);
    forward(SwitchoverStep.STREAMING, () -> streaming(promoted.taken().fork()));
    forward(SwitchoverStep.VERIFY, () -> verified(archiving));
    run.forward(
        SwitchoverStep.CLEAN_UP,
        () -> {
          routing.lookAgain(SwitchoverStep.CLEAN_UP);
          return cleanedUp();
        });
  }

  private <T> T forward(SwitchoverStep step, Supplier<T> act) {
    return run.forward(
        step,
        () ->
            deciding.untilDone(
                step,
                () ->
                    move.to().id()
                        + " was promoted; that can't be undone but by a move back"
                        + (step == SwitchoverStep.ROUTE ? ". " + routing.stands() : ""),
                act));
  }

  /** All at once. A sibling that can't follow yet holds nobody up; one that takes writes does. */
  private List<Instance> siblingsFollow() {
    List<Promise<Outcome>> acts =
        move.siblings().stream()
            .map(
                sibling ->
                    Async.function(
                            () -> ports.follow(run.call(SwitchoverStep.FOLLOW), move, sibling))
                        .handle((done, failure) -> new Outcome(sibling, failure)))
            .toList();
    List<Outcome> outcomes = acts.stream().map(Promise::get).toList();
    List<String> without = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome.failure() != null) {
        without.add(notFollowing(outcome.sibling(), outcome.failure()));
      }
    }
    move.detached().stream()
        .map(
            standby ->
                standby.id()
                    + " was detached before the stop and is not waited for: see `mooring status`")
        .forEach(without::add);
    degraded.addAll(without);
    return outcomes.stream()
        .filter(outcome -> outcome.failure() == null)
        .map(Outcome::sibling)
        .filter(sibling -> !move.detached().contains(sibling))
        .toList();
  }

  private record Outcome(Instance sibling, @Nullable RuntimeException failure) {}

  private String notFollowing(Instance sibling, RuntimeException failure) {
    if (!(failure instanceof TemporalFailure failed)) {
      throw failure;
    }
    Explained why = Explained.of(failed);
    if (why.code() == FailureCode.TWO_PRIMARIES) {
      throw RunbookStop.failed(why.code(), sibling.id() + " takes writes too: " + why.sentence());
    }
    return String.format("%s does not follow %s: %s", sibling.id(), move.to().id(), why.sentence());
  }

  /** One that the archive alone feeds may be given the new timeline late, and holds nobody up. */
  private StandbysAwaited streaming(Lsn fork) {
    List<Instance> awaitedFor = new ArrayList<>(following);
    awaitedFor.add(0, move.from());
    boolean streams = move.upstreamOf(move.from()).isPresent();
    StandbysAwaited awaited =
        ports.awaitStreaming(run.call(SwitchoverStep.STREAMING), move.to(), awaitedFor, fork);
    List<String> without = new ArrayList<>();
    for (var behind : awaited.behind()) {
      String sentence = behind.instance() + ": " + behind.message();
      if (streams && behind.instance().equals(move.from().id())) {
        throw RunbookStop.failed(behind.code(), sentence);
      }
      without.add(sentence);
    }
    degraded.addAll(without);
    run.note(SwitchoverStep.STREAMING, awaited.streaming() + " follow " + move.to().id());
    return awaited;
  }

  private WriteProved verified(Archiving archiving) {
    WriteProved written = ports.write(run.call(SwitchoverStep.VERIFY), move.to());
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("written", written.at() + " on timeline " + written.timeline()));
    List<String> unseen = new ArrayList<>();
    synchronousAgain(unseen).ifPresent(facts::add);
    List<Instance> others = new ArrayList<>(following);
    others.add(0, move.from());
    for (Instance other : others) {
      refusedAt(other, unseen)
          .ifPresent(
              refused ->
                  facts.add(new Fact("refused_at_" + refused.instance(), refused.sqlState())));
    }
    archiving.proved(unseen).ifPresent(facts::add);
    degraded.addAll(unseen);
    proofs.add(new ProofRecord("writes", facts));
    return written;
  }

  /** Of a cluster whose commits wait for standbys: for whom they wait on the new primary. */
  private Optional<Fact> synchronousAgain(List<String> unseen) {
    if (move.mustConfirm() == 0) {
      return Optional.empty();
    }
    Optional<List<String>> told =
        ports
            .senders(run.call(SwitchoverStep.VERIFY), move.to())
            .map(
                senders ->
                    senders.stream()
                        .filter(sender -> List.of("sync", "quorum").contains(sender.sync()))
                        .map(Sender::application)
                        .toList());
    String waitedFor = told.map(List::toString).orElse("not told");
    if (told.filter(names -> names.size() >= move.mustConfirm()).isEmpty()) {
      unseen.add(
          String.format(
              "commits on %s are to wait for %d of %s, and are seen to wait for: %s",
              move.to().id(), move.mustConfirm(), move.synchronousNames(), waitedFor));
    }
    return Optional.of(new Fact("commits_wait_for", waitedFor));
  }

  /** A sibling that died since holds nobody up; the old primary and one that takes writes do. */
  private Optional<WriteRefused> refusedAt(Instance other, List<String> unseen) {
    try {
      return Optional.of(ports.refusedAt(run.call(SwitchoverStep.VERIFY), other));
    } catch (TemporalFailure e) {
      Explained why = Explained.unlessStopped(e);
      if (other.equals(move.from()) || why.code() == FailureCode.TWO_PRIMARIES) {
        throw e;
      }
      unseen.add(other.id() + " was not seen to refuse a write: " + why.sentence());
      return Optional.empty();
    }
  }

  private List<String> cleanedUp() {
    List<String> all = move.cluster().members().stream().map(Instance::replicationName).toList();
    List<String> used =
        move.standbys().stream()
            .filter(s -> move.upstreamOf(s).filter(move.from()::equals).isPresent())
            .map(Instance::replicationName)
            .toList();
    try {
      List<String> dropped =
          ports
              .setSlots(
                  run.call(SwitchoverStep.CLEAN_UP),
                  move.from(),
                  used,
                  all.stream().filter(name -> !used.contains(name)).toList())
              .dropped();
      run.note(SwitchoverStep.CLEAN_UP, "dropped " + dropped);
      return dropped;
    } catch (TemporalFailure e) {
      degraded.add(
          String.format(
              "slots on %s keep WAL still: %s", move.from().id(), Explained.of(e).sentence()));
      return List.of();
    }
  }
}
