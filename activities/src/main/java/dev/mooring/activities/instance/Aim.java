package dev.mooring.activities.instance;

import dev.mooring.activities.host.Token;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceTarget;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;

/** One instance of a call and the target of its replay. */
record Aim(Instance instance, InstanceTarget wanted, RecoveryTarget target) {

  /** Every instance of a call with its target, which the caller must have given. */
  static List<Aim> all(Call call, HostWork on, List<InstanceTarget> targets) {
    String directory = Token.directory(call, on.host());
    return on.instances().stream()
        .map(
            instance -> {
              InstanceTarget wanted =
                  targets.stream()
                      .filter(target -> target.instance().equals(instance.id()))
                      .findFirst()
                      .orElseThrow(
                          () ->
                              new IllegalArgumentException(
                                  "instance " + instance.id() + " was given no target"));
              return new Aim(instance, wanted, RecoveryTarget.of(on.host(), directory, wanted));
            })
        .toList();
  }

  InstanceId id() {
    return instance.id();
  }

  String system() {
    return wanted.target().systemIdentifier().toString();
  }
}
