package dev.mooring.clusterfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Checks a file in which Patroni runs instances: all members of a cluster that streams, and no
 * others, each with a name and a REST API of its own. Patroni decides which member follows which,
 * so the file does not set it.
 */
final class PatroniChecks {
  /** What is sent there stays on the machine, whatever a name service says. */
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|::1|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

  private final Setting file;
  private final List<Problem> problems = new ArrayList<>();

  private PatroniChecks(Setting file) {
    this.file = file;
  }

  /** Whether Patroni runs it. */
  static boolean runs(Setting instance) {
    return instance.at("manager").at("patroni").given();
  }

  static String name(Setting instance) {
    Setting own = instance.at("manager").at("patroni").at("member");
    return own.given() ? own.text() : instance.at("id").text();
  }

  static List<Problem> of(Setting file) {
    PatroniChecks checks = new PatroniChecks(file);
    Setting section = file.at("patroni");
    List<Setting> instances = file.at("instances").items();
    boolean any = instances.stream().anyMatch(PatroniChecks::runs);
    if (section.given() && !any) {
      checks.problem(
          section,
          "Patroni runs no instance of this file. HINT: write manager: {patroni: …} for those it"
              + " runs, or remove this section.");
    }
    if (any) {
      checks.cluster(section);
      instances.forEach(checks::instance);
      checks.names();
      checks.endpoints();
      checks.commands();
    }
    checks.login(section);
    return checks.problems;
  }

  private void cluster(Setting section) {
    if (!section.given()) {
      problem(
          section,
          "is missing: Patroni runs instances of this file, and is asked by its REST API. HINT:"
              + " write patroni: {scope: …}.");
    }
    if (!file.at("replication").given()) {
      problem(
          file.at("instances"),
          "Patroni runs instances of a cluster that streams, and the file has no section"
              + " replication");
    }
  }

  private void instance(Setting instance) {
    if (!isMember(instance)) {
      if (runs(instance)) {
        problem(
            instance.at("manager"),
            "site '%s' follows restore points: Patroni would start its instances, and open them"
                .formatted(instance.at("site").text()));
      }
    } else if (!runs(instance)) {
      problem(
          instance.at("manager"),
          "Patroni runs other members of this cluster, it must run all of them");
    } else if (instance.at("follows").given()) {
      problem(
          instance.at("follows"),
          "Patroni decides which member a standby follows. HINT: write the tag replicatefrom for it"
              + " there.");
    }
  }

  private boolean isMember(Setting instance) {
    String name = instance.at("site").text();
    return PolicyChecks.published(file).contains(name)
        || file.at("sites").items().stream()
            .filter(StreamingChecks::streams)
            .anyMatch(site -> site.at("name").text().equals(name));
  }

  private void names() {
    Map<String, Setting> taken = new HashMap<>();
    for (Setting instance : file.at("instances").items()) {
      Setting first = runs(instance) ? taken.putIfAbsent(name(instance), instance) : null;
      if (first != null) {
        problem(
            instance.at("manager"),
            "Patroni calls instance '%s' in line %d %s too"
                .formatted(first.at("id").text(), first.at("id").line(), name(instance)));
      }
    }
  }

  /** Two that route clients would each route them elsewhere for a while. */
  private void endpoints() {
    for (Setting endpoint : file.at("endpoints").items()) {
      if (endpoint.at("haproxy").given()) {
        problem(
            endpoint.at("haproxy"),
            "HAProxy asks Patroni's REST API for the member to connect clients to (/primary,"
                + " /replica), and nothing else. HINT: remove this endpoint.");
      }
    }
  }

  /** They would be run around other acts than those they were written for. */
  private void commands() {
    Setting change = file.at("replication").at("onRoleChange");
    if (change.given()) {
      problem(
          change,
          "Patroni changes roles automatically too, and does not run this command then. HINT: use"
              + " Patroni's callbacks, and remove it here.");
    }
    Setting wait = file.at("failover").at("waitBeforePromote");
    if (!wait.duration().isZero()) {
      problem(
          wait,
          "Patroni promotes by its own timings, and nothing waits for this. HINT: remove it"
              + " here.");
    }
    if (file.at("guard").written()) {
      problem(
          file.at("guard"),
          "Patroni starts its members itself, and no guard is asked before it. HINT: remove it"
              + " here.");
    }
    for (String command : List.of("before", "after")) {
      Setting setting = file.at("resilver").at(command);
      if (setting.given()) {
        problem(
            setting,
            "Patroni makes members anew by its own steps, and this is not run around them. HINT:"
                + " use Patroni's callbacks, and remove it here.");
      }
    }
  }

  private void login(Setting section) {
    if (section.at("user").given() != section.at("password").given()) {
      problem(
          section.at(section.at("user").given() ? "password" : "user"),
          "is missing: a user and a password are given together");
    }
    if (section.at("user").given() && !section.at("rootCertificate").given()) {
      file.at("instances").items().stream()
          .filter(PatroniChecks::runs)
          .filter(one -> !LOOPBACK.matcher(PatroniAssembly.address(file, one)).matches())
          .findFirst()
          .ifPresent(
              far ->
                  problem(
                      section.at("user"),
                      ("the password of '%s' would cross the network in clear to '%s' (%s). HINT: give"
                              + " Patroni's REST API a certificate (restapi.certfile), and write"
                              + " its authority here: rootCertificate: /etc/mooring/ca.pem.")
                          .formatted(
                              section.at("user").text(),
                              PatroniAssembly.address(file, far),
                              far.at("id").text())));
    }
  }

  private void problem(Setting at, String message) {
    problems.add(at.problem(message));
  }
}
