package dev.mooring.port;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.topology.Instance;
import java.util.List;

/** The application_name of a standby, and its slot. */
public record StandbyNames(String application, String slot) {
  /** Those of standbys by their ids, for histories of releases that carried no names. */
  static List<StandbyNames> byIds(List<Server> standbys) {
    return standbys.stream()
        .map(standby -> Instance.replicationName(standby.instance().id().value()))
        .map(name -> new StandbyNames(name, name))
        .toList();
  }
}
