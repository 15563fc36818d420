package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.runbook.members.EndpointWords;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.members.RoleChangeCommand;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy;
import java.util.ArrayList;
import java.util.List;

/** The text of a switchover plan: the lines that its digest covers, and the measured facts. */
final class SwitchoverPlan {
  private SwitchoverPlan() {}

  /**
   * The role of each member before and after, and the limits: nothing that changes without an act.
   */
  static List<String> objects(Move move, ObservedMembers observed) {
    List<String> objects = new ArrayList<>();
    for (Instance member : move.cluster().members()) {
      if (move.detached().contains(member)) {
        objects.add(
            String.format(
                "%s: is detached from %s before the stop, becomes standby of %s, not waited for",
                member.id(), move.from().id(), move.to().id()));
      } else {
        observed.member(member).ifPresent(seen -> objects.add(object(move, member, seen)));
      }
    }
    for (Endpoint endpoint : move.policy().endpoints()) {
      objects.add("endpoint " + endpoint.name() + " will point at " + move.to().id());
    }
    RoleChangeCommand.inWords(move.cluster()).forEach(objects::add);
    String names = move.synchronousNames();
    objects.add(
        "commits of "
            + move.to().id()
            + " will wait for "
            + (names.isEmpty() ? "no standby" : names));
    StreamingPolicy policy = move.policy();
    objects.add(
        String.format(
            "limits: outage %s, stop %s, lag %d bytes, archiver %d files, loss 0 bytes",
            DurationText.of(policy.switchover().outageBudget()),
            DurationText.of(policy.switchover().stopWithin()),
            policy.replication().limits().lagBytes(),
            policy.replication().limits().archiveFiles()));
    return objects;
  }

  private static String object(Move move, Instance member, MemberObserved seen) {
    return String.format(
        "%s: %s, system %s, timeline %s, becomes %s",
        member.id(),
        seen.standing().inRecovery() ? "standby" : "primary",
        seen.system(),
        seen.standing().timeline(),
        member.equals(move.to())
            ? "primary"
            : move.becomes(member) + StreamingRows.lateInWords(seen));
  }

  /** The limit of the outage, and the rows of the preflight. */
  static List<Receipt.Fact> measured(Move move, ObservedMembers observed, List<CheckRow> rows) {
    List<Receipt.Fact> facts = new ArrayList<>();
    facts.add(
        new Receipt.Fact(
            "expected outage",
            "at most "
                + DurationText.of(move.policy().switchover().outageBudget())
                + ", the outage budget; when it is spent before the promotion, the run rolls"
                + " back"));
    EndpointWords words = new EndpointWords(move);
    for (Endpoint endpoint : move.policy().endpoints()) {
      facts.add(
          new Receipt.Fact(
              "endpoint " + endpoint.name(), words.planned(endpoint, observed.endpoints().seen())));
    }
    facts.addAll(CheckRows.facts(rows));
    return facts;
  }
}
