package dev.mooring.runbook.consume;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.ConsumeRecord.ContentAttempt;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.ArchiveActivities.ChainObserved;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ParkMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one DrConsume knows so far, for its receipt: a run may end after any step. */
final class ConsumeAttempt {
  private String current = "";
  private @Nullable Manifest manifest;
  private List<Reached> reached = List.of();
  private List<Missing> missing = List.of();
  private List<ParkedInstance> parked = List.of();
  private @Nullable Instant startedAt;

  void standsAt(SiteState state) {
    current = state.restorePoint().value();
  }

  void aimsAt(Manifest chosen) {
    manifest = chosen;
  }

  void found(List<Instance> instances, List<ChainObserved> chains) {
    List<Missing> all = new ArrayList<>();
    for (ChainObserved chain : chains) {
      ContentId content = contentOf(instances, chain.instance());
      all.add(new Missing(content, chain.missing()));
    }
    missing = all;
  }

  void started(Instant at) {
    startedAt = at;
  }

  /** Where instances stopped; if an instance was started again, its last stop counts. */
  void reached(List<Reached> stops) {
    List<Reached> all = new ArrayList<>(stops);
    reached.stream()
        .filter(before -> stops.stream().noneMatch(s -> s.content().equals(before.content())))
        .forEach(all::add);
    reached = all;
  }

  void proved(List<ParkedInstance> proofs) {
    parked = proofs;
  }

  List<Receipt.ProofRecord> proofs() {
    List<Receipt.ProofRecord> records = new ArrayList<>();
    for (ParkedInstance one : parked) {
      List<Receipt.Fact> facts = new ArrayList<>();
      facts.add(new Receipt.Fact("content", one.content().toString()));
      boolean readable = one.parkMode() == ParkMode.READABLE;
      facts.add(
          new Receipt.Fact(
              "state", readable ? "in recovery, replay paused" : "shut down in recovery"));
      facts.add(new Receipt.Fact("timeline", one.timeline().toString()));
      facts.add(
          new Receipt.Fact(
              "minimum recovery end", one.controlFile().minimumRecoveryEnd().toString()));
      if (readable) {
        facts.add(new Receipt.Fact("replayed to", one.point()));
      }
      targetOf(one.content())
          .map(target -> target.lsn().toString())
          .or(() -> Optional.of(one.point()).filter(lsn -> !lsn.isEmpty()))
          .ifPresent(lsn -> facts.add(new Receipt.Fact("point", lsn)));
      if (!readable) {
        facts.add(new Receipt.Fact("pg_control", one.controlFile().digest()));
      }
      records.add(new Receipt.ProofRecord(one.instance().value(), facts));
    }
    missing.stream().flatMap(Missing::damaged).map(ContentWal::inReceipt).forEach(records::add);
    return records;
  }

  private Optional<ContentTarget> targetOf(ContentId content) {
    Manifest chosen = manifest;
    return chosen == null
        ? Optional.empty()
        : chosen.evidenceOf(content).map(ContentEvidence::target);
  }

  /**
   * The receipt in the format of the reference tool. None if there was no target, or nothing to
   * consume: a plan validates no recovery point.
   */
  ConsumeRecord record(String failureCode, Instant now) {
    Manifest chosen = manifest;
    Optional<ConsumeRecord.Status> status = status(failureCode);
    if (chosen == null || status.isEmpty()) {
      return new ConsumeRecord.None();
    }
    Duration waited = startedAt == null ? Duration.ZERO : Duration.between(startedAt, now);
    List<ContentAttempt> contents =
        chosen.contents().stream().map(c -> attemptOf(c.target())).toList();
    return new ConsumeRecord.Attempt(current, chosen.name(), status.get(), waited, contents);
  }

  private ContentAttempt attemptOf(ContentTarget target) {
    String stop =
        reached.stream()
            .filter(r -> r.content().equals(target.content()))
            .map(Reached::point)
            .findFirst()
            .orElse("");
    List<String> files =
        missing.stream()
            .filter(m -> m.content().equals(target.content()))
            .flatMap(m -> m.files().stream())
            .map(MissingWal::file)
            .toList();
    return new ContentAttempt(target.content(), target.lsn(), stop, files);
  }

  private Optional<ConsumeRecord.Status> status(String failureCode) {
    if (failureCode.isEmpty()) {
      return parked.isEmpty() ? Optional.empty() : Optional.of(ConsumeRecord.Status.SUCCESS);
    }
    return switch (FailureCode.valueOf(failureCode)) {
      case WAL_MISSING -> Optional.of(ConsumeRecord.Status.MISSING_WAL);
      case TARGET_NOT_REACHED -> Optional.of(ConsumeRecord.Status.TIMEOUT);
      case TARGET_MISMATCH, START_FAILED -> Optional.of(ConsumeRecord.Status.MISMATCH);
      default -> Optional.empty();
    };
  }

  private static ContentId contentOf(List<Instance> instances, InstanceId id) {
    return instances.stream()
        .filter(i -> i.id().equals(id))
        .map(Instance::content)
        .findFirst()
        .orElseThrow();
  }

  /** The restore point at which an instance's log says it stopped, or empty. */
  record Reached(ContentId content, String point) {}

  private record Missing(ContentId content, List<MissingWal> files) {
    Stream<ContentWal> damaged() {
      return files.stream()
          .filter(file -> file.kind() == MissingWal.Kind.DAMAGED)
          .map(MissingWal::file)
          .filter(WalFileName::isOne)
          .map(file -> new ContentWal(content, new WalFileName(file)));
    }
  }
}
