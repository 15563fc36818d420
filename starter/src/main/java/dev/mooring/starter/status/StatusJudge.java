package dev.mooring.starter.status;

import dev.mooring.runbook.RunIds;
import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.InstanceFacts;
import dev.mooring.starter.look.Sight;
import dev.mooring.starter.temporal.RunListing.Listed;
import dev.mooring.starter.temporal.ServiceFacts;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a cluster stands, from what was seen. Thresholds: a point older than twice the interval of
 * publishing is a warning, older than ten times critical; a site that follows every publish and is
 * two points behind is a warning; never moored, changed since it was proved, or evidence that can't
 * be believed is critical; what merely can't be seen from here is said.
 */
public final class StatusJudge {
  private StatusJudge() {}

  /** The report on those facts. */
  public static StatusReport judge(StatusFacts facts) {
    List<Finding> findings = new ArrayList<>();
    List<String> verdicts =
        facts
            .evidence()
            .match(seen -> verdicts(facts, seen, findings), un -> unseen(facts, un, findings));
    Optional<EvidenceFacts> evidence = facts.evidence().seen();
    List<InstanceRow> rows =
        facts.instances().stream()
            .map(i -> InstanceRows.of(i, evidence.flatMap(e -> SiteJudge.proved(e, i))))
            .toList();
    List<String> runs =
        facts
            .service()
            .match(
                service -> {
                  findings.addAll(ServiceJudge.findings(facts, service));
                  return ServiceJudge.runs(facts, service);
                },
                away -> {
                  findings.add(Finding.warning(away.why(), away.remedy()));
                  return List.of("Temporal is away: runs and schedules can't be seen");
                });
    findings.addAll(unseenHosts(facts));
    findings.sort(Comparator.comparing(Finding::level).reversed());
    return new StatusReport(verdicts, rows, runs, findings);
  }

  private static List<String> verdicts(
      StatusFacts facts, EvidenceFacts evidence, List<Finding> findings) {
    ClusterName name = facts.cluster().name();
    List<String> verdicts = new ArrayList<>();
    for (Site site : facts.cluster().sites()) {
      if (!site.name().equals(facts.cluster().policies().publish().site())) {
        SiteJudge judge =
            new SiteJudge(facts, site, isOpen(facts, RunIds.consume(name, site.name())));
        verdicts.add(judge.verdict(evidence));
        findings.addAll(judge.findings());
      }
    }
    PublishJudge judge = new PublishJudge(facts, isOpen(facts, RunIds.publish(name)));
    verdicts.add(judge.verdict(evidence));
    findings.addAll(judge.findings());
    return verdicts;
  }

  private static List<String> unseen(
      StatusFacts facts, Sight.Unseen<EvidenceFacts> unseen, List<Finding> findings) {
    findings.add(Finding.critical("the evidence can't be read: " + unseen.why(), unseen.remedy()));
    return List.of(
        "where " + facts.cluster().name() + " stands can't be said: its evidence can't be read");
  }

  private static boolean isOpen(StatusFacts facts, String id) {
    return facts.service().seen().map(ServiceFacts::open).orElse(List.of()).stream()
        .map(Listed::run)
        .anyMatch(run -> run.typedId().equals(id));
  }

  /** Hosts that showed nothing, one finding for those that are mended alike. */
  private static List<Finding> unseenHosts(StatusFacts facts) {
    Map<HostName, Sight.Unseen<?>> unseen = new LinkedHashMap<>();
    for (InstanceFacts one : facts.instances()) {
      if (one.host() instanceof Sight.Unseen<?> dark) {
        unseen.putIfAbsent(one.instance().host(), dark);
      }
    }
    Map<String, List<HostName>> alike = new LinkedHashMap<>();
    Map<String, Sight.Unseen<?>> first = new LinkedHashMap<>();
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

  private static Finding unseenHosts(List<HostName> hosts, Sight.Unseen<?> first) {
    return new Finding(
        first.expected() ? Finding.Level.WARNING : Finding.Level.NOTE,
        hosts.size() == 1
            ? first.why()
            : String.format(
                "%d hosts were not seen, %s: %s",
                hosts.size(),
                String.join(", ", hosts.stream().map(HostName::value).toList()),
                first.why()),
        first.remedy());
  }
}
