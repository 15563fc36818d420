package dev.mooring.runbook.status;

import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.TakenRight;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges which instance of each content accepts writes, by the servers' answers over SQL, whether
 * their hosts answered or not. It must be exactly one, at the publishing site, or among the members
 * of a streaming cluster.
 */
final class WritersJudge {
  static final String PRIMARIES = "primaries";

  private final StatusFacts facts;
  private final SiteName publisher;
  private final List<SiteName> publishing;

  private WritersJudge(StatusFacts facts) {
    this.facts = facts;
    this.publisher = facts.cluster().policies().publish().site();
    this.publishing = facts.cluster().publishingSites();
  }

  static List<CheckRow> findings(StatusFacts facts) {
    WritersJudge judge = new WritersJudge(facts);
    List<CheckRow> findings = new ArrayList<>();
    for (ContentId content : facts.cluster().contentsAt(judge.publisher)) {
      judge.elsewhere(content).ifPresent(findings::add);
      judge.primary(content).ifPresent(findings::add);
    }
    TakenRight.of(facts.streaming().roles())
        .ifPresent(taken -> findings.add(judge.unfinished(taken)));
    return findings;
  }

  /** By Patroni, and of each content for which two or more accept writes; in no findings. */
  static List<CheckRow> split(StatusFacts facts) {
    WritersJudge judge = new WritersJudge(facts);
    List<CheckRow> split = new ArrayList<>(new PatroniJudge(facts).split());
    facts.cluster().contentsAt(judge.publisher).stream()
        .flatMap(content -> judge.split(content).stream())
        .forEach(split::add);
    return split;
  }

  private Optional<CheckRow> split(ContentId content) {
    List<Instance> writers = writing(content);
    return writers.size() < 2
        ? Optional.empty()
        : Optional.of(
            notOne(
                content,
                writers.size() + " instances accept writes: " + ids(writers),
                OneWriter.END));
  }

  /** By the authority files; a host that is silent may have a later one. */
  private CheckRow unfinished(Authority taken) {
    return CheckRow.warning(
        "right-to-write",
        "",
        String.format(
            "run %s took it away in epoch %d, and no host that was read names the instance it was"
                + " given to: it is in progress, or was ended there",
            taken.run(), taken.epoch()),
        "a member has it",
        String.format(
            "`mooring follow %s`; if it has ended, `mooring adopt` records the present state",
            taken.run()));
  }

  private Optional<CheckRow> elsewhere(ContentId content) {
    List<Instance> writers = writing(content);
    return writers.stream()
        .filter(writer -> writers.size() == 1 && !publishing.contains(writer.site()))
        .findFirst()
        .map(
            writer ->
                notOne(
                    content,
                    writer.id() + " accepts writes, and " + publisher + " publishes",
                    Commands.whois(facts.cluster().name())
                        + " shows which others do; if two do, fence one of them before anything"
                        + " else"));
  }

  private List<Instance> writing(ContentId content) {
    return of(content).stream()
        .filter(InstanceFacts::isWritable)
        .map(InstanceFacts::instance)
        .toList();
  }

  /** Whether the instance is already reported, because its content has no primary. */
  static boolean isMissed(StatusFacts facts, InstanceFacts one) {
    WritersJudge judge = new WritersJudge(facts);
    return one.isDown() && judge.isWithoutPrimary(one.instance().content());
  }

  private Optional<CheckRow> primary(ContentId content) {
    if (!isWithoutPrimary(content)) {
      return Optional.empty();
    }
    List<InstanceFacts> here = publishing(content);
    List<Instance> recovering =
        here.stream().filter(WritersJudge::isInRecovery).map(InstanceFacts::instance).toList();
    String why =
        recovering.size() == here.size()
            ? (facts.cluster().streaming().isPresent() ? "" : " at " + publisher)
                + "; in recovery: "
                + ids(recovering)
            : ": " + String.join(", ", here.stream().map(WritersJudge::inWords).toList());
    return Optional.of(
        notOne(
            content,
            "none accepts writes" + why,
            facts.cluster().streaming().isPresent()
                ? planFailover(facts.cluster())
                : FailureCode.NO_PRIMARY.hint()));
  }

  private static CheckRow notOne(ContentId content, String seen, String remedy) {
    return CheckRow.wrong(
        PRIMARIES, "content " + content, seen, "one instance accepts writes", remedy);
  }

  /** The first command to type if a streaming cluster has no primary. */
  static String planFailover(Cluster cluster) {
    return String.format(
        "`mooring plan failover %s` says what became of it and what a failover would lose"
            + " (docs/operations/the-primary-died.md)",
        cluster.name());
  }

  /** Whether a finding already reports that a content has no primary. */
  static boolean reportsNone(StatusFacts facts) {
    WritersJudge judge = new WritersJudge(facts);
    return facts.instances().stream()
        .anyMatch(one -> judge.isWithoutPrimary(one.instance().content()));
  }

  /** A silent instance may be the primary; if all are in recovery or down, there is none. */
  private boolean isWithoutPrimary(ContentId content) {
    List<InstanceFacts> here = publishing(content);
    return !here.isEmpty()
        && here.stream().allMatch(one -> isInRecovery(one) || one.isDown())
        && (here.stream().noneMatch(InstanceFacts::isDown)
            || of(content).stream().noneMatch(InstanceFacts::isWritable));
  }

  private List<InstanceFacts> publishing(ContentId content) {
    return of(content).stream().filter(one -> publishing.contains(one.instance().site())).toList();
  }

  private static String inWords(InstanceFacts one) {
    return one.instance().id() + (one.isDown() ? " is not running" : " is in recovery");
  }

  private static boolean isInRecovery(InstanceFacts one) {
    return one.isMirroring()
        || one.server().seen().filter(server -> server.position().inRecovery()).isPresent();
  }

  private List<InstanceFacts> of(ContentId content) {
    return facts.instances().stream()
        .filter(one -> one.instance().content().equals(content))
        .toList();
  }

  private static String ids(List<Instance> instances) {
    return String.join(", ", instances.stream().map(one -> one.id().value()).toList());
  }
}
