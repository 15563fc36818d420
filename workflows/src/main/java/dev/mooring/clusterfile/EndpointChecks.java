package dev.mooring.clusterfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks endpoints: each has a name of its own and is of one kind, on a known host; commands must
 * name the new primary when they route to it.
 */
final class EndpointChecks {
  private static final List<String> KINDS = List.of("pgbouncer", "haproxy", "virtualIp", "command");
  private static final List<String> ON_A_HOST = List.of("pgbouncer", "haproxy", "command");

  private EndpointChecks() {}

  static List<Problem> of(Setting file) {
    List<Problem> problems = new ArrayList<>();
    List<String> hosts =
        file.at("hosts").items().stream().map(host -> host.at("name").text()).toList();
    Map<String, Setting> named = new HashMap<>();
    for (Setting endpoint : file.at("endpoints").items()) {
      Setting name = endpoint.at("name");
      Setting first = named.putIfAbsent(name.text(), name);
      if (first != null) {
        problems.add(
            name.problem(
                "endpoint '%s' is already defined in line %d"
                    .formatted(name.text(), first.line())));
      }
      List<String> kinds = KINDS.stream().filter(kind -> endpoint.at(kind).given()).toList();
      if (kinds.size() != 1) {
        problems.add(
            name.problem(
                "endpoint '%s' must be exactly one of %s, it is %s"
                    .formatted(
                        name.text(),
                        String.join(", ", KINDS),
                        kinds.isEmpty() ? "none" : String.join(" and ", kinds))));
      }
      ON_A_HOST.stream()
          .map(kind -> endpoint.at(kind).at("host"))
          .filter(Setting::given)
          .forEach(host -> TopologyChecks.unknown("host", host, hosts).ifPresent(problems::add));
      route(endpoint.at("command").at("route"), problems);
    }
    return problems;
  }

  private static void route(Setting route, List<Problem> problems) {
    if (route.given()
        && !route.text().contains("{instance}")
        && !route.text().contains("{address}")) {
      problems.add(
          route.problem(
              "it would point at one instance whichever is the primary. HINT: use {instance} or"
                  + " {address} in it."));
    }
  }
}
