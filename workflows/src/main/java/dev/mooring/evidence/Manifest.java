package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The published evidence of one restore point: the target of every content and what supports it.
 * READY manifests are immutable. A partial one can't exist: every content has its evidence, and a
 * READY one has a proof for each content, or if policy allows less says what was not proved.
 *
 * @param header the point
 * @param contents the evidence, one per content, by content id
 * @param proofs the archive proofs; all of them if READY, those that exist if pending
 * @param archive how the point's WAL reached the archive
 * @param reasons why the point isn't READY, one sentence per content; empty if READY
 * @param presences in a READY one, the contents whose archived files are present but unread
 * @param overridden in a READY one, the files before it that can't be decoded, which a person
 *     overrode: only a copy that stands behind them reaches the point
 */
public record Manifest(
    Header header,
    List<ContentEvidence> contents,
    List<ContentProof> proofs,
    ArchiveEvidence archive,
    List<String> reasons,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<ContentPresence> presences,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<ContentWal> overridden) {

  /** All that is proved was read. */
  public Manifest(
      Header header,
      List<ContentEvidence> contents,
      List<ContentProof> proofs,
      ArchiveEvidence archive,
      List<String> reasons) {
    this(header, contents, proofs, archive, reasons, List.of(), List.of());
  }

  /** The only format this version writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /**
   * The point.
   *
   * @param cluster the cluster
   * @param restorePoint the point's name
   * @param createdAt when it was created, by workflow time, in milliseconds
   * @param clusterFileDigest the digest of the cluster file
   * @param cut how the contents' positions belong together
   */
  public record Header(
      ClusterName cluster,
      RestorePointName restorePoint,
      Instant createdAt,
      String clusterFileDigest,
      Cut cut) {
    public Header {
      createdAt = createdAt.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  public Manifest {
    contents = sorted(contents);
    proofs = proofs.stream().sorted(Comparator.comparing(ContentProof::content)).toList();
    reasons = List.copyOf(reasons);
    presences = presences.stream().sorted(Comparator.comparing(ContentPresence::content)).toList();
    overridden = overridden.stream().distinct().sorted().toList();
    if (contents.isEmpty()) {
      throw new IllegalArgumentException(
          "manifest " + header.restorePoint() + " names no content at all");
    }
    List<ContentId> named = contents.stream().map(c -> c.target().content()).toList();
    List<ContentId> archived =
        archive.contents().stream().map(ArchiveEvidence.ContentArchive::content).toList();
    if (!archived.equals(named)) {
      throw new IllegalArgumentException(
          "manifest "
              + header.restorePoint()
              + " is about contents "
              + named
              + " but names the archives of "
              + archived);
    }
    List<ContentId> proved =
        Stream.concat(
                proofs.stream().map(ContentProof::content),
                presences.stream().map(ContentPresence::content))
            .sorted()
            .toList();
    if (reasons.isEmpty() ? !proved.equals(named) : !named.containsAll(proved)) {
      throw new IllegalArgumentException(
          "manifest "
              + header.restorePoint()
              + (reasons.isEmpty() ? " is READY for contents " : " is pending for contents ")
              + named
              + " but has proofs for "
              + proved);
    }
  }

  private static List<ContentEvidence> sorted(List<ContentEvidence> contents) {
    List<ContentEvidence> sorted = new ArrayList<>(contents);
    sorted.sort(Comparator.comparing(c -> c.target().content()));
    for (int i = 1; i < sorted.size(); i++) {
      ContentId content = sorted.get(i).target().content();
      if (content.equals(sorted.get(i - 1).target().content())) {
        throw new IllegalArgumentException("content " + content + " is twice in the manifest");
      }
    }
    return List.copyOf(sorted);
  }

  /** Whether every content is proved and there is no reason against it. */
  @JsonIgnore
  public boolean isReady() {
    return reasons.isEmpty();
  }

  /** Whether a copy that stands before that file replays it on its way to this point. */
  public boolean needs(ContentWal wal) {
    return evidenceOf(wal.content())
        .filter(content -> !content.target().walFile().isBefore(wal.file()))
        .isPresent();
  }

  /** Whether it is proved to split a transaction: never READY, consumed only when overridden. */
  @JsonIgnore
  public boolean isTorn() {
    return header.cut().isTorn();
  }

  /** The sentence that the point may be torn, if that could not be ruled out. */
  @JsonIgnore
  public List<String> unproved() {
    return header.cut().kind() == Cut.Kind.UNPROVED
        ? List.of(name() + " is " + header.cut().inWords())
        : List.of();
  }

  @JsonIgnore
  public RestorePointName name() {
    return header.restorePoint();
  }

  public Optional<ContentEvidence> evidenceOf(ContentId content) {
    return contents.stream().filter(c -> c.target().content().equals(content)).findFirst();
  }

  public Optional<ContentProof> proofOf(ContentId content) {
    return proofs.stream().filter(p -> p.content().equals(content)).findFirst();
  }

  /** The presence of one content whose archived files are unread. */
  public Optional<ContentPresence> presenceOf(ContentId content) {
    return presences.stream().filter(p -> p.content().equals(content)).findFirst();
  }

  /** The digests of one content's files; none if they were not read. */
  public List<ArchivedWal> archivedOf(ContentId content) {
    return proofOf(content).map(ContentProof::files).orElse(List.of());
  }

  /** One sentence for each content whose bytes were not read. */
  @JsonIgnore
  public List<String> notProved() {
    return presences.stream().map(p -> "content " + p.content() + ": " + p.notProved()).toList();
  }

  /** Its content ids, sorted. */
  @JsonIgnore
  public List<ContentId> contentIds() {
    return contents.stream().map(c -> c.target().content()).toList();
  }
}
