package dev.mooring.runbook.status;

import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.checks.AnswerRows;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.CommitsRow;
import dev.mooring.runbook.checks.EvidenceRow;
import dev.mooring.runbook.status.StatusFacts.ObservedSite;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Judges the state of a cluster by what was observed. Warnings: a point older than twice the
 * publish interval; an onPublish site that is two points behind; a scheduled site whose point is
 * older than twice the schedule's interval; an archiver that is silent for two publish intervals
 * while WAL waits; anything that only does not answer. Critical: a point, or a scheduled site's
 * point, older than ten times its interval; a site that was never moored, or changed since its
 * proof; two instances that accept writes; a copy with another dbid than its own; evidence that
 * can't be trusted.
 */
final class StatusJudge {
  private StatusJudge() {}

  /** The answer on those facts. */
  static StatusResult judge(StatusFacts facts) {
    List<CheckRow> findings = new ArrayList<>(unserved(facts));
    Observed<EvidenceObserved> read = facts.evidence();
    MembersJudge members = new MembersJudge(facts);
    PatroniJudge patroni = new PatroniJudge(facts);
    List<CheckRow> split = WritersJudge.split(facts);
    List<String> verdicts = first(patroni, members);
    verdicts.addAll(split.isEmpty() ? 0 : verdicts.size(), MonitoringJudge.verdict(facts));
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
    findings.addAll(commits(facts));
    findings.addAll(members.findings());
    findings.addAll(patroni.findings());
    findings.addAll(others(facts));
    findings.sort(Comparator.comparing(CheckRow::verdict).reversed());
    List<CheckRow> ordered = CheckRows.whileTwoWrite(facts.cluster().name(), split, findings);
    return new StatusResult(
        String.join("; ", verdicts),
        ordered.stream().map(CheckRow::verdict).reduce(Judged.GOOD, Judged::or),
        facts.cluster().name(),
        facts.now(),
        verdicts,
        rows,
        ArchiveFloors.of(facts),
        runs,
        ordered,
        evidence.stream().toList(),
        streaming);
  }

  private static List<String> first(PatroniJudge patroni, MembersJudge members) {
    List<String> first = new ArrayList<>(patroni.split().stream().map(CheckRow::inShort).toList());
    first.addAll(members.verdict());
    return first;
  }

  private static List<CheckRow> commits(StatusFacts facts) {
    return facts.instances().stream()
        .flatMap(one -> one.server().seen().stream())
        .flatMap(server -> CommitsRow.of(facts.cluster(), server).stream())
        .filter(row -> row.verdict() != Judged.GOOD)
        .toList();
  }

  private static List<CheckRow> others(StatusFacts facts) {
    List<CheckRow> findings = new ArrayList<>(LossJudge.findings(facts));
    facts
        .sites()
        .forEach(
            at ->
                EvidenceRow.cut(facts.cluster().name(), at.site(), at.evidence())
                    .ifPresent(findings::add));
    findings.addAll(new RehearsalsJudge(facts).findings());
    findings.addAll(MonitoringJudge.findings(facts));
    findings.addAll(RebootJudge.findings(facts));
    findings.addAll(EndpointsJudge.findings(facts));
    findings.addAll(CatalogueJudge.findings(facts));
    findings.addAll(unseenHosts(facts));
    findings.addAll(unseenInstances(facts));
    return findings;
  }

  /** A member's own position counts, over SQL if it answers. */
  private static InstanceRow placed(InstanceRow row, List<MemberRow> members) {
    return members.stream()
        .filter(member -> member.instance().equals(row.instance()))
        .findFirst()
        .map(member -> row.at(member.place()))
        .orElse(row);
  }

  private static List<String> runs(StatusFacts facts, List<CheckRow> findings) {
    return facts
        .service()
        .match(
            service -> {
              findings.addAll(ServiceJudge.findings(facts, service));
              return ServiceJudge.runs(facts, service);
            },
            away -> {
              findings.add(
                  CheckRow.warning(
                      "temporal",
                      "",
                      away.why(),
                      "shows runs and schedules",
                      Commands.scheduleList(facts.cluster().name())
                          + " asks Temporal from here; check whether its server is overloaded or"
                          + " its visibility store is down"));
              return List.of("runs and schedules can't be read");
            });
  }

  private static List<CheckRow> unserved(StatusFacts facts) {
    List<CheckRow> findings = new ArrayList<>();
    for (ObservedSite site : facts.sites()) {
      if (facts.isUnserved(site.site()) && site.evidence() instanceof Observed.Unseen<?> unseen) {
        findings.add(AnswerRows.worker(site.site(), unseen).asWarning());
      }
    }
    return findings;
  }

  /** A store that one site can't read is a finding, even if another site reads it. */
  private static List<CheckRow> unreadAtSites(StatusFacts facts) {
    List<CheckRow> findings = new ArrayList<>();
    if (facts.evidence().seen().isEmpty()) {
      return findings;
    }
    for (ObservedSite site : facts.sites()) {
      if (site.evidence().seen().isEmpty() && !facts.isUnserved(site.site())) {
        findings.add(EvidenceRow.of(site.site(), site.evidence()).asWarning());
      }
    }
    return findings;
  }

  private static List<String> verdicts(
      StatusFacts facts, EvidenceObserved evidence, List<CheckRow> findings) {
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
      StatusFacts facts, Observed.Unseen<EvidenceObserved> unseen, List<CheckRow> findings) {
    findings.add(EvidenceRow.of("", unseen));
    return List.of(
        "where " + facts.cluster().name() + " stands can't be said: its evidence can't be read");
  }

  private static boolean isOpen(StatusFacts facts, String id) {
    return facts.service().seen().map(ServiceObserved::open).orElse(List.of()).stream()
        .map(OpenRun::workflowId)
        .anyMatch(open -> RunIds.typed(open).equals(id));
  }

  /** Hosts that gave no answer, one finding for those with the same remedy. */
  private static List<CheckRow> unseenHosts(StatusFacts facts) {
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
    unseen.forEach(
        (host, dark) ->
            alike.computeIfAbsent(dark.remedy(), remedy -> new ArrayList<>()).add(host));
    return alike.values().stream().map(hosts -> unseenHosts(facts, hosts, unseen)).toList();
  }

  private static CheckRow unseenHosts(
      StatusFacts facts, List<HostName> hosts, Map<HostName, Observed.Unseen<?>> unseen) {
    HostName first = hosts.get(0);
    CheckRow row =
        AnswerRows.host(facts.cluster().host(first), Objects.requireNonNull(unseen.get(first)));
    return CheckRow.warning(
        row.id(),
        hosts.stream().map(HostName::value).collect(Collectors.joining(", ")),
        row.seen(),
        row.limit(),
        row.remedy());
  }

  /** Instances that can't be read on a host that answers, and publishing ones without SQL. */
  private static List<CheckRow> unseenInstances(StatusFacts facts) {
    List<SiteName> publishing = facts.cluster().publishingSites();
    List<CheckRow> findings = new ArrayList<>();
    for (InstanceFacts one : facts.instances()) {
      if (one.host() instanceof Observed.Unseen<?> unread
          && (one.isUnreadable() || one.isSetUpAsAnother())) {
        findings.add(AnswerRows.controlFile(one.instance().id(), unread));
      } else if (publishing.contains(one.instance().site())
          && one.host().seen().isPresent()
          && one.server() instanceof Observed.Unseen<?> silent
          && !StatusFacts.isNoWorker(silent)
          && !one.isMirroring()
          && !WritersJudge.isMissed(facts, one)
          && !MembersJudge.needsResilver(facts, one)) {
        findings.add(AnswerRows.server(facts.cluster(), one.instance().id(), silent).asWarning());
      }
    }
    return findings;
  }
}
