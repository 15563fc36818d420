package dev.mooring.clusterfile;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Checks the section {@code failover}: each preferred or excluded instance is a member, a member is
 * left that may be promoted, and each fence is of a member's host and run on another machine.
 */
final class FailoverSectionChecks {
  private final Setting file;
  private final Map<String, Setting> members;
  private final List<Problem> problems = new ArrayList<>();

  private FailoverSectionChecks(Setting file, Map<String, Setting> members) {
    this.file = file;
    this.members = members;
  }

  /**
   * @param members by their ids
   * @param member refuses a name that is no member's
   */
  static List<Problem> of(Setting file, Map<String, Setting> members, Consumer<Setting> member) {
    FailoverSectionChecks checks = new FailoverSectionChecks(file, members);
    Setting failover = file.at("failover");
    failover.at("prefer").items().forEach(member);
    failover.at("exclude").items().forEach(member);
    checks.candidates(failover);
    checks.fences(failover.at("fences"));
    checks.probes(failover.at("automatic"));
    checks.reactions(failover.at("automatic"));
    checks.unattended(failover.at("automatic"));
    return checks.problems;
  }

  /** A failover is refused while another run has the locks: a resilver, which copies for hours. */
  private void reactions(Setting automatic) {
    Setting reactions = file.at("watch").at("reactions");
    Setting resilver = reactions.at("resilver");
    if (automatic.given() && resilver.text().equals("act")) {
      problems.add(
          resilver.problem(
              "a resilver that no person approves would refuse the failover of failover.automatic"
                  + " while it copies. HINT: use propose, or leave one of them out."));
    }
    Setting synchronous = reactions.at("synchronous");
    if (automatic.given() && synchronous.text().equals("act")) {
      problems.add(
          synchronous.problem(
              "a run that no person approves would refuse the failover of failover.automatic while"
                  + " it has the locks. HINT: use propose, or leave one of them out."));
    }
  }

  private void unattended(Setting automatic) {
    Setting reaction = file.at("watch").at("reactions").at("failover");
    if (!automatic.given() && reaction.text().equals("act")) {
      problems.add(
          reaction.problem(
              "a failover acts without a person as failover.automatic allows, and the file has no"
                  + " such section. HINT: add it, or use propose."));
    }
  }

  /** Several connection attempts without an answer are silence; one lost packet is not. */
  private void probes(Setting automatic) {
    if (!automatic.given()) {
      return;
    }
    Setting every = automatic.at("probeEvery");
    Duration third = automatic.at("after").duration().dividedBy(3);
    if (every.duration().compareTo(third) > 0) {
      problems.add(
          every.problem(
              "three connection attempts must fit into failover.automatic.after. HINT: at most %s."
                  .formatted(third.truncatedTo(ChronoUnit.SECONDS))));
    }
  }

  private void candidates(Setting failover) {
    Set<String> excluded =
        failover.at("exclude").items().stream().map(Setting::text).collect(Collectors.toSet());
    failover.at("prefer").items().stream()
        .filter(one -> excluded.contains(one.text()))
        .forEach(
            one ->
                problems.add(
                    one.problem(
                        "instance '%s' is excluded too. HINT: name it in one of them."
                            .formatted(one.text()))));
    if (!members.isEmpty() && excluded.containsAll(members.keySet())) {
      problems.add(
          failover
              .at("exclude")
              .problem("every member is excluded: none could take the primary's place"));
    }
  }

  private void fences(Setting fences) {
    List<String> hosts = names("hosts");
    List<String> sites = names("sites");
    Set<String> ofMembers =
        members.values().stream().map(one -> one.at("host").text()).collect(Collectors.toSet());
    Map<String, Setting> named = new HashMap<>();
    for (Setting fence : fences.items()) {
      Setting host = fence.at("host");
      TopologyChecks.unknown("host", host, hosts).ifPresent(problems::add);
      if (hosts.contains(host.text()) && !ofMembers.contains(host.text())) {
        problems.add(host.problem("no member runs on host '%s'".formatted(host.text())));
      }
      Setting first = named.putIfAbsent(host.text(), host);
      if (first != null) {
        problems.add(
            host.problem(
                "host '%s' has a fence in line %d already".formatted(host.text(), first.line())));
      }
      from(fence.at("from"), host, sites, hosts);
    }
  }

  private void from(Setting from, Setting host, List<String> sites, List<String> hosts) {
    boolean isHost = hosts.contains(from.text());
    if (sites.contains(from.text())) {
      if (isHost) {
        problems.add(
            from.problem(
                "'%s' is a site and a host. HINT: give one of them another name."
                    .formatted(from.text())));
      }
    } else if (!isHost) {
      List<String> both = new ArrayList<>(sites);
      both.addAll(hosts);
      TopologyChecks.unknown("site or host", from, both).ifPresent(problems::add);
    } else if (from.text().equals(host.text())) {
      problems.add(
          from.problem("host '%s' can't report itself that it is off".formatted(from.text())));
    }
  }

  private List<String> names(String section) {
    return file.at(section).items().stream().map(one -> one.at("name").text()).toList();
  }
}
