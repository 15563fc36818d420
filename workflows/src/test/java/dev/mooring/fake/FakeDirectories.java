package dev.mooring.fake;

import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.topology.InstanceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What stands on the disks of members' hosts, and what faults do to it. */
public final class FakeDirectories {
  /** What a data directory takes. */
  static final long BYTES = 30L << 20;

  final SortedMap<InstanceId, Content> lost = new TreeMap<>();
  final List<String> commands = new ArrayList<>();
  final SortedMap<InstanceId, List<String>> aside = new TreeMap<>();
  final SortedMap<InstanceId, Boolean> fresh = new TreeMap<>();
  final SortedMap<String, Job> jobs = new TreeMap<>();
  final SortedMap<String, WalKept> kept = new TreeMap<>();
  final SortedSet<InstanceId> left = new TreeSet<>();
  final SortedMap<InstanceId, Long> begun = new TreeMap<>();
  final SortedSet<String> removable = new TreeSet<>();
  final SortedSet<InstanceId> unconfigured = new TreeSet<>();
  final SortedMap<InstanceId, Elsewhere> tablespaces = new TreeMap<>();
  final SortedMap<InstanceId, ServerVersion> programs = new TreeMap<>();
  long free = 100 * BYTES;
  long names;
  private boolean rewindsFail;
  private boolean copiesAreSlow;
  private boolean oldStays;
  private boolean walIsLong;
  private int deaths;

  /** A copy under way. */
  static final class Job {
    final Instant begun;
    final Copy copy;
    boolean killed;
    boolean timedOut;
    boolean placed;
    String old = "";

    Job(Instant begun, Copy copy) {
      this.begun = begun;
      this.copy = copy;
    }
  }

  /** The next so many base backups are killed before they are done. */
  public synchronized void letCopiesDie(int copies) {
    deaths = copies;
  }

  /** The administrator's commands that were run, in their order. */
  public List<String> commands() {
    return commands;
  }

  /** How often a copy or a rewind of that instance was begun. */
  public synchronized long begun(String instance) {
    return begun.getOrDefault(new InstanceId(instance), 0L);
  }

  boolean dies() {
    return deaths > 0 && deaths-- > 0;
  }

  boolean rewindsFail() {
    return rewindsFail;
  }

  boolean copiesAreSlow() {
    return copiesAreSlow;
  }

  boolean oldStays() {
    return oldStays;
  }

  boolean walIsLong() {
    return walIsLong;
  }

  /** A look that is in a hurry has no time to read WAL to its end from now on. */
  public synchronized void letWalBeLong() {
    walIsLong = true;
  }

  /** Somebody removes what is in that directory. */
  public synchronized void lose(String instance) {
    lost.put(new InstanceId(instance), Content.EMPTY);
  }

  /** The same, and its host has no configuration for it. */
  public synchronized void loseWithConfiguration(String instance) {
    lose(instance);
    unconfigured.add(new InstanceId(instance));
  }

  /** It has a tablespace where pg_rewind would do harm. */
  public synchronized void harmByARewind(String instance, String location, String why) {
    Elsewhere harmed = new Elsewhere(16400, location, BYTES, free, "1", why);
    tablespaces.put(new InstanceId(instance), harmed);
  }

  /** A directory that a rewind once left lies beside the instance's own. */
  public synchronized void leaveRewind(String instance) {
    left.add(new InstanceId(instance));
  }

  /** A person, or a setup, kept such a directory aside. */
  public synchronized void keptByHand(String instance, String directory) {
    aside.computeIfAbsent(new InstanceId(instance), id -> new ArrayList<>()).add(directory);
  }

  /** An earlier run of a resilver kept such a directory aside, and ended well. */
  public synchronized void keptByARun(String instance, String directory) {
    keptByHand(instance, directory);
    removable.add(directory);
  }

  /** What lies aside of that instance, oldest first. */
  public synchronized List<String> aside(String instance) {
    return List.copyOf(aside.getOrDefault(new InstanceId(instance), List.of()));
  }

  /** The host of that instance has programs of that version from now on. */
  public synchronized void programs(String instance, ServerVersion version) {
    programs.put(new InstanceId(instance), version);
  }

  /** There is something in that directory that no server can be started on. */
  public synchronized void spoil(String instance) {
    lost.put(new InstanceId(instance), Content.UNUSABLE);
  }

  /** So many bytes are free on every host. */
  public synchronized void room(long bytes) {
    free = bytes;
  }

  /** pg_rewind fails from now on. */
  public synchronized void letRewindsFail() {
    rewindsFail = true;
  }

  /** What made them fail was corrected. */
  public synchronized void letRewindsWork() {
    rewindsFail = false;
  }

  /** Copies take longer than they may from now on, in no time. */
  public synchronized void letCopiesBeSlow() {
    copiesAreSlow = true;
  }

  /** Copies take the time they take from now on. */
  public synchronized void letCopiesBeQuick() {
    copiesAreSlow = false;
  }

  /** No old directory can be removed from now on. */
  public synchronized void letOldStay() {
    oldStays = true;
  }

  /** What runs of copies of that instance is killed. */
  public synchronized void killCopies(String instance) {
    jobs.values().stream()
        .filter(job -> job.copy.on().instances().get(0).id().value().equals(instance))
        .forEach(job -> job.killed = true);
  }
}
