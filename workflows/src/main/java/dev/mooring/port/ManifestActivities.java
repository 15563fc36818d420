package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.ContentFloor;
import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestChoice;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/**
 * The manifests in the evidence store: read only when their seal holds, written whole or not at
 * all.
 */
@ActivityInterface
public interface ManifestActivities {

  /**
   * Finds the manifest to consume: latest, safe-forward or one by name. Says why each newer one was
   * passed over. No answer is a value; a store that can't be read, or a broken seal on the very
   * manifest asked for, is a failure.
   */
  ManifestRead readManifest(ReadManifest request);

  /**
   * Reads LATEST for the next publish, and with it the pending manifests of later points: what a
   * run left unproved is looked at again. None is the answer only if nothing was ever published: a
   * LATEST that is lost, not READY, foreign or altered is a failure.
   */
  LastRead readLast(ReadLast request);

  /** Writes {@code NAME.pending.json}; a READY manifest of that name is refused. */
  ManifestWritten ensurePending(EnsureManifest request);

  /**
   * Writes {@code NAME.json}, then makes {@code LATEST.json} name it; each whole or not at all.
   * Nothing is written beside a LATEST that is not to be believed, and LATEST never goes back: if
   * it names a point made later, it stays. Nothing is held between the reading and the write; a
   * writer that was overtaken meanwhile sees the newer manifest afterwards and lets LATEST name
   * that one.
   */
  ManifestPublished ensureReady(EnsureManifest request);

  /**
   * Writes {@code NAME.json} of a torn point beside LATEST, which stays as it is. Its pending
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
   * The answer of a read, and what was not taken.
   *
   * @param passedOver one sentence for each manifest that was read and not taken
   */
  record ManifestRead(Answer answer, List<String> passedOver) {
    public ManifestRead {
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
     * No manifest serves.
     *
     * @param code NO_MANIFEST, or BEYOND_TARGET when a floor is the reason
     */
    record None(FailureCode code, String reason) implements Answer {}

    /**
     * A manifest whose shape and seal were verified.
     *
     * @param sha256 of the document's bytes
     * @param why why this one
     */
    record Found(Manifest manifest, String sha256, String why) implements Answer {}

    /**
     * A manifest of another tool, from a source that the cluster file admits them from. It is
     * unsigned: what it says is to be proved from the WAL before anything is touched.
     *
     * @param path where it was read
     * @param sha256 of the document's bytes
     * @param why why this one
     */
    record Foreign(ForeignManifest manifest, String path, String sha256, String why)
        implements Answer {}
  }

  /**
   * What the next publish asks of the store.
   *
   * @param pendingAtMost how many pending manifests are given back, the newest of them
   * @param consumers the sites whose states say what their copies still need
   */
  record ReadLast(
      Call call,
      EvidencePolicy evidence,
      ClusterName cluster,
      int pendingAtMost,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<SiteName> consumers)
      implements ForCall {
    public ReadLast {
      consumers = List.copyOf(consumers);
    }
  }

  /**
   * The last READY point, and what is pending since.
   *
   * @param pending the oldest first
   * @param passedOver one sentence for each pending manifest that can't be believed, and for each
   *     state that can't be read: a publish goes by none of them
   * @param needs what the copies need that were proved, as far as their sites' states are here
   * @param torn the newest point since the last READY one whose publish made torn points only; none
   *     if there is no such
   */
  record LastRead(
      Answer answer,
      List<Manifest> pending,
      List<String> passedOver,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<CopyNeeds> needs,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<RestorePointName> torn) {
    public LastRead {
      pending = List.copyOf(pending);
      passedOver = List.copyOf(passedOver);
      needs = List.copyOf(needs);
      torn = List.copyOf(torn);
    }
  }

  /**
   * What a copy needs of the archive of its content.
   *
   * @param oldest the oldest WAL file that its next start replays
   */
  record CopyNeeds(InstanceId copy, ContentId content, WalFileName oldest) {

    /** The needs of a site's state; a state of an earlier version says none. */
    public static List<CopyNeeds> of(SiteState state) {
      return state.instances().stream()
          .filter(one -> !one.oldestWal().isEmpty())
          .map(
              one -> new CopyNeeds(one.instance(), one.content(), new WalFileName(one.oldestWal())))
          .toList();
    }
  }

  /**
   * A manifest to be written.
   *
   * @param inPlaceOf points whose pending manifests are of no more use once this one is READY
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
   * @param latest the point that LATEST names now: this one, or one that was made later
   * @param lacking a sentence for each of several stores that it did not reach
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

    /** In every store there is. */
    public ManifestPublished(String path, String sha256, RestorePointName latest) {
      this(path, sha256, latest, List.of());
    }
  }
}
