package dev.mooring.fake.laws;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.fake.Deed;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Truth;
import dev.mooring.fake.Truth.Copy;
import dev.mooring.postgres.InstanceState;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** A law of the design, as what of the truth breaks it. */
public enum Law {
  /** Law 1. */
  NEVER_TWO_WRITABLE_INSTANCES_OF_ONE_CONTENT(Law::twoWritable),
  /** Law 2. */
  NO_ADVANCE_WITHOUT_PROOF_ON_EVERY_INSTANCE(Law::advancedWithoutProof),
  /** Law 5. */
  NO_COPY_RUNS_PAST_THE_FILE_OF_ITS_TARGET(Law::pastTarget),
  /** Law 7. */
  NO_ACT_IS_DONE_TWICE(Law::doneTwice),
  /** Law 8. */
  NOTHING_STARTS_BEFORE_ALL_ARE_CONFIGURED(Law::startedTooEarly),
  /** Chapter 5. */
  LATEST_IS_READY_AND_TRUE(Law::latestUntrue);

  @SuppressWarnings("ImmutableEnumChecker") // a reference to a method of this class
  private final Function<Truth, List<String>> check;

  Law(Function<Truth, List<String>> check) {
    this.check = check;
  }

  /** What breaks this law, one sentence each. */
  public List<String> brokenBy(Truth truth) {
    return check.apply(truth);
  }

  /** What breaks any of them. */
  public static List<String> allBrokenBy(Truth truth) {
    return Stream.of(values())
        .flatMap(law -> law.brokenBy(truth).stream().map(what -> law + ": " + what))
        .toList();
  }

  private static List<String> twoWritable(Truth truth) {
    Set<ContentId> taken = new HashSet<>();
    List<String> broken = new ArrayList<>();
    Stream.concat(
            truth.primaries().stream(),
            truth.copies().stream().filter(Copy::takesWrites).map(Copy::instance))
        .forEach(
            (Instance instance) -> {
              if (!taken.add(instance.content())) {
                broken.add("content " + instance.content() + " also accepts writes at " + instance);
              }
            });
    return broken;
  }

  private static List<String> advancedWithoutProof(Truth truth) {
    Optional<SiteState> state = truth.state(Harbour.WEST);
    if (state.isEmpty()) {
      return List.of();
    }
    Optional<Manifest> manifest = truth.published(state.get().restorePoint());
    if (manifest.isEmpty()) {
      return List.of("moored at " + state.get().restorePoint() + ", which was never READY");
    }
    List<String> broken = new ArrayList<>();
    for (Copy copy : truth.copies()) {
      Optional<ParkedInstance> claimed =
          state.get().instances().stream()
              .filter(parked -> parked.instance().equals(copy.instance().id()))
              .findFirst();
      if (claimed.isEmpty()) {
        broken.add(copy.instance().id() + " is not part of the proof");
      } else if (claimed.get().controlFile().digest().equals(copy.observed().controlDigest())
          && !isParked(copy, manifest.get())) {
        broken.add(copy.instance().id() + " stands at " + copy.replayed() + ", not at the point");
      }
    }
    return broken;
  }

  private static boolean isParked(Copy copy, Manifest manifest) {
    ContentTarget target =
        manifest.evidenceOf(copy.instance().content()).map(ContentEvidence::target).orElseThrow();
    var control = copy.observed().control();
    return control.state() == InstanceState.SHUT_DOWN_IN_RECOVERY
        && control.systemIdentifier().equals(target.systemIdentifier())
        && copy.replayed().equals(target.lsn());
  }

  private static List<String> pastTarget(Truth truth) {
    List<String> broken = new ArrayList<>();
    for (Copy copy : truth.copies()) {
      copy.target()
          .filter(
              target ->
                  copy.replayed()
                      .isAfter(
                          target
                              .walFile()
                              .startLsn(target.walSegmentSize())
                              .plus(target.walSegmentSize().bytes())))
          .ifPresent(
              target ->
                  broken.add(
                      copy.instance().id()
                          + " was replayed to "
                          + copy.replayed()
                          + ", beyond the file of "
                          + target.lsn()));
    }
    return broken;
  }

  private static List<String> doneTwice(Truth truth) {
    Set<Deed> seen = new HashSet<>();
    return truth.deeds().stream()
        .filter(deed -> deed instanceof Deed.Started && !seen.add(deed))
        .map(deed -> "again: " + deed)
        .toList();
  }

  private static List<String> startedTooEarly(Truth truth) {
    List<InstanceId> all = truth.copies().stream().map(copy -> copy.instance().id()).toList();
    Set<Deed.Configured> configured = new HashSet<>();
    List<String> broken = new ArrayList<>();
    for (Deed deed : truth.deeds()) {
      if (deed instanceof Deed.Configured done) {
        configured.add(done);
      }
      if (deed instanceof Deed.Started started) {
        all.stream()
            .filter(id -> !configured.contains(new Deed.Configured(id, started.run())))
            .forEach(id -> broken.add(started + " before " + id + " was configured"));
      }
    }
    return broken;
  }

  private static List<String> latestUntrue(Truth truth) {
    List<String> broken = new ArrayList<>();
    truth
        .latest()
        .ifPresent(
            latest -> {
              if (!latest.isReady()) {
                broken.add("LATEST names " + latest.name() + ", which is not READY");
              }
              latest.contents().stream()
                  .map(ContentEvidence::target)
                  .filter(target -> !truth.archiveHolds(latest.name(), target))
                  .forEach(
                      target ->
                          broken.add(
                              "the archive of content "
                                  + target.content()
                                  + " does not hold "
                                  + latest.name()));
            });
    return broken;
  }
}
