package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A disk for one directory of a lab: an ext4 file system in a file, mounted at the directory, by
 * the lab and by every host that has it. It fills up, stalls and loses unsynced data like any disk,
 * and no other directory is affected. Only root can create one.
 *
 * <p>Closing it leaves its files where they were before; removing a lab removes its disks, stalled
 * ones too.
 */
public final class LabDisk implements AutoCloseable {
  private static final String BALLAST = "ballast-of-another";

  /** EXT4_IOC_SHUTDOWN without a flush of the journal: unwritten data is lost for good. */
  private static final String POWER_CUT =
      "my $now = pack('L', 2); open(my $disk, '<', $ARGV[0]) or die $!;"
          + " ioctl($disk, 0x8004587d, $now) or die $!;";

  private final Path directory;
  private final Path image;
  private final Path aside;
  private final List<HostSpace> seenBy;
  private final Runnable endOfItsUser;
  private boolean stalled;

  private LabDisk(LabRecord record, Path directory, List<LabHost> seenBy, Runnable endOfItsUser) {
    if (!record.machine().isolation().hasNamespaces()) {
      throw new LabFailure(
          "a disk of its own for %s takes root, and hosts with mount namespaces\nHINT: run this as root, with %s not off."
              .formatted(directory, Isolation.VARIABLE));
    }
    Path disks = disks(record.layout());
    String name = directory.toString().substring(1).replace('/', '-');
    this.directory = directory;
    this.image = disks.resolve(name + ".img");
    this.aside = disks.resolve(name);
    this.seenBy = seenBy.stream().map(host -> new LabServers(record).space(host)).toList();
    this.endOfItsUser = endOfItsUser;
  }

  /**
   * Puts a directory that no process uses, with its files, on a disk of this many megabytes.
   *
   * @param endOfItsUser ends the server that uses it, before the disk is removed
   */
  static LabDisk under(
      LabRecord record,
      Path directory,
      List<LabHost> seenBy,
      int megabytes,
      Runnable endOfItsUser) {
    LabDisk disk = new LabDisk(record, directory, seenBy, endOfItsUser);
    disk.make(megabytes);
    return disk;
  }

  private void make(int megabytes) {
    try {
      Files.createDirectories(aside);
    } catch (IOException e) {
      throw new LabFailure("could not make " + aside, e);
    }
    run("truncate", "--size=" + megabytes + "M", image.toString());
    run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0", image.toString());
    run("mount", "-o", "loop", image.toString(), aside.toString());
    run("rmdir", aside + "/lost+found");
    run("cp", "-a", directory + "/.", aside.toString());
    run("chown", "--reference=" + directory, aside.toString());
    run("chmod", "--reference=" + directory, aside.toString());
    run("sync", "--file-system", aside.toString());
    mountWhereItBelongs();
  }

  private void mountWhereItBelongs() {
    String device = run("findmnt", "-n", "-o", "SOURCE", "--mountpoint", aside.toString()).strip();
    run("mount", device, directory.toString());
    run("umount", aside.toString());
    seenBy.forEach(host -> host.asRoot("mount", device, directory.toString()));
  }

  /** Fills the disk with another's file, except for this many kilobytes. */
  public void fill(int kilobytesLeft) {
    long free = freeKilobytes() - kilobytesLeft;
    if (free > 0) {
      Command.Output filled =
          Command.attempt(
              Path.of("/"),
              List.of("fallocate", "-l", free + "K", directory.resolve(BALLAST).toString()),
              Map.of());
      // the last blocks go to what leads to the others
      if (filled.status() != 0 && kilobytesLeft > 0) {
        throw new LabFailure("could not fill " + directory + ": " + filled.text().strip());
      }
    }
  }

  /** How much room is left. */
  public long freeKilobytes() {
    try {
      return Files.getFileStore(directory).getUsableSpace() / 1024;
    } catch (IOException e) {
      throw new LabFailure("could not look at " + directory, e);
    }
  }

  /** Takes that file away again. */
  public void makeRoom() {
    try {
      Files.deleteIfExists(directory.resolve(BALLAST));
    } catch (IOException e) {
      throw new LabFailure("could not make room in " + directory, e);
    }
  }

  /** Blocks every write to it, and the writing process, which not even SIGKILL ends then. */
  public void stall() {
    stalled = true;
    run("fsfreeze", "--freeze", directory.toString());
  }

  /** Unblocks the writes. */
  public void resume() {
    if (stalled) {
      run("fsfreeze", "--unfreeze", directory.toString());
      stalled = false;
    }
  }

  /**
   * Cuts its power: unsynced data is lost, and the rest is there again, by its journal. No process
   * may use it.
   *
   * @param whileDark runs before the power is back
   */
  public void cutPower(Runnable whileDark) {
    run("perl", "-e", POWER_CUT, directory.toString());
    whileDark.run();
    unmount();
    run("mount", "-o", "loop", image.toString(), aside.toString());
    mountWhereItBelongs();
  }

  /** A script that a session left, or a reader of the server's files, may still be ending. */
  private void unmount() {
    seenBy.forEach(host -> unmount(() -> host.attemptAsRoot("umount", directory.toString())));
    unmount(() -> attempt("umount", directory.toString()));
    // a namespace that began meanwhile has it mounted too, and mounted again it would be as it was
    Await.until(
        () -> run("losetup", "--associated", image.toString()).isBlank(),
        () -> image + " is still mounted in another namespace");
  }

  private void unmount(Supplier<Command.Output> attempt) {
    Await.until(() -> attempt.get().status() == 0, () -> directory + " is still in use");
  }

  /** Removes the disk, and keeps its files; the server that uses it is ended before. */
  @Override
  public void close() {
    resume();
    endOfItsUser.run();
    makeRoom();
    unmount();
    run("mount", "-o", "loop", image.toString(), aside.toString());
    BesideAWorker.act(this::bringBack);
    run("umount", aside.toString());
    run("rm", "-r", image.toString(), aside.toString());
  }

  private void bringBack() {
    run("find", directory.toString(), "-mindepth", "1", "-delete");
    run("cp", "-a", aside + "/.", directory.toString());
  }

  /** Unblocks every process that hangs on a stalled disk of a lab. */
  static void resumeAll(Layout layout) {
    mounted(layout).forEach(point -> attempt("fsfreeze", "--unfreeze", point));
  }

  /** Unmounts the disks of a lab whose hosts are gone from its directory. */
  static void removeAll(Layout layout) {
    mounted(layout).forEach(point -> run("umount", "--lazy", point));
  }

  private static List<String> mounted(Layout layout) {
    if (!Files.exists(disks(layout))) {
      return List.of();
    }
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
      return mounts
          .map(line -> line.split(" ", -1)[1])
          .filter(point -> Path.of(point).startsWith(layout.directory()))
          .toList();
    } catch (IOException e) {
      throw new LabFailure("unreadable /proc/self/mounts", e);
    }
  }

  private static Path disks(Layout layout) {
    return layout.directory().resolve("disks");
  }

  private static String run(String... command) {
    return Command.run(Path.of("/"), List.of(command), Map.of());
  }

  private static Command.Output attempt(String... command) {
    return Command.attempt(Path.of("/"), List.of(command), Map.of());
  }
}
