package dev.mooring.runbook.status;

import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.status.StatusFacts.SiteSight;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a cluster stands, from what was seen. Thresholds: a point older than twice the interval of
 * publishing is a warning, older than ten times critical; a site that follows every publish and is
 * two points behind is a warning; one that a schedule moors is judged by that schedule's interval
 * as publishing is by its own; an archiver that is silent for two intervals of publishing while WAL
 * waits is a warning; never moored, changed since it was proved, two that accept writes, a copy
 * with another dbid than its own, or evidence that can't be believed is critical; what merely does
 * not answer is a warning.
 */
final class StatusJudge {
  private StatusJudge() {}

  /** The answer on those facts. */
  static StatusResult judge(StatusFacts facts) {
    List<Finding> findings = new ArrayList<>(unserved(facts));
    Observed<EvidenceObserved> read = facts.evidence();
    MembersJudge members = new MembersJudge(facts);
    PatroniJudge patroni = new PatroniJudge(facts);
    List<String> verdicts = new ArrayList<>(MonitoringJudge.verdict(facts));
    verdicts.addAll(members.verdict());
    verdicts.addAll(patroni.verdict());
    verdicts.addAll(
        read.match(seen -> verdicts(facts, seen, findings), un -> unseen(facts, un, findings)));
    Optional<EvidenceObserved> evidence = read.seen();
    findings.addAll(unreadAtSites(facts));
    List<MemberRow> streaming = members.rows();
    List<InstanceRow> rows =
        facts.instances().stream()
            .map(i -> InstanceRows.of(i, evidence.flatMap(e -> SiteJudge.proved(e, i))))
            .map(row -> placed(row, streaming))
            .toList();
    List<String> runs = runs(facts, findings);
    findings.addAll(WritersJudge.findings(facts));
    findings.addAll(members.findings());
    findings.addAll(patroni.findings());
    findings.addAll(LossJudge.findings(facts));
    findings.addAll(others(facts));
    findings.sort(Comparator.comparing(Finding::level).reversed());
    return new StatusResult(
        String.join("; ", verdicts),
        findings.stream().map(Finding::level).reduce(Finding.Level.NOTE, Finding.Level::or),
        facts.cluster().name(),
        facts.now(),
        verdicts,
        rows,
        ArchiveFloors.of(facts),
        runs,
        findings,
        evidence.stream().toList(),
        streaming);
  }

  private static List<Finding> others(StatusFacts facts) {
    List<Finding> findings = new ArrayList<>(new RehearsalsJudge(facts).findings());
    findings.addAll(MonitoringJudge.findings(facts));
    findings.addAll(EndpointsJudge.findings(facts));
    findings.addAll(CommitsJudge.findings(facts));
    findings.addAll(CatalogueJudge.findings(facts));
    findings.addAll(unseenHosts(facts));
    findings.addAll(unseenInstances(facts));
    return findings;
  }

  /** A member stands where it says itself, over SQL if it answers. */
  private static InstanceRow placed(InstanceRow row, List<MemberRow> members) {
    return members.stream()
        .filter(member -> member.instance().equals(row.instance()))
        .findFirst()
        .map(member -> row.at(member.place()))
        .orElse(row);
  }

  private static List<String> runs(StatusFacts facts, List<Finding> findings) {
    return facts
        .service()
        .match(
            service -> {
              findings.addAll(ServiceJudge.findings(facts, service));
              return ServiceJudge.runs(facts, service);
            },
            away -> {
              findings.add(
                  Finding.warning(
                      away.why(),
                      Commands.scheduleList(facts.cluster().name())
                          + " asks Temporal from here; see whether its server is overloaded or its"
                          + " visibility store is away"));
              return List.of("runs and schedules can't be seen");
            });
  }

  private static List<Finding> unserved(StatusFacts facts) {
    List<Finding> findings = new ArrayList<>();
    for (SiteSight site : facts.sites()) {
      if (facts.isUnserved(site.site()) && site.evidence() instanceof Observed.Unseen<?> unseen) {
        findings.add(
            Finding.warning(
                unseen.why() + "; what needs it waits",
                "`systemctl start mooring-worker@"
                    + site.site()
                    + "` where that site's worker belongs"));
      }
    }
    return findings;
  }

  /** A store that one site can't read is no longer evidence for that site. */
  private static List<Finding> unreadAtSites(StatusFacts facts) {
    List<Finding> findings = new ArrayList<>();
    if (facts.evidence().seen().isEmpty()) {
      return findings;
    }
    for (SiteSight site : facts.sites()) {
      if (site.evidence() instanceof Observed.Unseen<?> unseen && !facts.isUnserved(site.site())) {
        findings.add(
            Finding.warning(
                site.site() + " can't read the evidence: " + unseen.why(), unseen.remedy()));
      }
    }
    return findings;
  }

  private static List<String> verdicts(
      StatusFacts facts, EvidenceObserved evidence, List<Finding> findings) {
    ClusterName name = facts.cluster().name();
    List<String> verdicts = new ArrayList<>();
    for (Site site : facts.cluster().sites()) {
      if (facts.cluster().consumers().contains(site.name())) {
        SiteJudge judge =
            new SiteJudge(facts, site, isOpen(facts, RunIds.consume(name, site.name())));
        verdicts.add(judge.verdict(evidence));
        findings.addAll(judge.findings());
      }
    }
    PublishJudge judge = new PublishJudge(facts, isOpen(facts, Runbook.PUBLISH_CYCLE.id(name)));
    verdicts.add(judge.verdict(evidence));
    findings.addAll(judge.findings());
    findings.addAll(LastRunsJudge.findings(name, evidence));
    return verdicts;
  }

  private static List<String> unseen(
      StatusFacts facts, Observed.Unseen<EvidenceObserved> unseen, List<Finding> findings) {
    findings.add(Finding.critical("the evidence can't be read: " + unseen.why(), unseen.remedy()));
    return List.of(
        "where " + facts.cluster().name() + " stands can't be said: its evidence can't be read");
  }

  private static boolean isOpen(StatusFacts facts, String id) {
    return facts.service().seen().map(ServiceObserved::open).orElse(List.of()).stream()
        .map(OpenRun::workflowId)
        .anyMatch(open -> RunIds.typed(open).equals(id));
  }

  /** Hosts that showed nothing, one finding for those that are fixed alike. */
  private static List<Finding> unseenHosts(StatusFacts facts) {
    Map<HostName, Observed.Unseen<?>> unseen = new LinkedHashMap<>();
    for (InstanceFacts one : facts.instances()) {
      if (one.host() instanceof Observed.Unseen<?> dark
          && !StatusFacts.isNoWorker(dark)
          && !one.isUnreadable()
          && !one.isSetUpAsAnother()) {
        unseen.putIfAbsent(one.instance().host(), dark);
      }
    }
    Map<String, List<HostName>> alike = new LinkedHashMap<>();
    Map<String, Observed.Unseen<?>> first = new LinkedHashMap<>();
    unseen.forEach(
        (host, dark) -> {
          alike.computeIfAbsent(dark.remedy(), remedy -> new ArrayList<>()).add(host);
          first.putIfAbsent(dark.remedy(), dark);
        });
    List<Finding> findings = new ArrayList<>();
    first.forEach(
        (remedy, dark) -> findings.add(unseenHosts(alike.getOrDefault(remedy, List.of()), dark)));
    return findings;
  }

  private static Finding unseenHosts(List<HostName> hosts, Observed.Unseen<?> first) {
    return Finding.warning(
        hosts.size() == 1
            ? first.why()
            : String.format(
                "%d hosts were not seen, %s: %s",
                hosts.size(),
                String.join(", ", hosts.stream().map(HostName::value).toList()),
                first.why()),
        first.remedy());
  }

  /** Instances that can't be read on a host that answers, and publishing ones that take no SQL. */
  private static List<Finding> unseenInstances(StatusFacts facts) {
    List<SiteName> publishing = facts.cluster().publishingSites();
    List<Finding> findings = new ArrayList<>();
    for (InstanceFacts one : facts.instances()) {
      if (one.host() instanceof Observed.Unseen<?> unread && one.isUnreadable()) {
        findings.add(
            Finding.critical(
                one.instance().id() + " can't be read: " + unread.why(), unread.remedy()));
      } else if (one.host() instanceof Observed.Unseen<?> other && one.isSetUpAsAnother()) {
        findings.add(
            Finding.critical(
                one.instance().id() + " is set up as another instance: " + other.why(),
                other.remedy()));
      } else if (publishing.contains(one.instance().site())
          && one.host().seen().isPresent()
          && one.server() instanceof Observed.Unseen<?> silent
          && !StatusFacts.isNoWorker(silent)
          && !one.isMirroring()
          && !WritersJudge.isMissed(facts, one)
          && !MembersJudge.isToBeHealed(facts, one)) {
        findings.add(
            Finding.warning(
                one.instance().id() + " does not answer over SQL: " + silent.why(),
                silent.remedy()));
      }
    }
    return findings;
  }
}
