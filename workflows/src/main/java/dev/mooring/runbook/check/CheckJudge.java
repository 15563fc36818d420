package dev.mooring.runbook.check;

import dev.mooring.port.ClusterActivities.ClusterFileObserved;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.checks.AnswerRows;
import dev.mooring.runbook.checks.CatalogueRows;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.EndpointRows;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.runbook.publish.CatalogueCheck.Fitting;
import dev.mooring.runbook.publish.PrimariesCheck;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges the observations for the runbooks, one row each, by the runbooks' own checks. */
final class CheckJudge {
  private static final int SHORT_DIGEST = 12;

  private final CheckFacts facts;
  private final Cluster cluster;
  private final SiteName publisher;
  private final List<SiteName> publishing;
  private final Instant now;
  private final CheckRows rows = new CheckRows(List.of());

  /** Rows that say that two instances accept writes. */
  private final List<CheckRow> split = new ArrayList<>();

  private CheckJudge(CheckFacts facts, Instant now) {
    this.facts = facts;
    this.now = now;
    this.cluster = facts.cluster();
    this.publisher = cluster.policies().publish().site();
    this.publishing = cluster.publishingSites();
  }

  static CheckResult judge(CheckFacts facts, Instant now) {
    return new CheckJudge(facts, now).result();
  }

  private CheckResult result() {
    facts.sites().forEach(this::site);
    new KeyRows(facts.sites(), rows).judge();
    facts
        .patroni()
        .map(PatroniStanding::patroni)
        .ifPresent(new PatroniRows(cluster, rows, split)::judge);
    facts.patroni().ifPresent(new WatchdogRows(cluster.members(), rows)::judge);
    facts.patroni().ifPresent(new PromotionRows(cluster, rows)::judge);
    facts.archived().ifPresent(archived -> archived.judge(rows));
    facts.witnesses().ifPresent(new WitnessRows(cluster, rows)::judge);
    cluster
        .streaming()
        .map(policy -> EndpointRows.of(policy, facts.endpoints()))
        .ifPresent(all -> all.forEach(row -> rows.add(row.unblocking())));
    long wrong = rows.count(Judged.WRONG) + split.size();
    long warnings = rows.count(Judged.WARNING);
    return CheckResult.of(
        cluster.name(),
        String.format(
            "%s%s, %d things checked by its workers",
            wrong == 0 ? "nothing is wrong" : wrong + " WRONG",
            warnings == 0 ? "" : ", " + warnings + " to attend to",
            rows.all().size() + split.size()),
        CheckRows.whileTwoWrite(cluster.name(), split, rows.all()),
        now);
  }

  private void site(AtSite site) {
    if (site.file() instanceof Observed.Unseen<?> unseen
        && unseen.code() == FailureCode.NO_WORKER) {
      rows.add(AnswerRows.worker(site.site(), unseen));
      return;
    }
    file(site);
    new StoreRows(site, rows).judge(cluster.policies().evidence().writes());
    boolean publishes = publishing.contains(site.site());
    Fitting roles = new Fitting(cluster.instancesAt(site.site()), List.of(), List.of());
    if (publishes && site.catalogue().isPresent()) {
      roles = new CatalogueRows(cluster, site.site(), rows).judge(site.catalogue().get());
    }
    if (site.site().equals(publisher)) {
      primaries(site);
    } else if (!publishes) {
      contents(site.site());
    }
    new ParkModeRows(cluster, rows).judge(site);
    boolean streams = publishes && cluster.streaming().isPresent();
    boolean readable = streams || ParkModeRows.isReadable(cluster, site.site());
    List<Primary> originals = publishes && !streams ? List.of() : primaries();
    Optional<MemberObserved> primary = primaryMember();
    AdmissionRows admission = new AdmissionRows(cluster, silent(), rows);
    for (OnHost host : site.hosts()) {
      new HostRows(cluster, host, rows, now).judge(publishes, roles);
      new CopyRows(originals, host, rows, readable).judge();
      new MemberSettings(cluster, primary, rows).judge(host);
      admission.judge(host);
      new RehearsalRows(cluster.name(), rows).last(host, now);
    }
  }

  private void file(AtSite site) {
    String id = "cluster-file";
    String limit = "digest " + inShort(cluster.digest());
    site.file()
        .match(
            there -> {
              rows.must(
                  there.digest().equals(cluster.digest()),
                  id,
                  site.site(),
                  "digest " + inShort(there.digest()) + whereItDiffers(there),
                  limit,
                  FailureCode.CLUSTER_FILE_DIFFERS.hint());
              return true;
            },
            unseen -> {
              rows.unseen(id, site.site(), unseen, limit);
              return false;
            });
  }

  private String whereItDiffers(ClusterFileObserved there) {
    List<ClusterFileObserved> read =
        facts.sites().stream().flatMap(site -> site.file().seen().stream()).toList();
    List<String> sections = there.differingFrom(cluster.digest(), read);
    return sections.isEmpty() ? "" : "; differs in " + String.join(", ", sections);
  }

  private static String inShort(String digest) {
    return digest.substring(0, Math.min(SHORT_DIGEST, digest.length()));
  }

  /** All servers' answers; a host whose observation failed is a failure of each instance there. */
  private ServersObserved servers() {
    List<ServerObserved> observed = new ArrayList<>();
    List<InstanceFailure> failures = new ArrayList<>();
    for (AtSite any : facts.sites()) {
      for (OnHost host : any.hosts()) {
        host.sql().servers().seen().ifPresent(seen -> observed.addAll(seen.observed()));
        failures.addAll(
            host.sql()
                .servers()
                .match(
                    ServersObserved::failures,
                    unseen ->
                        host.work().instances().stream()
                            .map(i -> new InstanceFailure(i.id(), unseen.code(), unseen.why()))
                            .toList()));
      }
    }
    return new ServersObserved(observed, failures);
  }

  /** The members that did not answer over SQL. */
  private List<InstanceId> silent() {
    List<InstanceId> answered = members().stream().map(MemberObserved::instance).toList();
    return cluster.members().stream()
        .map(Instance::id)
        .filter(member -> !answered.contains(member))
        .toList();
  }

  /** What accepts writes at the publishing site, or among the members, even if checks fail. */
  private List<Primary> primaries() {
    List<Primary> primaries = new ArrayList<>();
    for (ServerObserved server : servers().observed()) {
      cluster.publishing().stream()
          .filter(i -> i.id().equals(server.instance()) && !server.position().inRecovery())
          .forEach(i -> primaries.add(new Primary(i, server)));
    }
    return primaries;
  }

  /** The member that accepts writes, with its settings; empty unless it is exactly one. */
  private Optional<MemberObserved> primaryMember() {
    List<MemberObserved> writable =
        members().stream().filter(member -> !member.standing().inRecovery()).toList();
    return writable.size() == 1 ? Optional.of(writable.get(0)) : Optional.empty();
  }

  private List<MemberObserved> members() {
    return facts.sites().stream()
        .flatMap(site -> site.hosts().stream())
        .flatMap(host -> host.sql().replication().stream())
        .flatMap(look -> look.seen().stream())
        .flatMap(seen -> seen.members().stream())
        .toList();
  }

  private void primaries(AtSite site) {
    int contents = cluster.contentsAt(publisher).size();
    Verdict<List<Primary>> verdict = PrimariesCheck.judge(cluster, servers());
    CheckRow row =
        CheckRow.judged(
            "primaries",
            site.site(),
            verdict,
            "one of each content, " + contents + " in all",
            cluster.streaming().isPresent()
                ? "one of the members is writable, and nothing else"
                : "one writable instance of each content, here and nowhere else");
    if (verdict.match(
        one -> false, notYet -> false, never -> never.code() == FailureCode.TWO_PRIMARIES)) {
      split.add(row);
    } else {
      rows.add(row);
    }
  }

  private void contents(SiteName site) {
    List<ContentId> wanted = cluster.contentsAt(publisher);
    List<ContentId> here = cluster.contentsAt(site);
    long instances = cluster.instancesAt(site).stream().filter(i -> !i.mirror()).count();
    rows.must(
        here.equals(wanted) && instances == wanted.size(),
        "contents",
        site,
        instances + " instances of contents " + here,
        "one instance of each of " + wanted,
        FailureCode.CONTENTS_DIFFER.hint());
  }
}
