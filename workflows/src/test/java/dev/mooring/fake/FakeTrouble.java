package dev.mooring.fake;

import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ClusterActivities.ClusterFileObserved;
import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.DatabaseActivities.Right;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.ManifestFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What faults do to a {@link FakeCluster}, and people behind Mooring's back. */
public final class FakeTrouble {
  private final FakeCluster world;

  FakeTrouble(FakeCluster world) {
    this.world = world;
  }

  private FakeStandby west(int content) {
    return world.standby(new InstanceId("west-" + content));
  }

  private FakePrimary east(int content) {
    return world.primaryOf(content);
  }

  // ---- base backups

  /** The copy has no backup_manifest, as a base backup of a PostgreSQL before 13. */
  public void loseManifest(int content) {
    synchronized (world) {
      west(content).manifest(false);
    }
  }

  /** The history files of the primary's base backups are gone from the archive. */
  public void loseBackupHistories(int content) {
    synchronized (world) {
      world.archive(new ContentId(content)).backupHistories(false);
    }
  }

  // ---- primaries

  /** The postmaster of a primary is killed; what it had not flushed is lost. */
  public void crashPrimary(int content) {
    synchronized (world) {
      east(content).crash();
    }
  }

  /** The message that makes a restore point is lost on its way to a primary, or is not. */
  public void losesPoints(int content, boolean loses) {
    synchronized (world) {
      east(content).losesPoints(loses);
    }
  }

  /** The packets of so many looks at a primary are lost; nothing becomes of it. */
  public void loseLooks(int content, int looks) {
    synchronized (world) {
      east(content).unheard(looks);
    }
  }

  /** What is done by a primary's checkpoints and switches is done, and its answer lost. */
  public void losesAnswers(int content, int times, FailureCode as) {
    synchronized (world) {
      east(content).losesAnswers(times, as);
    }
  }

  /** The primary is started again and goes on writing. */
  public void restartPrimary(int content) {
    synchronized (world) {
      east(content).start();
      east(content).wal().write(400, world.clock().read());
    }
  }

  /** A standby of the primary took its place on the next timeline. */
  public void failOverPrimary(int content) {
    synchronized (world) {
      east(content).failedOver();
    }
  }

  /** The same, of a standby that had nothing from there on. */
  public void failOverPrimary(int content, Lsn had) {
    synchronized (world) {
      east(content).failedOver(had);
    }
  }

  /** Its archiver's command fails from now on. */
  public void archiverFails(int content) {
    archiver(content, FakePrimary.ArchiverMood.FAILING);
  }

  /** Its archiver's command reports success and copies nothing. */
  public void archiverLies(int content) {
    archiver(content, FakePrimary.ArchiverMood.LYING);
  }

  /** Its archiver does nothing. */
  public void archiverStalls(int content) {
    archiver(content, FakePrimary.ArchiverMood.STALLED);
  }

  /** Its archiver works again. */
  public void archiverWorks(int content) {
    archiver(content, FakePrimary.ArchiverMood.WORKING);
  }

  private void archiver(int content, FakePrimary.ArchiverMood mood) {
    synchronized (world) {
      east(content).archiver(mood);
    }
  }

  /** Somebody takes a right from the role of the runbooks, on every server. */
  public void revoke(Right right) {
    synchronized (world) {
      world.rights(world.rights().stream().filter(held -> held != right).toList());
    }
  }

  /** Its archive settings are these. */
  public void archiving(int content, Archiving settings) {
    synchronized (world) {
      east(content).archiving(settings);
    }
  }

  /** The server on its port runs out of another data directory. */
  public void primaryAnswersOutOfAnotherDirectory(int content) {
    synchronized (world) {
      east(content).answerOutOf(new SystemIdentifier(42));
    }
  }

  /** A primary runs that version; the programs on its host stay as they are. */
  public void primaryRuns(int content, ServerVersion version) {
    synchronized (world) {
      east(content).runs(version);
    }
  }

  /** A primary's host has other programs. */
  public void installedBesidePrimary(int content, Software software) {
    synchronized (world) {
      east(content).installed(software);
    }
  }

  /** A copy of a primary needs that on its host from now on. */
  public void primaryNeeds(int content, HostNeeds needs) {
    synchronized (world) {
      east(content).needs(needs);
    }
  }

  /** A checkpoint ends on every primary. */
  public void checkpointEverywhere() {
    synchronized (world) {
      world
          .cluster()
          .contentsAt(Harbour.EAST)
          .forEach(content -> east(content.value()).wal().checkpoint(world.clock().read()));
    }
  }

  // ---- the archive

  /** A WAL file is taken out of a content's archive. */
  public void removeWal(int content, WalFileName file) {
    synchronized (world) {
      world.archive(new ContentId(content)).remove(file);
    }
  }

  /** A record in a content's archived WAL file is altered, or put right again. */
  public void damageWal(int content, WalFileName file, boolean altered) {
    synchronized (world) {
      world.archive(new ContentId(content)).damage(file, altered);
    }
  }

  /** A content's WAL is not decoded to its end, for that reason; empty: it is. */
  public void decodes(int content, String butNot) {
    synchronized (world) {
      world.archive(new ContentId(content)).decodes(butNot);
    }
  }

  /** The directory is missing that a tablespace needs which a content's WAL makes. */
  public void lacksSpace(int content, String sentence) {
    synchronized (world) {
      world.archive(new ContentId(content)).lacksSpaces(List.of(sentence));
    }
  }

  /** A WAL file is taken out of a content's archive, if it is still there. */
  public void loseWal(int content, WalFileName file) {
    synchronized (world) {
      FakeArchive archive = world.archive(new ContentId(content));
      archive.file(file).ifPresent(there -> archive.remove(there.name()));
    }
  }

  /** A WAL file is cut off. */
  public void truncateWal(int content, WalFileName file) {
    synchronized (world) {
      world.archive(new ContentId(content)).change(file, wal -> wal.truncatedTo(12));
    }
  }

  /** A WAL file has its name and size, and none of its records. */
  public void emptyWal(int content, WalFileName file) {
    synchronized (world) {
      world.archive(new ContentId(content)).change(file, WalFile::emptied);
    }
  }

  // ---- instances of the consuming site

  /** The postmaster is killed in each of its next starts, while it replays. */
  public void killInReplay(int content, int times) {
    synchronized (world) {
      west(content).killInReplay(times);
    }
  }

  /** The log of each of its next starts is empty once it is down at its target. */
  public void loseLogs(int content, int times) {
    synchronized (world) {
      west(content).loseLogs(times);
    }
  }

  /** Somebody starts it with what is configured. */
  public void startByHand(int content) {
    synchronized (world) {
      west(content).start(FakeStandby.BY_HAND);
    }
  }

  /** Somebody takes its target and gate out and starts it: it replays whatever there is. */
  public void runPastTarget(int content) {
    synchronized (world) {
      west(content).configure(FakeStandby.NO_TARGET);
      west(content).standbySignal(true);
      west(content).start(FakeStandby.BY_HAND);
      west(content).stop();
    }
  }

  /** Somebody promotes it. */
  public void promote(int content) {
    synchronized (world) {
      west(content).configure(FakeStandby.NO_TARGET);
      west(content).standbySignal(true);
      west(content).start(FakeStandby.BY_HAND);
      west(content).openForWriting();
    }
  }

  /** Somebody resumes the paused replay. */
  public void resume(int content) {
    synchronized (world) {
      west(content).resume();
    }
  }

  /** Somebody takes target and restore gate out of its configuration. */
  public void withoutGate(int content) {
    synchronized (world) {
      west(content).configure(FakeStandby.NO_TARGET);
    }
  }

  /** Somebody takes its target out and leaves the restore command: the gate alone holds it. */
  public void startWithoutTarget(int content) {
    synchronized (world) {
      FakeStandby west = west(content);
      TargetSettings kept = west.settings();
      west.configure(
          new TargetSettings(
              "", "promote", kept.timeline(), "", kept.restoreCommand(), kept.archiveMode()));
      west.start(FakeStandby.BY_HAND);
    }
  }

  /** The same, and its gate serves whatever there is. */
  public void startWithoutTargetAndGate(int content) {
    synchronized (world) {
      FakeStandby west = west(content);
      west.configure(FakeStandby.NO_TARGET);
      west.start(FakeStandby.BY_HAND);
    }
  }

  /** Its host forgets which starts were made there. */
  public void forgetStarts(int content) {
    synchronized (world) {
      west(content).forgetStarts();
    }
  }

  /** Somebody removes standby.signal. */
  public void removeStandbySignal(int content) {
    synchronized (world) {
      west(content).standbySignal(false);
    }
  }

  /** Somebody puts recovery.signal there. */
  public void putRecoverySignal(int content) {
    synchronized (world) {
      west(content).recoverySignal(true);
    }
  }

  /** Somebody takes recovery.signal away again. */
  public void clearRecoverySignal(int content) {
    synchronized (world) {
      west(content).recoverySignal(false);
    }
  }

  /** Its postmaster is gone and one of its processes lives on. */
  public void orphan(int content) {
    synchronized (world) {
      west(content).orphan();
    }
  }

  /** Its control file can't be read. */
  public void unreadable(int content) {
    synchronized (world) {
      west(content).readable(false);
    }
  }

  /** Its data directory and programs are of other versions. */
  public void installed(int content, Software software) {
    synchronized (world) {
      west(content).installed(software);
    }
  }

  /** Somebody configures it with lower settings than its primary. */
  public void limitedTo(int content, StandbyLimits limits) {
    synchronized (world) {
      west(content).limitedTo(limits);
    }
  }

  /** What its next start would use is not on its host. */
  public void lacks(int content, String... sentences) {
    synchronized (world) {
      west(content).lacks(List.of(sentences));
    }
  }

  /** So many bytes are left for its WAL. */
  public void room(int content, long bytes) {
    synchronized (world) {
      west(content).loseRoom(bytes);
    }
  }

  /** It is of another database system. */
  public void becomeAnotherSystem(int content) {
    synchronized (world) {
      west(content).become(new SystemIdentifier(42));
    }
  }

  /** A host answers from now on, or does not. */
  public void hostAnswers(String host, boolean answers) {
    synchronized (world) {
      world.host(new HostName(host)).reachable(answers);
    }
  }

  /** The next start of that instance of a DR site is a standby's, or a primary's. */
  public void standbySignal(String id, boolean there) {
    synchronized (world) {
      world.standby(new InstanceId(id)).standbySignal(there);
    }
  }

  // ---- the cluster file

  /** A site's cluster file has another digest, from a build that lists no sections. */
  public void clusterFileDiffersAt(SiteName site, String digest) {
    world.clusterFiles().at(site, Optional.of(new ClusterFileObserved(site, digest, List.of())));
  }

  /** A site has that cluster file. */
  public void clusterFileAt(SiteName site, Cluster file) {
    world.clusterFiles().at(site, Optional.of(FakeFiles.observed(site, file)));
  }

  /** A site has no cluster file. */
  public void clusterFileMissingAt(SiteName site) {
    world.clusterFiles().at(site, Optional.empty());
  }

  // ---- the evidence store

  /** The store answers from now on, or does not. */
  public void storeAnswers(boolean answers) {
    synchronized (world) {
      world.store().reachable(answers);
    }
  }

  /** Someone removes the last receipt. */
  public void removeLastReceipt() {
    synchronized (world) {
      world.store().files().remove(FakeReceipts.path(world.store().receipts().size()));
    }
  }

  /** One byte of LATEST is altered. */
  public void alterLatest() {
    alter(FakeStore.latestPath());
  }

  /** The last READY point was made at that site, before production moved. */
  public void latestMadeAt(SiteName site) {
    synchronized (world) {
      Manifest made = world.latest().orElseThrow();
      for (int i = 0; i < made.contents().size(); i++) {
        String owner = site + "-" + made.contents().get(i).target().content();
        made = Altered.of(made, "contents." + i + ".owner.instance", owner);
      }
      byte[] sealed = ManifestFormat.render(made, world.store().signing());
      world.store().files().put(FakeStore.latestPath(), sealed);
      world.store().files().put(FakeStore.publishedPath(made.name()), sealed);
    }
  }

  /** LATEST is deleted. */
  public void loseLatest() {
    synchronized (world) {
      world.store().files().remove(FakeStore.latestPath());
    }
  }

  /** Another instance made the pending point, and is no primary any more. */
  public void pendingOf(InstanceId maker, RestorePointName name) {
    synchronized (world) {
      Manifest made = world.pending(name).orElseThrow();
      Manifest others =
          Altered.of(
              made,
              "contents",
              made.contents().stream().map(content -> content.ownedBy(maker)).toList());
      byte[] sealed = ManifestFormat.render(others, world.store().signing());
      world.store().files().put(FakeStore.pendingPath(name), sealed);
    }
  }

  /** One byte of a pending manifest is altered. */
  public void alterPending(RestorePointName name) {
    alter(FakeStore.pendingPath(name));
  }

  /** One byte of the last receipt is altered. */
  public void alterLastReceipt() {
    alter(
        world.store().files().keySet().stream()
            .filter(path -> path.startsWith(FakeStore.RECEIPTS))
            .reduce("", (before, last) -> last));
  }

  /** One byte of a site's state is altered. */
  public void alterState(SiteName site) {
    alter(FakeStore.statePath(site));
  }

  private void alter(String path) {
    synchronized (world) {
      byte[] bytes = world.store().files().get(path);
      if (bytes == null) {
        throw new IllegalArgumentException(path + " is not there");
      }
      byte[] altered = Arrays.copyOf(bytes, bytes.length);
      altered[altered.length / 2] ^= 1;
      world.store().files().put(path, altered);
    }
  }
}
