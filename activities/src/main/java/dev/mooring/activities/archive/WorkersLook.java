package dev.mooring.activities.archive;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.WalCheck;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.AwaitArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.Site;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The worker's own reading of archives that no host lists: archives that commands check, and
 * buckets.
 */
final class WorkersLook {
  private static final Duration ASK_EVERY = Duration.ofSeconds(1);

  private final AskedWal asked;
  private final BucketWal buckets;

  /**
   * @param atMost how long one command may take
   */
  WorkersLook(Duration atMost, S3Clients clients) {
    this.asked = new AskedWal(atMost);
    this.buckets = new BucketWal(clients);
  }

  private static boolean looksAt(Site.Archive archive, ContentId content, Host host) {
    return WalCheck.of(archive, content, host).isPresent()
        || archive.as(ArchiveKind.S3.class).isPresent();
  }

  /** Searches for the points' own files until all are there; returns the time that is left. */
  Duration await(AwaitArchived request) {
    long end = System.nanoTime() + request.atMost().toNanos();
    for (WantedPoint point : request.points()) {
      while (looksAt(point.archive(), point.target().content(), request.on().host())
          && System.nanoTime() < end
          && !allThere(point, request.on().host())) {
        pause(end - System.nanoTime());
      }
    }
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** A reading that fails is reported once it counts as the last. */
  private boolean allThere(WantedPoint point, Host host) {
    ContentId content = point.target().content();
    List<WalFileName> files = point.target().recordFiles();
    try {
      Optional<ArchiveKind.S3> bucket = point.archive().as(ArchiveKind.S3.class);
      return bucket.isPresent()
          ? buckets.present(bucket.get(), content, files).size() == files.size()
          : asked.there(point.archive(), content, host, names(files)).size() == files.size();
    } catch (InstanceRefusal unanswered) {
      return unanswered.code() == FailureCode.CANCELLED;
    }
  }

  private static void pause(long atMostNanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(Math.min(ASK_EVERY.toNanos(), Math.max(0, atMostNanos)));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InstanceRefusal(FailureCode.CANCELLED, "the wait for the archive was stopped");
    }
  }

  /**
   * A host's listing, with what the worker found of the needed files.
   *
   * @throws InstanceRefusal if nothing can be known about them
   */
  ArchiveListing over(
      Site.Archive archive,
      ContentTarget target,
      Host host,
      ArchiveListing listing,
      List<WalFileName> needed) {
    Optional<ArchiveKind.S3> bucket = archive.as(ArchiveKind.S3.class);
    if (bucket.isPresent()) {
      return listing.with(
          buckets.look(
              bucket.get(),
              target.content(),
              needed,
              OptionalLong.of(target.walSegmentSize().bytes())));
    }
    if (WalCheck.of(archive, target.content(), host).isEmpty()) {
      return listing;
    }
    List<WalFileName> unread =
        needed.stream().filter(file -> !listing.sizes().containsKey(file)).toList();
    return listing.with(
        asked.there(archive, target.content(), host, names(unread)).stream()
            .map(WalFileName::new)
            .collect(Collectors.toMap(file -> file, file -> OptionalLong.empty())),
        Map.of());
  }

  /** The files that are no longer in the archive; empty if a host lists it, which reports that. */
  List<WalFileName> gone(
      Site.Archive archive, ContentId content, Host host, List<WalFileName> files) {
    Optional<ArchiveKind.S3> bucket = archive.as(ArchiveKind.S3.class);
    if (files.isEmpty() || !looksAt(archive, content, host)) {
      return List.of();
    }
    List<String> there =
        bucket.isPresent()
            ? names(buckets.present(bucket.get(), content, files))
            : asked.there(archive, content, host, names(files));
    return files.stream().filter(file -> !there.contains(file.text())).toList();
  }

  private static List<String> names(List<WalFileName> files) {
    return files.stream().map(WalFileName::text).toList();
  }
}
