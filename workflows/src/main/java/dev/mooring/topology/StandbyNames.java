package dev.mooring.topology;

import java.util.List;

/** The application_name of a standby, and its slot. */
public record StandbyNames(String application, String slot) {
  /** Those of standbys by their ids, for histories of releases that carried no names. */
  public static List<StandbyNames> byIds(List<Instance> standbys) {
    return standbys.stream()
        .map(standby -> Instance.replicationName(standby.id().value()))
        .map(name -> new StandbyNames(name, name))
        .toList();
  }
}
