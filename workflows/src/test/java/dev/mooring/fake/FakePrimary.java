package dev.mooring.fake;

import dev.mooring.evidence.Archiver;
import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.DatabaseActivities.Identity;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.SynchronousReplication;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.topology.Instance;
import java.time.Instant;
import java.util.List;

/**
 * An instance of the publishing site that accepts writes: its WAL, its archiver, the postmaster
 * that runs or does not.
 */
final class FakePrimary {
  private final Instance instance;
  private final PrimaryWal wal;
  private final FakeArchive archive;
  private final FakeClock clock;
  private ArchiverMood mood = ArchiverMood.WORKING;
  private Archiving archiving;
  private Archiver archiver = new Archiver(0, "", "", 0, "", "");
  private Instant startedAt;
  private boolean running = true;
  private long firstUnarchived;
  private SystemIdentifier systemOnDisk;
  private long freeBytes = 1L << 36;
  private boolean losesPoints;
  private int losesAnswers;
  private int looksUnheard;
  private FailureCode lostAs = FailureCode.OUTCOME_UNKNOWN;
  private ServerVersion version = Harbour.VERSION;
  private Software software = Harbour.software(Harbour.VERSION);
  private HostNeeds needs = HostNeeds.NONE;
  private List<SynchronousCommits> commits = List.of();
  private String standbyNames = "";

  /** What the archiver makes of its files. */
  enum ArchiverMood {
    WORKING,
    /** Its command fails. */
    FAILING,
    /** Its command reports success and copies nothing. */
    LYING,
    /** Nothing is tried. */
    STALLED
  }

  FakePrimary(Instance instance, PrimaryWal wal, FakeArchive archive, FakeClock clock) {
    this.instance = instance;
    this.wal = wal;
    this.archive = archive;
    this.clock = clock;
    this.startedAt = clock.read();
    this.systemOnDisk = wal.system();
    this.firstUnarchived = wal.currentFile();
    this.archiving =
        new Archiving(
            "on", "cp %p /archive/" + instance.content() + "/%f", "", "replica", Harbour.LIMITS);
  }

  Instance instance() {
    return instance;
  }

  PrimaryWal wal() {
    return wal;
  }

  boolean running() {
    return running;
  }

  Instant startedAt() {
    return startedAt;
  }

  SystemIdentifier systemOnDisk() {
    return systemOnDisk;
  }

  void answerOutOf(SystemIdentifier other) {
    systemOnDisk = other;
  }

  long freeBytes() {
    return freeBytes;
  }

  void loseRoom(long left) {
    freeBytes = left;
  }

  /** Whether the message that makes a restore point is lost on its way here. */
  boolean losesPoints() {
    return losesPoints;
  }

  void losesPoints(boolean loses) {
    losesPoints = loses;
  }

  /** Whether the answer to what was just done is lost on its way back. */
  boolean losesAnswer() {
    return losesAnswers-- > 0;
  }

  /** The code that a lost answer fails with. */
  FailureCode lostAs() {
    return lostAs;
  }

  /** So many looks at it come to nothing from now on. */
  void unheard(int looks) {
    looksUnheard = looks;
  }

  /** Whether this look at it is answered. */
  boolean answersLook() {
    return looksUnheard-- <= 0;
  }

  void losesAnswers(int times, FailureCode as) {
    losesAnswers = times;
    lostAs = as;
  }

  ServerVersion version() {
    return version;
  }

  void runs(ServerVersion other) {
    version = other;
  }

  Software software() {
    return software;
  }

  void installed(Software other) {
    software = other;
  }

  void cutOffStandby() {
    standbyNames = "standby";
    commits = List.of(new SynchronousCommits("standby", List.of("standby (sync)"), 1, 2, 60));
  }

  void standbyNames(String names) {
    standbyNames = names;
  }

  void needs(HostNeeds changed) {
    needs = changed;
  }

  void archiver(ArchiverMood changed) {
    mood = changed;
    archiveWhatIsComplete();
  }

  void archiving(Archiving changed) {
    archiving = changed;
  }

  /** The postmaster ends without a word; what was not flushed is lost. */
  void crash() {
    running = false;
    wal.crash();
  }

  void start() {
    running = true;
    startedAt = clock.read();
  }

  /** Its standby took over that had received nothing from there on. */
  void failedOver(Lsn had) {
    wal.loseFrom(had);
    failedOver();
  }

  /** Its standby took over: the same name, another timeline. */
  void failedOver() {
    wal.promote(clock.read());
    archive.put(wal.history());
    firstUnarchived = wal.currentFile();
    start();
  }

  /** Hands every complete file to the archive, as far as the archiver is in the mood. */
  void archiveWhatIsComplete() {
    while (running && firstUnarchived < wal.currentFile() && mood != ArchiverMood.STALLED) {
      WalFile file = wal.file(firstUnarchived);
      String name = file.name().text();
      String now = clock.read().toString();
      if (mood == ArchiverMood.FAILING) {
        archiver =
            new Archiver(
                archiver.archivedCount(),
                archiver.lastArchived(),
                archiver.lastArchivedAt(),
                archiver.failedCount() + 1,
                name,
                now);
        return;
      }
      if (mood == ArchiverMood.WORKING) {
        archive.put(file);
      }
      archiver =
          new Archiver(
              archiver.archivedCount() + 1,
              name,
              now,
              archiver.failedCount(),
              archiver.lastFailed(),
              archiver.lastFailedAt());
      firstUnarchived++;
    }
  }

  /** What it answers over SQL. */
  ServerObserved observed() {
    return new ServerObserved(
        instance.id(),
        new Identity(wal.system(), version, startedAt),
        new Position(false, wal.timeline(), wal.flushed(), "", wal.size()),
        archiving,
        archiver,
        needs,
        new SynchronousReplication(standbyNames, commits));
  }
}
