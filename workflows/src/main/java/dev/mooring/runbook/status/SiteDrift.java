package dev.mooring.runbook.status;

import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.consume.InstancesCheck;
import dev.mooring.runbook.consume.MooredCheck;
import dev.mooring.topology.ParkMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares hosts and servers with the proof that a site is moored. An instance that reports nothing
 * keeps its proof and counts as unknown now; one that differs never counts as proved.
 */
final class SiteDrift {
  private static final String REPLAY = "parked-replay";
  private static final String PAUSED = "paused until the next consume";

  private final SiteState state;
  private final boolean current;
  private final List<CheckRow> findings = new ArrayList<>();
  private int changed;
  private int unreadable;
  private int unseen;

  private SiteDrift(SiteState state, boolean current) {
    this.state = state;
    this.current = current;
  }

  /**
   * @param current whether no READY point is newer than the site's point
   * @param moving whether a DrConsume of this site is in progress, which changes the instances
   */
  static SiteDrift of(StatusFacts facts, SiteState state, boolean current, boolean moving) {
    SiteDrift drift = new SiteDrift(state, current);
    for (InstanceFacts one : facts.instances()) {
      if (one.instance().site().equals(state.site())) {
        drift.look(one, moving);
      }
    }
    return drift;
  }

  List<CheckRow> findings() {
    return findings;
  }

  boolean isNone() {
    return changed + unreadable == 0;
  }

  /** How many instances are proved, and the state of the others. */
  String inWords(int instances) {
    int proved = Math.max(0, state.instances().size() - changed - unreadable);
    return proved
        + " of "
        + instances
        + " proved"
        + (changed == 0 ? "" : ", " + changed + " changed since")
        + (unreadable == 0 ? "" : ", " + unreadable + " can't be read")
        + (unseen == 0 ? "" : ", " + unseen + " unknown now");
  }

  /**
   * Instances that accept writes, can't be read, or have another dbid are reported once for the
   * whole cluster; here only that a person resumed replay.
   */
  private void look(InstanceFacts one, boolean moving) {
    if (one.isWritable()) {
      changed++;
      resumed(one).ifPresent(findings::add);
    } else if (!moving && one.isUnreadable()) {
      unreadable++;
    } else if (one.isSetUpAsAnother()) {
      changed++;
    } else if (one.isUnseen()) {
      unseen++;
    } else if (!moving
        && isReadable(one)
        && one.server() instanceof Observed.Unseen<?> silent
        && !one.isDown()) {
      unseen++;
      findings.add(unanswered(one, silent));
    } else if (!moving) {
      changes(one).ifPresent(this::changed);
    }
  }

  private void changed(CheckRow finding) {
    changed++;
    findings.add(finding);
  }

  private Optional<ParkedInstance> proved(InstanceFacts one) {
    return state.instances().stream()
        .filter(p -> p.instance().equals(one.instance().id()))
        .findFirst();
  }

  private boolean isReadable(InstanceFacts one) {
    return proved(one).filter(p -> p.parkMode() == ParkMode.READABLE).isPresent();
  }

  private Optional<CheckRow> resumed(InstanceFacts one) {
    return proved(one)
        .filter(p -> p.parkMode() == ParkMode.READABLE)
        .flatMap(p -> one.server().seen().flatMap(s -> MooredCheck.pausedDrift(p, s.position())))
        .map(
            fact ->
                CheckRow.wrong(
                    REPLAY, one.instance().id(), fact, PAUSED, FailureCode.PROMOTED.hint()));
  }

  private static CheckRow unanswered(InstanceFacts one, Observed.Unseen<?> silent) {
    return CheckRow.unseen(REPLAY, one.instance().id(), silent, PAUSED).asWarning();
  }

  private Optional<CheckRow> changes(InstanceFacts one) {
    Optional<Position> position = one.server().seen().map(ServerObserved::position);
    if (one.host() instanceof Observed.Seen<InstanceObserved> host) {
      List<String> drift = MooredCheck.drift(state, one.instance(), host.value(), position);
      return drift.isEmpty()
          ? Optional.empty()
          : Optional.of(drifted(one, String.join("; ", drift), remedy(one, host.value())));
    }
    if (isReadable(one)) {
      return proved(one)
          .flatMap(p -> position.flatMap(seen -> MooredCheck.pausedDrift(p, seen)))
          .map(fact -> drifted(one, fact, Commands.consume(state.cluster(), state.site())));
    }
    return position.map(
        answers -> drifted(one, "runs, and was parked", "find out what started it, and stop it"));
  }

  private static CheckRow drifted(InstanceFacts one, String fact, String remedy) {
    return CheckRow.wrong("parked-state", one.instance().id(), fact, "as it was proved", remedy);
  }

  /** A consume is refused if the instance left recovery or has replayed past the newest point. */
  private String remedy(InstanceFacts one, InstanceObserved seen) {
    if (InstancesCheck.judge(one.instance(), seen) instanceof Verdict.Never<?> never) {
      return never.code().hint();
    }
    Optional<ParkedInstance> proved = proved(one);
    boolean leftTimeline =
        proved
            .filter(p -> seen.control().checkpoint().timeline().compareTo(p.timeline()) > 0)
            .isPresent();
    if (leftTimeline) {
      return FailureCode.PROMOTED.hint();
    }
    String consume = Commands.consume(state.cluster(), state.site());
    return current && proved.filter(p -> hasMovedOn(seen, p)).isPresent()
        ? Commands.publish(state.cluster()) + " makes a point it can reach, then " + consume
        : consume;
  }

  /**
   * The minimum recovery end only grows, so another value means further replay. A restartpoint may
   * advance it to the point itself while a readable instance is paused there.
   */
  private static boolean hasMovedOn(InstanceObserved seen, ParkedInstance proved) {
    return seen.control()
        .recovery()
        .minimumEnd()
        .match(
            () -> false,
            (end, timeline) ->
                !end.equals(proved.controlFile().minimumRecoveryEnd())
                    && !end.toString().equals(proved.point()));
  }
}
