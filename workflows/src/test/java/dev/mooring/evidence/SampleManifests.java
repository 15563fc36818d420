package dev.mooring.evidence;

import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.IntStream;

/** Manifests of a fleet named harbour, as a publish makes them. */
public final class SampleManifests {
  public static final ClusterName HARBOUR = new ClusterName("harbour");
  private static final WalSegmentSize SIZE = new WalSegmentSize(16L << 20);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss").withZone(ZoneOffset.UTC);
  private static final Instant START = Instant.parse("2026-02-01T18:16:40.250Z");

  private SampleManifests() {}

  /** The READY manifest of the nth point: each point lies one WAL file after the one before. */
  public static Manifest ready(int n, int contents) {
    return manifest(n, contents, contents, List.of());
  }

  /** A pending one: the last content's WAL is not in the archive. */
  public static Manifest pending(int n, int contents) {
    return manifest(
        n,
        contents,
        contents - 1,
        List.of("content " + (contents - 1) + ": file of the point is not in the archive"));
  }

  /** A torn one: all is proved, and it is not READY. */
  public static Manifest torn(int n, int contents) {
    Manifest ready = ready(n, contents);
    Manifest.Header header = ready.header();
    Cut cut = header.cut().as(Cut.Kind.TORN, "prepared after it on content 0: 1764-1");
    return new Manifest(
        new Manifest.Header(header.cluster(), nameOf(n), at(n), header.clusterFileDigest(), cut),
        ready.contents().stream().map(c -> c.withTransactionsLsn(c.switchLsn())).toList(),
        ready.proofs(),
        ready.archive(),
        List.of(nameOf(n) + " is " + cut.inWords()));
  }

  private static Manifest manifest(int n, int contents, int proved, List<String> reasons) {
    Instant at = at(n);
    Manifest.Header header =
        new Manifest.Header(
            HARBOUR, nameOf(n), at, Sha256.of(new byte[0]), new Cut(Cut.Kind.NAMED, 12));
    return new Manifest(
        header,
        IntStream.range(0, contents).mapToObj(c -> evidence(n, c, at)).toList(),
        IntStream.range(0, proved).mapToObj(c -> proof(n, c)).toList(),
        new ArchiveEvidence(
            IntStream.range(0, contents).mapToObj(c -> archive(n, c)).toList(),
            new ArchiveEvidence.Waiting(
                Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(1), at)),
        reasons);
  }

  public static RestorePointName nameOf(int n) {
    return new RestorePointName("sync_point_" + STAMP.format(at(n)) + "_s" + n);
  }

  /** When the nth point was made. */
  public static Instant at(int n) {
    return START.plusSeconds(60L * n);
  }

  /** Where a content stands at the nth point. */
  public static Lsn lsn(int n, int content) {
    return new Lsn(SIZE.bytes() * (n + 4) + 0x90 + content * 8L);
  }

  private static ContentTarget target(int n, int content) {
    TimelineId timeline = new TimelineId(1 + content);
    Lsn lsn = lsn(n, content);
    return new ContentTarget(
        new ContentId(content),
        new SystemIdentifier(7_300_000_000_000_000_000L + content),
        timeline,
        lsn,
        WalFileName.containingByteBefore(timeline, lsn, SIZE),
        SIZE);
  }

  private static ContentEvidence evidence(int n, int content, Instant at) {
    return new ContentEvidence(
        target(n, content),
        new ContentEvidence.Owner(
            new InstanceId("east-" + content),
            new HostName("e" + content),
            6000 + content,
            new ServerVersion(15, 20),
            START),
        new ClockWindow(at.minusMillis(3), at.plusNanos(4_567_000)),
        new Lsn(SIZE.bytes() * (n + 5)),
        new StandbyLimits(100, 8, 10, 2, 64),
        needs(content));
  }

  /** Only content 1 needs anything beside PostgreSQL. */
  private static HostNeeds needs(int content) {
    return content != 1
        ? HostNeeds.NONE
        : new HostNeeds(
            List.of("$libdir/pg_trgm", "pg_stat_statements"),
            List.of("de_DE.UTF-8"),
            List.of(new HostNeeds.Tablespace(16401, "/fast/ts1")));
  }

  private static ContentProof proof(int n, int content) {
    ContentTarget target = target(n, content);
    return new ContentProof(
        target.content(),
        new Lsn(target.lsn().value() - 0x68),
        List.of(
            new ArchivedWal(
                target.walFile(), SIZE.bytes(), Sha256.of(new byte[] {(byte) n, (byte) content}))));
  }

  private static ArchiveEvidence.ContentArchive archive(int n, int content) {
    return new ArchiveEvidence.ContentArchive(
        new ContentId(content),
        "/archive/" + content,
        new Archiver(
            13 + n, target(n, content).walFile().text(), "2026-02-01 18:16:41.1+00", 0, "", ""));
  }
}
