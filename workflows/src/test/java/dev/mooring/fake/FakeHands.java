package dev.mooring.fake;

import dev.mooring.contract.Alteration;
import dev.mooring.contract.Hands;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What people and faults do to a {@link FakeCluster} in the contracts of the ports. */
final class FakeHands implements Hands {
  private final FakeCluster world;
  private final FakeTrouble trouble;
  private final Map<Place, WalFile> hidden = new HashMap<>();

  /** Where a file was taken out. */
  private record Place(int content, WalFileName file) {}

  FakeHands(FakeCluster world) {
    this.world = world;
    this.trouble = world.trouble();
  }

  private FakeStandby copy(int content) {
    return world.standby(new InstanceId("west-" + content));
  }

  private FakeArchive archive(int content) {
    return world.archive(new ContentId(content));
  }

  @Override
  public void archiverWorks(int content, boolean works) {
    if (works) {
      trouble.archiverWorks(content);
    } else {
      trouble.archiverFails(content);
    }
  }

  @Override
  public void whileThePointIsLost(int content, Consumer<List<Server>> act) {
    trouble.losesPoints(content, true);
    try {
      act.accept(
          world.cluster().instancesAt(Harbour.EAST).stream()
              .map(instance -> new Server(instance, "127.0.0.1"))
              .toList());
    } finally {
      trouble.losesPoints(content, false);
    }
  }

  @Override
  public void hideWal(int content, WalFileName file) {
    hidden.put(new Place(content, file), archive(content).remove(file));
  }

  @Override
  public void showWal(int content, WalFileName file) {
    WalFile shown = hidden.remove(new Place(content, file));
    if (shown == null) {
      throw new IllegalArgumentException(file + " is not hidden: " + hidden.keySet());
    }
    archive(content).put(shown);
  }

  @Override
  public void truncateWal(int content, WalFileName file) {
    WalFile whole = archive(content).remove(file);
    hidden.put(new Place(content, file), whole);
    archive(content).put(whole.truncatedTo(12));
  }

  @Override
  public void fork(int content, Lsn at) {
    TimelineHistory.Entry left = new TimelineHistory.Entry(TimelineId.FIRST, at, "by hand");
    archive(content).put(new TimelineHistory(new TimelineId(2), List.of(left)));
  }

  @Override
  public void loseBackupHistories(int content) {
    archive(content).backupHistories(false);
  }

  @Override
  public void loseManifest(int content) {
    copy(content).manifest(false);
  }

  @Override
  public void setTarget(int content, String name) {
    TargetSettings now = copy(content).settings();
    copy(content)
        .configure(
            new TargetSettings(
                name,
                now.action(),
                now.timeline(),
                now.others(),
                now.restoreCommand(),
                now.archiveMode()));
  }

  @Override
  public void removeTarget(int content) {
    TargetSettings now = copy(content).settings();
    copy(content)
        .configure(
            new TargetSettings("", "pause", "latest", "", now.restoreCommand(), now.archiveMode()));
  }

  @Override
  public void start(int content) {
    trouble.startByHand(content);
  }

  @Override
  public void open(int content) {
    copy(content).standbySignal(false);
    trouble.startByHand(content);
  }

  @Override
  public void promote(int content) {
    trouble.promote(content);
  }

  @Override
  public void resume(int content) {
    trouble.resume(content);
  }

  @Override
  public void loseGateFile(int content) {
    copy(content).loseGateFile();
  }

  @Override
  public void loseLogs(int content) {
    copy(content).loseLogs();
  }

  @Override
  public void kill(int content) {
    copy(content).killed();
  }

  @Override
  public void recoverySignal(int content, boolean there) {
    if (there) {
      copy(content).recoverySignal(true);
    } else {
      copy(content).recoverySignal(false);
    }
  }

  @Override
  public void controlFile(int content, boolean whole) {
    copy(content).readable(whole);
  }

  @Override
  public void tablespaceLost(int content) {
    trouble.lacks(
        content, "tablespace 99 points to /not/there, which is no directory that can be written");
  }

  @Override
  public void dataOfMajor(int content, int major) {
    Software now = copy(content).software();
    copy(content).installed(new Software(major, now.server(), now.tools()));
  }

  @Override
  public void mend() {
    List.copyOf(hidden.keySet()).forEach(place -> showWal(place.content(), place.file()));
    for (ContentId content : world.cluster().contentsAt(Harbour.WEST)) {
      archiverWorks(content.value(), true);
      archive(content.value()).forget(new TimelineId(2));
      archive(content.value()).backupHistories(true);
      copy(content.value()).manifest(true);
      recoverySignal(content.value(), false);
      controlFile(content.value(), true);
      trouble.lacks(content.value());
      dataOfMajor(content.value(), Harbour.VERSION.major());
    }
  }

  @Override
  public void alterLatest() {
    alter(FakeStore.latestPath());
  }

  @Override
  public void loseLatest() {
    world.store().files().remove(FakeStore.latestPath());
  }

  @Override
  public void alterPublished(RestorePointName name) {
    alter(FakeStore.publishedPath(name));
  }

  @Override
  public void foreignLatest() {
    world.store().files().put(FakeStore.latestPath(), Alteration.foreignManifest());
  }

  @Override
  public void alterState() {
    alter(FakeStore.statePath(Harbour.WEST));
  }

  @Override
  public void loseState() {
    world.store().files().remove(FakeStore.statePath(Harbour.WEST));
  }

  @Override
  public void alterLastReceipt() {
    alter(FakeReceipts.path(world.store().receipts().size()));
  }

  private void alter(String path) {
    world.store().files().computeIfPresent(path, (same, bytes) -> Alteration.of(bytes));
  }

  @Override
  public List<ChainedReceipt> receipts() {
    return world.store().receipts();
  }
}
