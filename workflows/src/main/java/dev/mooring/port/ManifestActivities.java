package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.ContentFloor;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestChoice;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Host;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/**
 * The manifests in the evidence store: read only if their seal is valid, written as a whole or not
 * at all.
 */
@ActivityInterface
public interface ManifestActivities {

  /**
   * Finds the manifest to consume: latest, safe-forward or one by name. Reports why each newer one
   * was passed over. Finding none is a result; a store that can't be read, or a broken seal on the
   * requested manifest, is a failure.
   */
  ManifestRead readManifest(ReadManifest request);

  /**
   * Reads in the receipts which WAL files consumes found damaged: up to 1,000 receipts, for 10 s.
   */
  FoundBad readFoundBad(ReadFoundBad request);

  /**
   * Reads LATEST for the next publish, and the pending manifests of later points, which are checked
   * again. It returns none only if nothing was ever published: a LATEST that is lost, not READY,
   * foreign or altered is a failure.
   */
  LastRead readLast(ReadLast request);

  /** Writes {@code NAME.pending.json}; a READY manifest of that name is refused. */
  ManifestWritten ensurePending(EnsureManifest request);

  /**
   * Writes {@code NAME.json}, then makes {@code LATEST.json} name it; each as a whole or not at
   * all. Nothing is written beside a LATEST that can't be trusted, and LATEST never goes back: if
   * it names a later point, it stays. No lock is held between reading and writing; a writer that
   * was overtaken finds the newer manifest afterwards and makes LATEST name that one.
   */
  ManifestPublished ensureReady(EnsureManifest request);

  /**
   * Writes {@code NAME.json} of a torn point beside LATEST, which stays unchanged. Its pending
   * manifest is removed.
   */
  ManifestWritten ensureTorn(EnsureManifest request);

  record ReadManifest(
      Call call,
      EvidencePolicy evidence,
      ClusterName cluster,
      ManifestChoice choice,
      List<ContentFloor> floors)
      implements ForCall {
    public ReadManifest {
      floors = List.copyOf(floors);
    }
  }

  /**
   * The result of a search.
   *
   * @param passedOver one sentence for each manifest that was read and not chosen
   */
  record ManifestRead(Answer answer, List<String> passedOver) {
    public ManifestRead {
      passedOver = List.copyOf(passedOver);
    }
  }

  record ReadFoundBad(Call call, EvidencePolicy evidence, ClusterName cluster) implements ForCall {}

  /**
   * The WAL files that consumes found damaged.
   *
   * @param files as of {@link ContentWal#damaged}
   * @param passedOver one sentence for each receipt that can't be trusted, and for those that were
   *     not reached
   */
  record FoundBad(List<ContentWal> files, List<String> passedOver) {
    public FoundBad {
      files = List.copyOf(files);
      passedOver = List.copyOf(passedOver);
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Answer.None.class, name = "none"),
    @JsonSubTypes.Type(value = Answer.Found.class, name = "found"),
    @JsonSubTypes.Type(value = Answer.Foreign.class, name = "foreign")
  })
  sealed interface Answer {

    /**
     * No manifest fits.
     *
     * @param code NO_MANIFEST, or BEYOND_TARGET if a floor is the reason
     */
    record None(FailureCode code, String reason) implements Answer {}

    /**
     * A manifest whose shape and seal are valid.
     *
     * @param sha256 of the document's bytes
     * @param why why it was chosen
     */
    record Found(Manifest manifest, String sha256, String why) implements Answer {}

    /**
     * A manifest of another tool, from a source that the cluster file allows. It is unsigned: the
     * WAL must prove it before anything is changed.
     *
     * @param path of the document
     * @param sha256 of the document's bytes
     * @param why why it was chosen
     */
    record Foreign(ForeignManifest manifest, String path, String sha256, String why)
        implements Answer {}
  }

  /**
   * The request of the next publish.
   *
   * @param pendingAtMost how many pending manifests are returned, the newest ones
   * @param consumers the sites whose states show what their copies still need
   */
  record ReadLast(
      Call call,
      EvidencePolicy evidence,
      ClusterName cluster,
      int pendingAtMost,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<SiteName> consumers,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Host> heads)
      implements ForCall {
    public ReadLast {
      consumers = List.copyOf(consumers);
      heads = List.copyOf(heads);
    }
  }

  /**
   * The last READY point, and the pending ones since.
   *
   * @param pending the oldest first
   * @param passedOver one sentence for each pending manifest that can't be trusted, each state that
   *     can't be read (a publish uses none of them), and each host that recorded a receipt which
   *     the store lacks
   * @param needs the needs of the proved copies, as far as their sites' states are here
   * @param torn the newest point since the last READY one whose publish created only torn points;
   *     or none
   * @param suspects the files that consumes found missing or damaged, as of {@link
   *     ContentWal#found}
   */
  record LastRead(
      Answer answer,
      List<Manifest> pending,
      List<String> passedOver,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<CopyNeeds> needs,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<RestorePointName> torn,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<ContentWal> suspects) {
    public LastRead {
      pending = List.copyOf(pending);
      passedOver = List.copyOf(passedOver);
      needs = List.copyOf(needs);
      torn = List.copyOf(torn);
      suspects = List.copyOf(suspects);
    }
  }

  /**
   * What a copy needs from the archive of its content.
   *
   * @param oldest the oldest WAL file that its next start replays
   */
  record CopyNeeds(InstanceId copy, ContentId content, WalFileName oldest) {

    /** The needs in a site's state; a state of an earlier version has none. */
    public static List<CopyNeeds> of(SiteState state) {
      return state.instances().stream()
          .filter(one -> !one.oldestWal().isEmpty())
          .map(
              one -> new CopyNeeds(one.instance(), one.content(), new WalFileName(one.oldestWal())))
          .toList();
    }
  }

  /**
   * A manifest to write.
   *
   * @param inPlaceOf points whose pending manifests are obsolete once this one is READY
   */
  record EnsureManifest(
      Call call,
      EvidencePolicy evidence,
      Manifest manifest,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<RestorePointName> inPlaceOf)
      implements ForCall {
    public EnsureManifest {
      inPlaceOf = List.copyOf(inPlaceOf);
    }

    /** A document that replaces no other. */
    public EnsureManifest(Call call, EvidencePolicy evidence, Manifest manifest) {
      this(call, evidence, manifest, List.of());
    }
  }

  /**
   * The location of a manifest.
   *
   * @param path its path in the store
   * @param sha256 of its bytes, read back
   */
  record ManifestWritten(String path, String sha256) {}

  /**
   * The location of a READY manifest.
   *
   * @param path its path in the store
   * @param sha256 of its bytes, read back
   * @param latest the point that LATEST names now: this one, or a later one
   * @param lacking a sentence for each of several stores that was not reached
   */
  record ManifestPublished(
      String path,
      String sha256,
      RestorePointName latest,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> lacking) {
    public ManifestPublished {
      lacking = List.copyOf(lacking);
    }

    /** In every store. */
    public ManifestPublished(String path, String sha256, RestorePointName latest) {
      this(path, sha256, latest, List.of());
    }
  }
}
