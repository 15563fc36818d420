package dev.mooring.activities.evidence;

import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.ReceiptChain;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.topology.ApprovalPolicy;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Checks that a cluster's evidence is unchanged and complete: every seal, the chain of receipts,
 * and that no document is missing or older than another document says.
 *
 * <p>Documents are read in the opposite order to that in which runs write them, so that a run that
 * writes meanwhile leaves no gap: its receipt is last, its manifest first.
 */
public final class EvidenceAudit {
  private final EvidenceReader reader;
  private final ApprovalPolicy policy;
  private final List<Fault> faults = new ArrayList<>();
  private final Map<RestorePointName, Ready> ready = new HashMap<>();
  private final Set<RestorePointName> torn = new HashSet<>();
  private final List<ChainedReceipt> receipts = new ArrayList<>();
  private final Map<String, Integer> sealedBy = new HashMap<>();
  private int intact;
  private long byPresence;
  private int unverifiedApprovals;

  private EvidenceAudit(EvidenceReader reader, ApprovalPolicy policy) {
    this.reader = reader;
    this.policy = policy;
  }

  /**
   * What is wrong with one document.
   *
   * @param document its path
   * @param reason the fact
   */
  public record Fault(String document, String reason) {}

  /**
   * The result of an audit.
   *
   * @param intact how many manifests and states are intact
   * @param receipts how many receipts, from the first, are in one chain
   * @param byPresence how many READY points have contents whose archived files were not read
   * @param unverifiedApprovals how many signed approvals are by a key that the cluster file does
   *     not list for that person
   * @param sealedBy how many intact documents each key sealed, by its id
   * @param faults what is wrong; empty if nothing is
   */
  public record Report(
      int intact,
      long receipts,
      long byPresence,
      int unverifiedApprovals,
      Map<String, Integer> sealedBy,
      List<Fault> faults) {
    public Report {
      sealedBy = new TreeMap<>(sealedBy);
      faults = List.copyOf(faults);
    }
  }

  /** The facts kept of a READY manifest. */
  private record Ready(Instant createdAt, String sha256) {}

  /**
   * Reads all evidence of a cluster with these sites.
   *
   * @param policy has the public keys of the persons who approve
   */
  public static Report of(
      EvidenceReader reader, ClusterName cluster, List<SiteName> sites, ApprovalPolicy policy) {
    EvidenceAudit audit = new EvidenceAudit(reader, policy);
    List<ReceiptChain.Link> links = reader.receipts();
    ReceiptChain.Verdict chain = ReceiptChain.verify(cluster, links);
    links.forEach(link -> link.document().match(audit::receipt, refused -> false));
    List<Runnable> later = new ArrayList<>();
    for (SiteName site : sites) {
      audit.state(site).ifPresent(state -> later.add(() -> audit.pointOf(state)));
    }
    if (reader.foreign().isEmpty()) {
      audit.manifests();
      later.forEach(Runnable::run);
      audit.publishedPoints();
    }
    long whole = chain.match(ReceiptChain.Verdict.Whole::count, fault -> fault.sequence() - 1);
    chain.match(
        all -> true,
        fault -> audit.fault("receipt " + fault.sequence() + " and later", fault.reason()));
    return new Report(
        audit.intact,
        whole,
        audit.byPresence,
        audit.unverifiedApprovals,
        audit.sealedBy,
        audit.faults);
  }

  private boolean receipt(Document.Intact<ChainedReceipt> receipt) {
    sealedBy.merge(receipt.keyId(), 1, Integer::sum);
    plans(receipt.content());
    approvals(receipt.content());
    return receipts.add(receipt.content());
  }

  /** An approval names a plan by its digest: the recorded plan must be the approved one. */
  private void plans(ChainedReceipt receipt) {
    String file = receipt.receipt().asked().clusterFileDigest();
    for (Receipt.PlanRecord plan : receipt.receipt().plans()) {
      String made = Digest.ofPlan(plan.request(), file, plan.objects(), plan.steps());
      if (!made.equals(plan.digest())) {
        fault(
            "receipt " + receipt.sequence(),
            "the plan stored there as " + plan.digest() + " has digest " + made);
      }
    }
  }

  /** The signature of an approval must fit what the receipt says of it. */
  private void approvals(ChainedReceipt chained) {
    for (Receipt.DecisionRecord decision : chained.receipt().decisions()) {
      for (Receipt.ApprovalSignature signed : decision.signed()) {
        policy
            .named(decision.by())
            .map(ApprovalPolicy.Approver::key)
            .filter(key -> ApprovalText.keyId(key).equals(signed.keyId()))
            .ifPresentOrElse(
                key -> verify(key, chained, decision, signed), () -> unverifiedApprovals++);
      }
    }
  }

  private void verify(
      String key,
      ChainedReceipt chained,
      Receipt.DecisionRecord decision,
      Receipt.ApprovalSignature signed) {
    if (ApprovalText.of(chained.receipt().run(), decision, signed.at())
        .signedWith(key, signed.signature())
        .isEmpty()) {
      fault(
          "receipt " + chained.sequence(),
          String.format(
              "the approval by %s has a signature of key %s that does not fit it",
              decision.by(), signed.keyId()));
    }
  }

  private boolean fault(String document, String reason) {
    return faults.add(new Fault(document, reason));
  }

  /** The content of an intact document; a refused document is noted. */
  private <T> Optional<Document.Intact<T>> judged(EvidenceReader.Entry<T> entry) {
    return entry
        .document()
        .match(
            whole -> {
              intact++;
              sealedBy.merge(whole.keyId(), 1, Integer::sum);
              return Optional.of(whole);
            },
            refused -> {
              fault(entry.path(), refused.reason());
              return Optional.empty();
            });
  }

  private void manifests() {
    List<Shelved> manifests = reader.manifestsNewestFirst();
    manifests.forEach(this::manifest);
    latest(manifests);
  }

  private void manifest(Shelved shelved) {
    Optional<EvidenceReader.Entry<Manifest>> entry = reader.manifest(shelved);
    if (entry.isEmpty() && shelved.stage() == Stage.PUBLISHED) {
      fault(reader.where(shelved), "it was listed and is missing");
    }
    entry
        .flatMap(this::judged)
        .filter(manifest -> shelved.stage() == Stage.PUBLISHED)
        .ifPresent(manifest -> published(reader.where(shelved), manifest));
  }

  private void published(String where, Document.Intact<Manifest> manifest) {
    if (manifest.content().isReady()) {
      byPresence += manifest.content().presences().isEmpty() ? 0 : 1;
      ready.put(
          manifest.content().name(),
          new Ready(manifest.content().header().createdAt(), manifest.sha256()));
    } else if (manifest.content().isTorn()) {
      torn.add(manifest.content().name());
    } else {
      fault(where, "it has the name of a READY manifest and is neither READY nor torn");
    }
  }

  /** LATEST is read after the manifests: after a publish meanwhile it is newer than those read. */
  private void latest(List<Shelved> manifests) {
    Optional<EvidenceReader.Entry<Manifest>> entry = reader.latest();
    if (entry.isEmpty()) {
      reader
          .publishedWithoutLatest(manifests)
          .ifPresent(reason -> fault(reader.whereLatest(), reason));
      return;
    }
    judged(entry.get()).ifPresent(latest -> latestAgainst(latest, manifests));
  }

  private void latestAgainst(Document.Intact<Manifest> latest, List<Shelved> manifests) {
    RestorePointName name = latest.content().name();
    Shelved own = new Shelved(name, Stage.PUBLISHED);
    if (!manifests.contains(own)) {
      reader.manifest(own).flatMap(this::judged).ifPresent(m -> published(reader.where(own), m));
    }
    Optional<Ready> same = Optional.ofNullable(ready.get(name));
    if (same.isEmpty()) {
      fault(reader.whereLatest(), noReady(name));
    } else if (!same.get().sha256().equals(latest.sha256())) {
      fault(
          reader.whereLatest(),
          "it has digest "
              + latest.sha256()
              + ", the manifest of "
              + name
              + " has "
              + same.get().sha256());
    }
    Instant at = latest.content().header().createdAt();
    ready.entrySet().stream()
        .filter(one -> one.getValue().createdAt().isAfter(at))
        .max(Comparator.comparing(one -> one.getValue().createdAt()))
        .ifPresent(
            newer ->
                fault(
                    reader.whereLatest(), "it is " + name + ", READY since is " + newer.getKey()));
  }

  private String noReady(RestorePointName name) {
    return "it names "
        + name
        + ", of which no intact READY manifest is at "
        + reader.where(new Shelved(name, Stage.PUBLISHED));
  }

  private Optional<SiteState> state(SiteName site) {
    Optional<EvidenceReader.Entry<SiteState>> entry = reader.state(site);
    Optional<ChainedReceipt> proved = lastProved(site);
    if (entry.isEmpty()) {
      proved
          .map(receipt -> "it is missing, receipt " + receipt.sequence() + movedTo(receipt))
          .or(() -> reader.namedWithoutState(site))
          .ifPresent(reason -> fault(reader.where(site), reason));
      return Optional.empty();
    }
    Optional<SiteState> state = judged(entry.get()).map(Document.Intact::content);
    state.ifPresent(
        known ->
            proved
                .filter(receipt -> isBehind(known, receipt.receipt()))
                .ifPresent(
                    receipt ->
                        fault(
                            reader.where(site),
                            "it says "
                                + known.restorePoint()
                                + ", the later receipt "
                                + receipt.sequence()
                                + movedTo(receipt))));
    return state;
  }

  private static String movedTo(ChainedReceipt receipt) {
    return " proved the site at " + receipt.receipt().ending().restorePoint();
  }

  private static boolean isBehind(SiteState state, Receipt receipt) {
    return !state.restorePoint().value().equals(receipt.ending().restorePoint())
        && !state.provedAt().isAfter(receipt.ending().at());
  }

  /** The last receipt of a DrConsume that proved the site; that of a plan proves nothing. */
  private Optional<ChainedReceipt> lastProved(SiteName site) {
    return last(
        receipt ->
            receipt.run().runbook().equals("DrConsume")
                && receipt.run().scope().equals(site.value())
                && receipt.seen().consume() instanceof ConsumeRecord.Attempt attempt
                && attempt.status() == ConsumeRecord.Status.SUCCESS
                && !receipt.seen().proofs().isEmpty());
  }

  private Optional<ChainedReceipt> last(Predicate<Receipt> wanted) {
    return receipts.stream()
        .filter(one -> wanted.test(one.receipt()))
        .max(Comparator.comparingLong(ChainedReceipt::sequence));
  }

  /** A site may have consumed a torn point on purpose; LATEST never names one. */
  private void pointOf(SiteState state) {
    if (!ready.containsKey(state.restorePoint()) && !torn.contains(state.restorePoint())) {
      fault(reader.where(state.site()), noReady(state.restorePoint()));
    }
  }

  /**
   * Checks points whose receipt says they became READY. Points older than every manifest may have
   * been pruned; a point that is missing among the others was removed.
   */
  private void publishedPoints() {
    Instant oldest =
        ready.values().stream().map(Ready::createdAt).min(Instant::compareTo).orElse(Instant.MIN);
    for (ChainedReceipt one : receipts) {
      Receipt receipt = one.receipt();
      boolean published =
          receipt.run().runbook().equals("PublishCycle")
              && receipt.ending().code().isEmpty()
              && !receipt.seen().proofs().isEmpty();
      if (published && !receipt.ending().at().isBefore(oldest)) {
        RestorePointName name = new RestorePointName(receipt.ending().restorePoint());
        if (!ready.containsKey(name)) {
          fault("receipt " + one.sequence(), noReady(name));
        }
      }
    }
  }
}
