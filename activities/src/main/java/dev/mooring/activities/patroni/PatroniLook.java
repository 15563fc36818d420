package dev.mooring.activities.patroni;

import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.patroni.PatroniRest.Answer;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.ClusterSeen;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniFailure;
import dev.mooring.port.PatroniActivities.PatroniObserved;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Member;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** One reading of a cluster's Patroni, all members in parallel. */
final class PatroniLook {
  /** A member that is well answers in some milliseconds. */
  static final Duration ANSWER = Duration.ofSeconds(3);

  /** An answer that Patroni reads from its store waits for the store. */
  static final Duration STORE_ANSWER = Duration.ofSeconds(4);

  private final PatroniPolicy policy;
  private final PatroniRest rest;

  PatroniLook(PatroniPolicy policy, PatroniRest rest) {
    this.policy = policy;
    this.rest = rest;
  }

  /** The result for one member; either field is set. */
  private record Outcome(List<MemberSeen> seen, List<PatroniFailure> failure) {}

  /** The members' own reports. */
  PatroniObserved members() {
    List<Outcome> outcomes = together(policy.members(), this::outcome);
    return new PatroniObserved(
        outcomes.stream().flatMap(o -> o.seen().stream()).toList(),
        List.of(),
        outcomes.stream().flatMap(o -> o.failure().stream()).toList());
  }

  /** The members' own reports, and the store's content. */
  PatroniObserved whole() {
    PatroniObserved seen = members();
    if (seen.members().isEmpty()) {
      return seen;
    }
    try {
      return new PatroniObserved(seen.members(), List.of(cluster(seen)), seen.failures());
    } catch (ApplicationFailure failure) {
      List<PatroniFailure> failures = new ArrayList<>(seen.failures());
      failures.add(
          new PatroniFailure(List.of(), PatroniRest.code(failure), PatroniRest.fact(failure)));
      return new PatroniObserved(seen.members(), List.of(), failures);
    }
  }

  /** A member's own report. */
  MemberSeen member(Member member) {
    Answer answer = rest.get(member, "/patroni", ANSWER);
    return PatroniReading.member(member, policy, answer.json(PatroniRest.where(member)));
  }

  private Outcome outcome(Member member) {
    try {
      return new Outcome(List.of(member(member)), List.of());
    } catch (ApplicationFailure failure) {
      FailureCode code = PatroniRest.code(failure);
      return new Outcome(
          List.of(),
          List.of(
              new PatroniFailure(
                  List.of(member.instance()),
                  // it was read, and not changed
                  code == FailureCode.OUTCOME_UNKNOWN ? FailureCode.PATRONI_UNREACHABLE : code,
                  PatroniRest.fact(failure))));
    }
  }

  private ClusterSeen cluster(PatroniObserved seen) {
    Member asked = policy.member(seen.members().get(0).instance()).orElseThrow();
    List<Answer> answers =
        together(List.of("/cluster", "/config", "/history"), path -> fromStore(asked, path));
    String where = PatroniRest.where(asked);
    return new ClusterSeen(
        PatroniReading.members(policy, answers.get(0).json(where)),
        PatroniReading.settings(answers.get(1).json(where)),
        PatroniReading.history(answers.get(2).json(where)));
  }

  /** A member that answers for itself and not for this waits for the store. */
  private Answer fromStore(Member asked, String path) {
    Answer answer;
    try {
      answer = rest.get(asked, path, STORE_ANSWER);
    } catch (ApplicationFailure failure) {
      throw storeSilent(asked, path, PatroniRest.fact(failure));
    }
    if (!answer.done()) {
      throw storeSilent(asked, path, "it answered " + answer.status());
    }
    return answer;
  }

  private static ApplicationFailure storeSilent(Member asked, String path, String words) {
    return HostFailures.of(
        FailureCode.PATRONI_STORE_SILENT,
        "%s can't read %s from the store: %s".formatted(PatroniRest.where(asked), path, words),
        null);
  }

  private static <A, T> List<T> together(List<A> items, Function<A, T> look) {
    ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, items.size()));
    try {
      List<CompletableFuture<T>> running =
          items.stream()
              .map(item -> CompletableFuture.supplyAsync(() -> look.apply(item), threads))
              .toList();
      return running.stream().map(PatroniLook::joined).toList();
    } finally {
      threads.shutdownNow();
    }
  }

  private static <T> T joined(CompletableFuture<T> one) {
    try {
      return one.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ApplicationFailure failure) {
        throw failure;
      }
      throw e;
    }
  }
}
