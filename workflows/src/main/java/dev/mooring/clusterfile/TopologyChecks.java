package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks sites, hosts and instances together: names defined once, contents complete at every site,
 * and no two instances that would take each other's port or directory.
 */
final class TopologyChecks {
  private final Setting file;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, Setting> sites;
  private final Map<String, Setting> hosts;
  private final Map<JsonPointer, Problem> exposed = new HashMap<>();

  private TopologyChecks(Setting file) {
    this.file = file;
    this.sites = named("site", file.at("sites"), "name");
    this.hosts = named("host", file.at("hosts"), "name");
    named("instance", file.at("instances"), "id");
  }

  static List<Problem> of(Setting file) {
    TopologyChecks checks = new TopologyChecks(file);
    for (Setting instance : file.at("instances").items()) {
      checks.known("site", instance.at("site"), checks.sites.keySet());
      checks.known("host", instance.at("host"), checks.hosts.keySet());
    }
    checks.contents();
    checks.problems.addAll(GreenplumChecks.of(file));
    checks.machines();
    checks.ports();
    checks.directories();
    checks.problems.addAll(checks.exposed.values());
    return checks.problems;
  }

  /** The first entry of each name in a list; the others are problems. */
  private Map<String, Setting> named(String what, Setting list, String key) {
    Map<String, Setting> byName = new TreeMap<>();
    for (Setting entry : list.items()) {
      Setting name = entry.at(key);
      Setting first = byName.putIfAbsent(name.text(), entry);
      if (first != null) {
        problems.add(
            name.problem(
                "%s '%s' is already defined in line %d"
                    .formatted(what, name.text(), first.at(key).line())));
      }
    }
    return byName;
  }

  private void known(String what, Setting reference, Collection<String> names) {
    unknown(what, reference, names).ifPresent(problems::add);
  }

  /** The problem of a reference to something that the file does not define. */
  static Optional<Problem> unknown(String what, Setting reference, Collection<String> names) {
    return names.contains(reference.text())
        ? Optional.empty()
        : Optional.of(
            reference.problem(
                "no %s is named '%s'.%s"
                    .formatted(what, reference.text(), NearestName.hint(reference.text(), names))));
  }

  static boolean isGreenplum(Setting file) {
    return file.at("kind").text().equals("greenplum");
  }

  /** Whether an instance is a mirror of its content's primary, or the standby coordinator. */
  static boolean isMirror(Setting instance) {
    return instance.at("role").text().equals("mirror");
  }

  private void contents() {
    Map<String, Set<Integer>> bySite = new TreeMap<>();
    TreeSet<Integer> all = new TreeSet<>();
    String kind = file.at("kind").text();
    boolean several = !kind.equals("postgres");
    int first = isGreenplum(file) ? -1 : 0;
    for (Setting instance : file.at("instances").items()) {
      Setting content = instance.at("content");
      if (content.number() < first || (!several && content.number() != 0)) {
        problems.add(content.problem(notAContent(kind, content.number())));
      }
      if (!isMirror(instance)) {
        bySite
            .computeIfAbsent(instance.at("site").text(), site -> new TreeSet<>())
            .add(content.number());
      }
      all.add(content.number());
    }
    for (Setting site : sites.values()) {
      Set<Integer> here = bySite.getOrDefault(site.at("name").text(), Set.of());
      if (here.isEmpty()) {
        problems.add(
            site.at("name").problem("site '" + site.at("name").text() + "' has no instances"));
      } else if (several) {
        lacking(site.at("name"), here, first, Math.max(first, all.last()));
      }
    }
  }

  private static String notAContent(String kind, int content) {
    return kind.equals("postgres")
        ? "a cluster of kind postgres has content 0 only, got " + content
        : "content -1 is the coordinator of a cluster of kind greenplum; the contents of a fleet"
            + " begin at 0";
  }

  private void lacking(Setting site, Set<Integer> here, int first, int last) {
    List<Integer> lacks = new ArrayList<>();
    for (int content = first; content <= last; content++) {
      if (!here.contains(content)) {
        lacks.add(content);
      }
    }
    if (!lacks.isEmpty()) {
      String shown = String.join(", ", lacks.stream().limit(5).map(String::valueOf).toList());
      String more = lacks.size() > 5 ? " and " + (lacks.size() - 5) + " more" : "";
      problems.add(
          site.problem(
              "site '%s' has no %s of content %s%s; the contents of this %s are %d to %d at every site"
                  .formatted(
                      site.text(),
                      first < 0 ? "primary" : "instance",
                      shown,
                      more,
                      file.at("kind").text(),
                      first,
                      last)));
    }
  }

  /**
   * One machine under two names would hide that two instances share its directories. Two containers
   * of it have directories of their own.
   */
  private void machines() {
    Map<String, Setting> byAddress = new HashMap<>();
    for (Setting host : file.at("hosts").items()) {
      if (host.at("access").text().equals("ssh") && host.at("address").given()) {
        Setting own = host.at("ssh").at("port");
        int port = own.given() ? own.number() : file.at("ssh").at("port").number();
        String machine = host.at("address").text() + " port " + port;
        Setting first = byAddress.putIfAbsent(machine + host.at("prefix").node(), host);
        if (first != null) {
          problems.add(
              host.at("address")
                  .problem(
                      "host '%s' is reached at %s, as is host '%s' in line %d"
                          .formatted(
                              host.at("name").text(),
                              machine,
                              first.at("name").text(),
                              first.at("name").line())));
        }
      }
    }
  }

  /** Two hosts behind one address may differ by their SSH ports, but not share a server's. */
  private void ports() {
    Map<String, Setting> taken = new HashMap<>();
    for (Setting instance : file.at("instances").items()) {
      Setting port = instance.at("port");
      String host = instance.at("host").text();
      Setting first = taken.putIfAbsent(reachedAt(host) + " " + port.number(), instance);
      if (first != null) {
        String other = first.at("host").text();
        problems.add(
            port.problem(
                "port %d of host '%s' is that of instance '%s' in line %d%s"
                    .formatted(
                        port.number(),
                        host,
                        first.at("id").text(),
                        first.at("port").line(),
                        other.equals(host)
                            ? ""
                            : ", whose host '" + other + "' has the same address")));
      }
    }
  }

  private String reachedAt(String name) {
    Setting host = hosts.get(name);
    return host != null && host.at("access").text().equals("ssh") && host.at("address").given()
        ? "address " + host.at("address").text()
        : "host " + name;
  }

  private void directories() {
    Map<String, Map<String, Setting>> byHost = new HashMap<>();
    for (Setting instance : file.at("instances").items()) {
      Setting directory = instance.at("dataDirectory");
      Setting first =
          byHost
              .computeIfAbsent(instance.at("host").text(), host -> new HashMap<>())
              .putIfAbsent(directory.path(), instance);
      if (first != null) {
        problems.add(
            directory.problem(
                "%s on host '%s' is the data directory of instance '%s' in line %d"
                    .formatted(
                        directory.path(),
                        instance.at("host").text(),
                        first.at("id").text(),
                        first.at("dataDirectory").line())));
      }
    }
    for (Setting instance : file.at("instances").items()) {
      Map<String, Setting> taken = byHost.getOrDefault(instance.at("host").text(), Map.of());
      Setting own = instance.at("dataDirectory");
      outside(own, parent(own.path()), taken);
      Setting site = sites.get(instance.at("site").text());
      if (site != null) {
        Setting archive = site.at("archive").at("directory");
        if (archive.given()) {
          outside(archive, archiveOf(archive, instance), taken);
        }
      }
    }
    for (Setting host : file.at("hosts").items()) {
      Setting own = host.at("directory");
      outside(own, own.path(), byHost.getOrDefault(host.at("name").text(), Map.of()));
    }
  }

  private static String archiveOf(Setting archive, Setting instance) {
    return archive.path().replace("{content}", Integer.toString(instance.at("content").number()));
  }

  /** Every remake of a data directory removes all that lies in it. */
  private void outside(Setting setting, String directory, Map<String, Setting> dataDirectories) {
    for (String around = directory; !around.isEmpty(); around = parent(around)) {
      Setting instance = dataDirectories.get(around);
      if (instance != null) {
        exposed.putIfAbsent(
            setting.pointer(),
            setting.problem(
                "%s lies in the data directory of instance '%s', %s"
                    .formatted(setting.path(), instance.at("id").text(), around)));
        return;
      }
    }
  }

  private static String parent(String directory) {
    return directory.substring(0, directory.lastIndexOf('/'));
  }
}
