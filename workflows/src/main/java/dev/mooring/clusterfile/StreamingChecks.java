package dev.mooring.clusterfile;

import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks the file of a cluster that streams: sites that stream beside a section {@code
 * replication}, at least two members, upstreams whose chain ends at the primary, and synchronous
 * standbys that are members. {@link EndpointChecks} checks endpoints, {@link FailoverSectionChecks}
 * the section {@code failover}.
 */
final class StreamingChecks {
  private static final int SLOWEST_COPY = 32768;
  private static final int SMALLEST_SLOT = 500 << 20;

  private final Setting file;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> published;
  private final Set<String> streaming = new HashSet<>();
  private final Map<String, Setting> members = new TreeMap<>();

  private StreamingChecks(Setting file) {
    this.file = file;
    this.published = PolicyChecks.published(file);
    file.at("sites").items().stream()
        .filter(StreamingChecks::streams)
        .forEach(site -> streaming.add(site.at("name").text()));
    for (Setting instance : file.at("instances").items()) {
      String site = instance.at("site").text();
      if (streaming.contains(site) || published.contains(site)) {
        members.putIfAbsent(instance.at("id").text(), instance);
      }
    }
  }

  /** Whether the instances of a site are standbys that stream. */
  static boolean streams(Setting site) {
    return site.at("follows").text().equals("streaming");
  }

  static List<Problem> of(Setting file) {
    StreamingChecks checks = new StreamingChecks(file);
    file.at("sites").items().stream().filter(StreamingChecks::streams).forEach(checks::site);
    if (file.at("replication").given()) {
      checks.replication();
      checks.limits();
      checks.problems.addAll(EndpointChecks.of(file));
      checks.problems.addAll(FailoverSectionChecks.of(file, checks.members, checks::member));
    } else {
      checks.withoutReplication();
    }
    return checks.problems;
  }

  private void site(Setting site) {
    String name = site.at("name").text();
    for (String setting : List.of("consume", "parkMode", "manifests")) {
      if (site.at(setting).written()) {
        problems.add(
            site.at(setting)
                .problem(
                    "site '%s' has follows: streaming, its instances are never parked at a point. HINT: remove %s."
                        .formatted(name, setting)));
      }
    }
    if (published.contains(name)) {
      problems.add(
          site.at("follows")
              .problem(
                  "site '%s' is publish.site, whose instances are members anyway. HINT: remove follows here."
                      .formatted(name)));
    }
    if (!file.at("replication").given()) {
      problems.add(
          site.at("follows")
              .problem(
                  "the file does not say how standbys are connected. HINT: add the section"
                      + " replication."));
    }
  }

  private void withoutReplication() {
    for (String section :
        List.of("switchover", "resilver", "failover", "guard", "watch", "endpoints")) {
      if (file.at(section).written()) {
        problems.add(
            file.at(section)
                .problem("it is for a streaming cluster, and the file has no section replication"));
      }
    }
    for (Setting instance : file.at("instances").items()) {
      if (instance.at("follows").given()) {
        problems.add(
            instance
                .at("follows")
                .problem(
                    "only the standbys of a cluster that streams follow something, and the file has"
                        + " no section replication"));
      }
    }
  }

  private void replication() {
    if (!file.at("kind").text().equals("postgres")) {
      problems.add(
          file.at("replication")
              .problem(
                  "a cluster of kind postgres can stream, this is one of kind "
                      + file.at("kind").text()));
      return;
    }
    if (published.size() == 1 && members.size() < 2) {
      problems.add(
          file.at("replication")
              .problem(
                  "there is no standby to stream to: site '%s' has one instance and no site has follows: streaming"
                      .formatted(published.get(0))));
    }
    replicationNames();
    file.at("instances").items().forEach(this::upstream);
    members.values().forEach(this::cycle);
    synchronous();
  }

  /** Two standbys with one name would take each other's slot. */
  private void replicationNames() {
    Map<String, Setting> taken = new HashMap<>();
    for (Setting member : members.values()) {
      Setting id = member.at("id");
      String name = Instance.replicationName(id.text());
      Setting first = taken.putIfAbsent(name, id);
      if (first != null) {
        problems.add(
            id.problem(
                "the slot of instance '%s' would be called %s, as that of '%s' in line %d"
                    .formatted(id.text(), name, first.text(), first.line())));
      }
      if (id.text().equals(Instance.ARCHIVE)) {
        problems.add(
            id.problem("'archive' says of an instance that it follows the archive, it names none"));
      }
    }
  }

  private void upstream(Setting instance) {
    Setting upstream = instance.at("follows");
    if (!upstream.given()) {
      return;
    }
    String id = instance.at("id").text();
    if (!members.containsKey(id)) {
      problems.add(
          upstream.problem(
              "instance '%s' is at a site that follows restore points, it streams from no instance"
                  .formatted(id)));
    } else if (upstream.text().equals(id)) {
      problems.add(upstream.problem("instance '" + id + "' can't stream from itself"));
    } else if (!upstream.text().equals(Instance.ARCHIVE)) {
      member(upstream);
    }
  }

  private void member(Setting reference) {
    List<String> ids =
        file.at("instances").items().stream().map(instance -> instance.at("id").text()).toList();
    if (ids.contains(reference.text()) && !members.containsKey(reference.text())) {
      problems.add(
          reference.problem(
              "instance '%s' is at a site that follows restore points, it is no member of what streams"
                  .formatted(reference.text())));
      return;
    }
    TopologyChecks.unknown("instance", reference, ids).ifPresent(problems::add);
  }

  /** Reported once, for the first member of the cycle by name. */
  private void cycle(Setting member) {
    String start = member.at("id").text();
    List<String> way = new ArrayList<>(List.of(start));
    Setting next = upstreamOf(member);
    while (next != null) {
      String id = next.at("id").text();
      if (id.equals(start) && way.size() > 1) {
        problems.add(
            member
                .at("follows")
                .problem(
                    "%s stream from one another and never from the primary"
                        .formatted(String.join(" and ", way))));
      }
      if (way.contains(id) || id.compareTo(start) < 0) {
        return;
      }
      way.add(id);
      next = upstreamOf(next);
    }
  }

  private @Nullable Setting upstreamOf(Setting member) {
    Setting upstream = member.at("follows");
    return upstream.given() ? members.get(upstream.text()) : null;
  }

  private void synchronous() {
    Setting set = file.at("replication").at("synchronous");
    List<Setting> instances = set.at("instances").items();
    if (set.at("method").text().equals("none")) {
      for (String setting : List.of("number", "instances")) {
        if (set.at(setting).given()) {
          problems.add(
              set.at(setting)
                  .problem("no standby is waited for. HINT: write method: first or method: any."));
        }
      }
      return;
    }
    if (instances.isEmpty()) {
      problems.add(set.at("instances").problem("is missing: the standbys that a commit waits for"));
      return;
    }
    instances.forEach(this::member);
    if (number(set) > instances.size()) {
      problems.add(
          set.at("number")
              .problem(
                  "%d must confirm, and instances names %d: every commit would wait for ever"
                      .formatted(number(set), instances.size())));
    }
  }

  /** How many must confirm. */
  static int number(Setting synchronous) {
    if (synchronous.at("method").text().equals("none")) {
      return 0;
    }
    return synchronous.at("number").given() ? synchronous.at("number").number() : 1;
  }

  private void limits() {
    Setting budget = file.at("switchover").at("outageBudget");
    Setting stop = file.at("switchover").at("stop");
    if (stop.duration().compareTo(budget.duration()) >= 0) {
      problems.add(
          (stop.written() ? stop : budget)
              .problem(
                  "the old primary may take %s to stop, outageBudget is %s: there must be time left to undo"
                      .formatted(stop.duration(), budget.duration())));
    }
    Setting rate = file.at("resilver").at("rateLimit");
    if (rate.size() != 0 && rate.size() < SLOWEST_COPY) {
      problems.add(
          rate.problem(
              "pg_basebackup copies %d bytes per second or more, got %d. HINT: 0 is no limit."
                  .formatted(SLOWEST_COPY, rate.size())));
    }
    Setting slot = file.at("watch").at("maxSlotBytes");
    if (slot.size() != 0 && slot.size() < SMALLEST_SLOT) {
      problems.add(
          slot.problem(
              "a slot may keep %d bytes or more, got %d. HINT: 0 is no limit."
                  .formatted(SMALLEST_SLOT, slot.size())));
    }
    reactions(file.at("watch"));
  }

  /** A fault that does not count yet is not reacted to. */
  private void reactions(Setting watch) {
    Setting begin = watch.at("beginAfterLooks");
    Setting after = watch.at("reactions").at("resilverAfterLooks");
    if (!watch.at("reactions").at("resilver").text().equals("off")
        && after.number() < begin.number()) {
      problems.add(
          (after.written() ? after : begin)
              .problem(
                  "a resilver would start after %d looks, and a fault counts after beginAfterLooks, %d. HINT: raise resilverAfterLooks to %d or more."
                      .formatted(after.number(), begin.number(), begin.number())));
    }
    Setting synchronous = watch.at("reactions").at("synchronous");
    if (!synchronous.text().equals("off")
        && file.at("replication").at("synchronous").at("method").text().equals("none")) {
      problems.add(
          synchronous.problem(
              "replication.synchronous names no standby that commits would wait for. HINT: list"
                  + " some there, or use off."));
    }
  }
}
