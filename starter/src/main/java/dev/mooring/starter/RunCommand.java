package dev.mooring.starter;

import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** The part common to the commands that start a run which acts. */
abstract class RunCommand implements Callable<Integer> {
  final MooringCommand mooring;

  @Mixin final RunOptions options = new RunOptions();

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  RunCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  /** The run to start. */
  abstract RunOrder order(ClusterName name, RunOrder.Asked asked);

  final ClusterName name() {
    return cluster.choose(mooring.clusterFiles());
  }

  final RunOrder order(ClusterName name) {
    return order(name, options.asked(mooring.user()));
  }

  /** The digits that confirm the cluster; a person may be asked for them. */
  final String confirmed(MeantCluster meant, ClusterName name) {
    return meant.confirmed(mooring, options, name);
  }

  @Override
  public Integer call() {
    try (Connecting temporal = mooring.connecting()) {
      RunOrder order = order(name());
      return new RunSession(temporal.server(), mooring.console()).start(order, options).status();
    }
  }
}
