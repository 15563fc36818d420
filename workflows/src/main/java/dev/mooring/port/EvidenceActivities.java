package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Host;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * A cluster's evidence for readers: what exists, what does not, and what can't be trusted. A store
 * that can't be read is a failure, never an empty one.
 */
@ActivityInterface
public interface EvidenceActivities {

  /** Reads LATEST, the states of sites and the last receipts. */
  EvidenceObserved observeEvidence(ObserveEvidence request);

  /**
   * Proves that this site can write evidence: its signing key exists and is trusted, and a probe is
   * written, read back and removed. Nothing is left.
   */
  StoreProved ensureWritable(EnsureWritable request);

  record EnsureWritable(Call call, EvidencePolicy evidence, ClusterName cluster)
      implements ForCall {}

  /**
   * A store that can be written.
   *
   * @param path of the probe
   * @param keyId the signing key, which is among the trusted ones
   * @param lacking a sentence for each of several stores that was not reached
   * @param trusted the keys this site trusts; none if an older release answered
   */
  record StoreProved(
      String path,
      String keyId,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> lacking,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> trusted) {
    public StoreProved {
      lacking = List.copyOf(lacking);
      trusted = List.copyOf(trusted);
    }

    /** In every store. */
    public StoreProved(String path, String keyId, List<String> trusted) {
      this(path, keyId, List.of(), trusted);
    }
  }

  /**
   * The request.
   *
   * @param sites the sites whose state is read
   * @param receipts how many of the last receipts
   * @param documents for how many of these the full text is returned
   * @param lastOf the runbooks and sites whose last receipts are returned, even if they are older
   *     than those, and the last of a plan since
   * @param heads the hosts whose newest recorded receipt is compared
   */
  record ObserveEvidence(
      Call call,
      EvidencePolicy evidence,
      List<SiteName> sites,
      int receipts,
      int documents,
      List<RunsOf> lastOf,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Host> heads)
      implements ForCall {
    public ObserveEvidence {
      sites = List.copyOf(sites);
      lastOf = List.copyOf(lastOf);
      heads = List.copyOf(heads);
    }

    /** Of hosts nothing. */
    public ObserveEvidence(
        Call call,
        EvidencePolicy evidence,
        List<SiteName> sites,
        int receipts,
        int documents,
        List<RunsOf> lastOf) {
      this(call, evidence, sites, receipts, documents, lastOf, List.of());
    }

    /** Written out, because older workers go by it. */
    @JsonProperty("cluster")
    public ClusterName cluster() {
      return call.cluster();
    }
  }

  /** The runs of one runbook at one site. */
  record RunsOf(String runbook, String site) {
    /** The last receipts of every runbook and site. */
    public static final RunsOf ANY = new RunsOf("", "");

    @JsonIgnore
    public boolean isAny() {
      return equals(ANY);
    }

    /** Whether that receipt is one of these runs'; a plan's receipt never is. */
    public boolean include(Receipt receipt) {
      return !receipt.asked().planOnly() && (isAny() || of(receipt).equals(this));
    }

    /** The last receipts of publishing, and of each consumer. */
    public static List<RunsOf> all(Cluster cluster) {
      SiteName publisher = cluster.policies().publish().site();
      List<SiteName> consumers = cluster.consumers();
      return cluster.sites().stream()
          .map(Site::name)
          .filter(site -> site.equals(publisher) || consumers.contains(site))
          .map(
              site ->
                  new RunsOf(site.equals(publisher) ? "PublishCycle" : "DrConsume", site.value()))
          .toList();
    }

    /** The runbook and site of a receipt's run. */
    public static RunsOf of(Receipt receipt) {
      return new RunsOf(receipt.run().runbook(), receipt.run().scope());
    }
  }

  /**
   * The content of the store.
   *
   * @param newest the newest manifest under its own name, pending or published, if there is any
   * @param reasons why that one is not READY, if it is pending
   * @param receipts the last ones, newest first
   * @param lastRuns the last receipts that were asked for by their runs
   * @param cut a sentence for each host that recorded a receipt which the store lacks
   */
  record EvidenceObserved(
      LatestSeen latest,
      List<Shelved> newest,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> reasons,
      List<SiteSeen> sites,
      List<ReceiptSeen> receipts,
      LastRuns lastRuns,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> cut) {
    public EvidenceObserved {
      newest = List.copyOf(newest);
      reasons = List.copyOf(reasons);
      sites = List.copyOf(sites);
      receipts = List.copyOf(receipts);
      cut = List.copyOf(cut);
    }

    /** With the end of the chain. */
    public EvidenceObserved(
        LatestSeen latest,
        List<Shelved> newest,
        List<String> reasons,
        List<SiteSeen> sites,
        List<ReceiptSeen> receipts,
        LastRuns lastRuns) {
      this(latest, newest, reasons, sites, receipts, lastRuns, List.of());
    }
  }

  /**
   * The last receipts of runs, searched from the newest receipt back. The search ends after some
   * receipts, and at one that can't be trusted, which may be of any run.
   *
   * @param found newest first; the untrusted one is the last
   * @param unfound the runs without a receipt so far, if older receipts exist
   * @param searched how many receipts were read
   */
  record LastRuns(List<ReceiptSeen> found, List<RunsOf> unfound, int searched) {
    public LastRuns {
      found = List.copyOf(found);
      unfound = List.copyOf(unfound);
    }
  }

  /** The state of LATEST. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = LatestSeen.None.class, name = "none"),
    @JsonSubTypes.Type(value = LatestSeen.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = LatestSeen.Refused.class, name = "refused"),
    @JsonSubTypes.Type(value = LatestSeen.Unsealed.class, name = "unsealed")
  })
  sealed interface LatestSeen {

    /** Only among this many of the newest are torn points counted; an older one counts as whole. */
    int TORN_AMONG = 20;

    /**
     * How many points a site is behind: the points published after its own that are no newer than
     * this LATEST, because a newer one is not READY, and that are not torn.
     *
     * @param at the point of the site, which may be a torn point newer than LATEST
     * @param isTorn may read the manifest
     */
    default long behind(RestorePointName at, List<Shelved> newestFirst, Predicate<Shelved> isTorn) {
      List<Shelved> since =
          newestFirst.stream()
              .filter(m -> m.stage() == Stage.PUBLISHED)
              .takeWhile(m -> !m.name().equals(at))
              .filter(m -> !isAbove(m.name()))
              .toList();
      return since.size() - since.stream().limit(TORN_AMONG).filter(isTorn).count();
    }

    private boolean isAbove(RestorePointName name) {
      return this instanceof Ready ready && name.compareTo(ready.header().restorePoint()) > 0;
    }

    /** No point was ever READY. */
    record None() implements LatestSeen {}

    /**
     * A trusted point.
     *
     * @param notProved the contents whose archived files are present but unread, one sentence each
     * @param proved the contents whose archived bytes were read and proved
     */
    record Ready(
        Manifest.Header header,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
            List<String> notProved,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
            List<ContentId> proved)
        implements LatestSeen {
      public Ready {
        notProved = List.copyOf(notProved);
        proved = List.copyOf(proved);
      }

      /** What a manifest shows. */
      public static Ready of(Manifest manifest) {
        return new Ready(
            manifest.header(),
            manifest.notProved(),
            manifest.proofs().stream().map(ContentProof::content).toList());
      }
    }

    /** LATEST can't be trusted, or it is gone while other manifests exist. */
    record Refused(String reason) implements LatestSeen {}

    /** Another tool's, at a site that reads those manifests; it is proved when it is consumed. */
    record Unsealed(RestorePointName point, boolean ready) implements LatestSeen {}
  }

  /** The state of a site. */
  record SiteSeen(SiteName site, StateSeen state) {}

  /** What is known of a site's state. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = StateSeen.Never.class, name = "never"),
    @JsonSubTypes.Type(value = StateSeen.Known.class, name = "known"),
    @JsonSubTypes.Type(value = StateSeen.Refused.class, name = "refused")
  })
  sealed interface StateSeen {

    record Never() implements StateSeen {}

    /**
     * The last proof that it was moored.
     *
     * @param point the manifest of that point
     * @param behind how many READY points are newer
     */
    record Known(SiteState state, PointSeen point, long behind) implements StateSeen {}

    /** The state, or its shadow, exists and can't be trusted. */
    record Refused(String reason) implements StateSeen {}
  }

  /** The manifest of the point at which a site is moored. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = PointSeen.Made.class, name = "made"),
    @JsonSubTypes.Type(value = PointSeen.Refused.class, name = "refused"),
    @JsonSubTypes.Type(value = PointSeen.Unsealed.class, name = "unsealed")
  })
  sealed interface PointSeen {

    record Made(Instant at) implements PointSeen {}

    /** The manifest is gone, or it can't be trusted. */
    record Refused(String reason) implements PointSeen {}

    /** Another tool's manifest names the point, and does not say when it was created. */
    record Unsealed() implements PointSeen {}
  }

  /**
   * A receipt.
   *
   * @param path its path
   * @param text its full text if requested, else empty
   */
  record ReceiptSeen(String path, ReceiptRead read, String text) {}

  /** The content of a receipt. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = ReceiptRead.Intact.class, name = "intact"),
    @JsonSubTypes.Type(value = ReceiptRead.Refused.class, name = "refused")
  })
  sealed interface ReceiptRead {

    /** The receipt as sealed, without its steps, proofs and contents. */
    record Intact(Receipt receipt) implements ReceiptRead {}

    /** The receipt can't be trusted. */
    record Refused(String reason) implements ReceiptRead {}
  }
}
