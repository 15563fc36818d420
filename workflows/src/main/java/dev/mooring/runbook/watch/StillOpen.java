package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The earlier diagnoses that are not over, because their subject is not seen. */
final class StillOpen {
  private final MemberSigns signs;
  private final List<Diagnosis> found;
  private final Instant now;

  private StillOpen(MemberSigns signs, List<Diagnosis> found, Instant now) {
    this.signs = signs;
    this.found = found;
    this.now = now;
  }

  /** The earlier diagnoses that stay beside the found ones. */
  static List<Diagnosis> of(
      MemberSigns signs, List<Diagnosis> found, List<Diagnosis> before, Instant now) {
    StillOpen still = new StillOpen(signs, found, now);
    return before.stream()
        .filter(one -> found.stream().noneMatch(other -> other.isOf(one.kind(), one.subject())))
        .filter(still::isOpen)
        .map(still::marked)
        .toList();
  }

  /** All earlier diagnoses, if the cluster file can't be read: no worker looks at any site then. */
  static List<Diagnosis> ofUnread(
      ClusterName cluster, List<SiteState> lost, List<Diagnosis> before, Instant now) {
    List<Diagnosis> all = new ArrayList<>();
    for (Diagnosis one : before) {
      if (one.kind() != DiagnosisKind.SITE_NOT_WATCHED) {
        all.add(one.unseen(now));
      }
    }
    for (SiteState site : lost) {
      Instant since =
          before.stream()
              .filter(one -> one.isOf(DiagnosisKind.SITE_NOT_WATCHED, site.site().value()))
              .map(Diagnosis::since)
              .findFirst()
              .orElse(now);
      all.add(
          new Diagnosis(
              DiagnosisKind.SITE_NOT_WATCHED,
              site.site().value(),
              notWatched(site),
              Commands.check(cluster),
              since));
    }
    all.sort(Diagnosis.WORST_FIRST);
    return List.copyOf(all);
  }

  /** That no worker looks at a site, and why. */
  static String notWatched(SiteState site) {
    return "no run observes the instances of " + site.site() + ": " + site.why();
  }

  private boolean isOpen(Diagnosis one) {
    return switch (one.kind()) {
      case SITE_NOT_WATCHED -> false;
      case PRIMARY_DOWN, PRIMARY_SHUT_DOWN -> !signs.isPrimaryUp();
      case TWO_WRITABLE ->
          found.stream().noneMatch(other -> other.kind() == DiagnosisKind.TWO_WRITABLE)
              && members(one).stream().filter(this::mayWrite).count() == one.instances().size();
      case MEMBER_SILENT -> isUnknown(Kind.ROLE, one);
      case DR_INSTANCE_OPENED, DR_INSTANCE_STARTED -> isUnknown(Kind.PROCESS, one);
      case DISK_FILLING -> isUnknown(Kind.DISK, one);
      case HOST_SILENT -> isUnseen(one) || isUnknown(Kind.HOST, one);
      case RESTORE_POINT_TOO_OLD -> signs.ofLatest().isEmpty();
      case PROOF_TOO_OLD -> signs.isProofUnknown(one.subject());
      case LAG_BYTES,
          LAG_SECONDS,
          REPLAY_PAUSED,
          RECOVERY_CONFLICTS,
          SLOT_INACTIVE,
          SLOT_LOST,
          SLOT_OVER_LIMIT ->
          isUnseen(one);
      case RECEIVER_NOT_STREAMING, TIMELINE_DRIFT ->
          isUnseen(one) || (isWriterUnknown() && !streams(one));
      case CONFIGURATION_DRIFT ->
          isUnseen(one) || isWriterUnknown() || isUnknown(Kind.SETTINGS, one);
      case IDENTITY_DRIFT,
          PROMOTED_BY_HAND,
          NO_STANDBY_STREAMING,
          AUTHORITY_DRIFT,
          COMMITS_HANG,
          SYNC_SET_EMPTY,
          ARCHIVING_FAILING ->
          isUnseen(one) || isWriterUnknown();
    };
  }

  /** No member is known to accept writes, and none is not. */
  private boolean isWriterUnknown() {
    return signs.writers().isEmpty() && !signs.isPrimaryDown();
  }

  private boolean mayWrite(Instance member) {
    Optional<String> role = signs.value(Kind.ROLE, member);
    return role.isEmpty() || role.get().equals(Sign.ACCEPTS_WRITES);
  }

  private boolean streams(Diagnosis one) {
    return members(one).stream()
        .anyMatch(
            member -> signs.value(Kind.RECEIVER, member).filter(Sign.STREAMS::equals).isPresent());
  }

  private boolean isUnknown(Kind kind, Diagnosis one) {
    return members(one).stream().anyMatch(member -> signs.value(kind, member).isEmpty());
  }

  private boolean isUnseen(Diagnosis one) {
    return members(one).stream().anyMatch(signs::isUnseen);
  }

  private List<Instance> members(Diagnosis one) {
    return one.instances().stream().flatMap(id -> signs.instance(id).stream()).toList();
  }

  private Diagnosis marked(Diagnosis one) {
    boolean unseen =
        isOfEvidence(one) || (members(one).isEmpty() ? signs.isAnyUnseen() : isUnseen(one));
    return unseen ? one.unseen(now) : one;
  }

  private static boolean isOfEvidence(Diagnosis one) {
    return one.kind() == DiagnosisKind.RESTORE_POINT_TOO_OLD
        || one.kind() == DiagnosisKind.PROOF_TOO_OLD;
  }
}
