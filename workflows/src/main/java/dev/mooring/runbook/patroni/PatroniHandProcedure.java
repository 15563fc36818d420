package dev.mooring.runbook.patroni;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.members.EndpointWords;
import dev.mooring.runbook.members.HandProcedure;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Instance;
import dev.mooring.topology.PatroniPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The procedure for a move of Patroni's leader without Mooring, with the values of this move. If
 * the store is gone, Patroni is stopped first: it would undo the procedure once it has a store
 * again.
 */
public final class PatroniHandProcedure {
  private final Move move;
  private final PatroniPolicy policy;
  private final HandProcedure words;

  /**
   * For a move that was not begun.
   *
   * @param policy how Patroni is reached
   */
  public PatroniHandProcedure(Move move, PatroniPolicy policy) {
    this.move = move;
    this.policy = policy;
    this.words = new HandProcedure(move);
  }

  /** Patroni moves a leader that works. */
  public List<String> switchover() {
    return reported(
        String.format(
            "patronictl switchover %s --leader %s --candidate %s --force",
            policy.scope(), name(move.from()), name(move.to())),
        true);
  }

  /**
   * Patroni promotes a member because the leader is gone.
   *
   * @param hostAnswers whether the old primary's host answers
   */
  public List<String> failover(boolean hostAnswers) {
    return reported(
        String.format(
            "patronictl failover %s --candidate %s --force", policy.scope(), name(move.to())),
        hostAnswers);
  }

  private List<String> reported(String command, boolean hostAnswers) {
    Instant seen = seenNow();
    List<String> acts = new ArrayList<>(List.of(words.withoutMooring()));
    acts.add(words.typed(move.to(), words.named(move.to())));
    acts.add(
        String.format(
            "on the host of any member, with `-c` and its Patroni's configuration: `%s`, then `%s`"
                + " must show %s as the leader, and no other",
            command, listed(), name(move.to())));
    acts.addAll(endpoints(hostAnswers));
    acts.add(String.format("once Mooring is there again: %s", adopted()));
    return HandProcedure.numbered(seen, acts);
  }

  /**
   * A failover while the store is silent. Patroni is stopped on every host, and started first on
   * the new primary's host: there it finds a server that accepts writes and takes the leader lock.
   *
   * @param hostAnswers whether the old primary's host answers
   */
  public List<String> withoutStore(boolean hostAnswers) {
    Instant seen = seenNow();
    List<String> acts = new ArrayList<>(List.of(words.withoutMooring()));
    acts.add(
        "if the store can be brought back soon, do only that: Patroni continues automatically then;"
            + " else keep it down until a step below needs it");
    for (Instance member : move.cluster().members()) {
      if (hostAnswers || !member.equals(move.from())) {
        acts.add(stopped(member));
      }
    }
    // an adoption gives the host back to Patroni if its authority file names no instance
    acts.addAll(words.oldKeptFromWriting(hostAnswers, Authority.NOBODY));
    Instance to = move.to();
    acts.add(
        words.typed(to, words.named(to) + " && " + words.startedAsBefore(to))
            + ", which starts it as a standby");
    acts.add(words.typed(to, words.waitingForNobody(to)));
    acts.add(words.typed(to, HandProcedure.promoted(to)));
    acts.addAll(endpoints(hostAnswers));
    acts.add(
        "an HAProxy that asks Patroni has no server until Patroni runs there again: point clients"
            + " at "
            + to.id()
            + " in its configuration until then");
    acts.addAll(patroniAgain());
    acts.add(
        String.format(
            "once Mooring runs again: %s, then %s, by which Patroni reinitializes it; if only its"
                + " copy of pg_wal may have commits, keep that",
            adopted(), resilvered()));
    return HandProcedure.numbered(seen, acts);
  }

  /** A clean stop of Patroni stops its server too. */
  private String stopped(Instance member) {
    return String.format(
        "on %s, stop Patroni of %s and keep it from starting (`systemctl disable --now patroni` if"
            + " systemd runs it): it stops its server too",
        member.host(), member.id());
  }

  /** The old content of the store names another leader, and perhaps other synchronous standbys. */
  private List<String> patroniAgain() {
    Instance to = move.to();
    return List.of(
        String.format(
            "bring the store back, or make an empty one, with Patroni stopped everywhere yet; if it"
                + " still has its old content, on %s run `patronictl remove %s`, and answer its"
                + " questions",
            to.host(), policy.scope()),
        String.format(
            "on %s, start Patroni of %s: `%s` must show it as the leader, and its server keeps"
                + " running",
            to.host(), to.id(), listed()),
        words.typed(to, words.waitingAsPatroniSays(to)),
        String.format("start Patroni of %s: each follows", ids(move.siblings())),
        words.typed(move.from(), words.walKept(move.from()))
            + ", also of a host that was powered off, once it is on again with Patroni kept from"
            + " starting; then start Patroni there: the fence keeps its server down");
  }

  private static String ids(List<Instance> instances) {
    return instances.isEmpty()
        ? "no other member"
        : String.join(", ", instances.stream().map(one -> one.id().value()).toList());
  }

  private String adopted() {
    return String.format(
        "`mooring adopt %s %s --reason WHY`", move.cluster().name(), move.to().id());
  }

  private String resilvered() {
    return String.format(
        "`mooring resilver %s --instances %s --reason WHY`",
        move.cluster().name(), move.from().id());
  }

  private String listed() {
    return "patronictl list " + policy.scope();
  }

  private String name(Instance instance) {
    return policy.member(instance.id()).map(PatroniPolicy.Member::name).orElseThrow();
  }

  private List<String> endpoints(boolean hostAnswers) {
    EndpointWords endpoints = new EndpointWords(move);
    return move.policy().endpoints().stream()
        .map(
            endpoint ->
                hostAnswers
                    ? endpoints.lead(endpoint, move.from(), move.to())
                    : endpoints.pointFromLost(endpoint, move.from(), move.to()))
        .toList();
  }

  private static Instant seenNow() {
    return RunbookRun.now().truncatedTo(ChronoUnit.SECONDS);
  }
}
