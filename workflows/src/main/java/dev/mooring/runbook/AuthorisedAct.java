package dev.mooring.runbook;

import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.Way;
import dev.mooring.port.FailoverActivities.FenceHost;
import dev.mooring.port.OnHost;
import dev.mooring.port.PatroniActivities.AboutMember;
import dev.mooring.port.PatroniActivities.MovePatroni;
import dev.mooring.port.PrimaryActivities.SetPrimary;
import dev.mooring.port.Runbook;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ResilverReaction;
import java.util.List;
import java.util.Optional;

/**
 * An act that can take the right to write, give a second writer, or discard data; each runbook does
 * it by an approved plan alone. Not among them: acts that some run does without an approval, such
 * as a copy that keeps what was there before, and those that bar what another act began.
 *
 * @param runbooks that do it
 * @param on the instances
 */
public record AuthorisedAct(List<Runbook> runbooks, List<InstanceId> on) {
  public AuthorisedAct {
    runbooks = List.copyOf(runbooks);
    on = List.copyOf(on);
  }

  /** The runbooks that do it, by its activity type; none if it needs no approved plan. */
  static List<Runbook> runbooks(String type) {
    return switch (type) {
      case "EnsureHandedOver",
          "RevertHandedOver",
          "EnsureTakenOver",
          "RevertTakenOver",
          "EnsureSwitchedOver" ->
          List.of(Runbook.SWITCHOVER, Runbook.FAILBACK);
      case "EnsureFenced" -> List.of(Runbook.FAILOVER, Runbook.REPLICATION_SETUP);
      case "RevertFenced",
          "EnsurePoweredOff",
          "EnsurePromoted",
          "RevertPromoted",
          "EnsureFailedOver" ->
          List.of(Runbook.FAILOVER);
      case "EnsureStarted" -> List.of(Runbook.START_PRIMARY);
      case "EnsureRestarted", "RevertPrimarySet", "EnsureAdopted" ->
          List.of(Runbook.REPLICATION_SETUP);
      case "EnsurePatroniLet", "RevertPatroniLet" ->
          List.of(
              Runbook.SWITCHOVER,
              Runbook.FAILBACK,
              Runbook.FAILOVER,
              Runbook.RESILVER,
              Runbook.REPLICATION_SETUP);
      case "EnsureReinitializing", "EnsureCopying", "EnsurePlaced", "EnsureOldRemoved" ->
          List.of(Runbook.RESILVER, Runbook.FAILBACK);
      default -> List.of();
    };
  }

  /**
   * The act of an activity; empty if it needs no approved plan.
   *
   * @param type of the activity
   * @param arguments its request
   */
  public static Optional<AuthorisedAct> of(String type, Object... arguments) {
    return Optional.of(runbooks(type))
        .filter(runbooks -> !runbooks.isEmpty())
        .filter(runbooks -> !(arguments[0] instanceof Copy copy) || discards(type, copy))
        .filter(runbooks -> !(arguments[0] instanceof SetPrimary set) || set.mayRestart())
        .map(runbooks -> new AuthorisedAct(runbooks, instances(arguments[0])));
  }

  private static boolean discards(String type, Copy copy) {
    return copy.way() == Way.REWIND || !copy.limits().keepOld() || type.equals("EnsureOldRemoved");
  }

  private static List<InstanceId> instances(Object request) {
    if (request instanceof OnHost host) {
      return host.on().instances().stream().map(Instance::id).toList();
    }
    if (request instanceof FenceHost fence) {
      return List.of(fence.instance());
    }
    if (request instanceof MovePatroni move) {
      return List.of(move.from(), move.to());
    }
    return List.of(((AboutMember) request).instance());
  }

  /**
   * Whether only signatures approve it by that file.
   *
   * @param type the workflow type of the run that does it
   */
  public boolean isSigned(Cluster file, String type) {
    return !file.approvals().allowsUnsigned()
        && Runbook.ofType(type)
            .filter(runbooks::contains)
            .filter(runbook -> isAutomatic(runbook, file))
            .isEmpty();
  }

  /** Whether runs of it may act by the file, without a person. */
  private static boolean isAutomatic(Runbook runbook, Cluster file) {
    return file.streaming().stream()
        .anyMatch(
            policy ->
                switch (runbook) {
                  case FAILOVER -> policy.failover().unattended().isPresent();
                  case START_PRIMARY -> policy.watchStartsAfterReboot();
                  case RESILVER ->
                      policy.watch().resilvers().filter(ResilverReaction::acts).isPresent();
                  default -> false;
                });
  }
}
