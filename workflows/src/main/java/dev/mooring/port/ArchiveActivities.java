package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.postgres.DistributedTransactions;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What the WAL archive holds, read from a host of the site; nothing is ever written there. */
@ActivityInterface
public interface ArchiveActivities {

  /**
   * Waits until the archive of each content holds its restore point, for at most {@code atMost};
   * then reads the digests, the decoded records, the gaps since the last READY point, and if
   * requested the distributed transactions of a range of WAL.
   */
  PointsArchived awaitArchived(AwaitArchived request);

  /** Proves, file by file, the WAL each instance needs from its own start to its target. */
  ChainsObserved observeChain(ObserveChain request);

  /**
   * Reads all WAL from each instance's own start to its target, for at most {@code atMost}, and
   * looks for restore points of that name: for a manifest without a seal. The files with the target
   * are read once for their digests and records.
   */
  PointsArchived awaitScanned(AwaitScanned request);

  /**
   * Decodes all WAL on each instance's way to its target, file by file, for at most {@code atMost}.
   * A file that can't be decoded is an answer, and so is one that was not decoded in time or could
   * not be fetched.
   */
  WaysDecoded awaitDecoded(AwaitDecoded request);

  /**
   * Waits until the archive holds the history file of a timeline, for at most {@code atMost}, and
   * reads it: a promoted server archives it first. A missing file is an answer; an archive that
   * can't be read is a failure.
   */
  HistoryArchived awaitHistory(AwaitHistory request);

  /**
   * Checks whether the last files that a server archived are present and correct, and whether there
   * are timelines that the server never had. The check begins with the first file that is present:
   * how long an archive keeps files is not judged.
   */
  RecentArchived observeRecent(ObserveRecent request);

  /** How many of the last files are read. */
  int RECENT_FILES = 16;

  /**
   * The history of a timeline to be found in the archive.
   *
   * @param on the host that reads the archive, and the one instance that archives
   */
  record AwaitHistory(
      Call call, HostWork on, Site.Archive archive, TimelineId timeline, Duration atMost)
      implements OnHost {}

  /**
   * What the archive holds of it.
   *
   * @param history as the archive has it; none if it did not arrive in time
   * @param notRead why the last attempt could not fetch it; empty if it is only missing
   */
  record HistoryArchived(InstanceId instance, List<TimelineHistory> history, String notRead) {
    public HistoryArchived {
      history = List.copyOf(history);
    }
  }

  /**
   * The last files of a server.
   *
   * @param on the host that reads the archive, and the one instance that archives
   * @param timeline the server's timeline
   * @param last the last WAL file that it archived on that timeline, by its own report, or the last
   *     file to look for; none if neither is known
   */
  record ObserveRecent(
      Call call,
      HostWork on,
      Site.Archive archive,
      SystemIdentifier system,
      TimelineId timeline,
      WalSegmentSize walSegmentSize,
      List<WalFileName> last)
      implements OnHost {
    public ObserveRecent {
      last = List.copyOf(last);
    }
  }

  /**
   * What the archive holds of them.
   *
   * @param files how many WAL files were looked for
   * @param missing files that are missing or damaged, including the history file of its timeline
   * @param later later timelines that have a history file there; if no host can list the archive,
   *     only the next one is checked
   */
  record RecentArchived(
      InstanceId instance, long files, List<MissingWal> missing, List<TimelineId> later) {
    public RecentArchived {
      missing = List.copyOf(missing);
      later = List.copyOf(later);
    }
  }

  record AwaitScanned(Call call, HostWork on, List<WantedScan> scans, Duration atMost)
      implements OnHost {
    public AwaitScanned {
      scans = List.copyOf(scans);
    }
  }

  record AwaitDecoded(Call call, HostWork on, List<WantedChain> chains, Duration atMost)
      implements OnHost {
    public AwaitDecoded {
      chains = List.copyOf(chains);
    }
  }

  record WaysDecoded(HostName host, List<WayDecoded> ways, List<InstanceFailure> failures) {
    public WaysDecoded {
      ways = List.copyOf(ways);
      failures = List.copyOf(failures);
    }
  }

  /**
   * One instance's way to its target.
   *
   * @param damaged the first file that can't be decoded; none if none was found
   * @param notDecoded why not all WAL was decoded; empty if it was, or a file is damaged
   * @param missing the directories that its host lacks for tablespaces made on the way, one
   *     sentence each, as far as it was decoded
   */
  record WayDecoded(
      InstanceId instance, List<MissingWal> damaged, String notDecoded, List<String> missing) {
    public WayDecoded {
      damaged = List.copyOf(damaged);
      missing = List.copyOf(missing);
    }
  }

  /**
   * The WAL one instance would replay to a point.
   *
   * @param way from its start to the target that the manifest names
   */
  record WantedScan(RestorePointName point, WantedChain way) {}

  record AwaitArchived(Call call, HostWork on, List<WantedPoint> points, Duration atMost)
      implements OnHost {
    public AwaitArchived {
      points = List.copyOf(points);
    }
  }

  /**
   * One content's restore point to be found in the archive.
   *
   * @param owner the instance that created it
   * @param since the file of the last READY point on this content, or of this point if there is
   *     none
   * @param needed the oldest files that copies of this content still replay
   * @param transactions the WAL to decode for distributed transactions; none if none is decoded
   */
  record WantedPoint(
      InstanceId owner,
      RestorePointName point,
      ContentTarget target,
      Site.Archive archive,
      WalFileName since,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<WalFileName> needed,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<WantedTransactions> transactions) {
    public WantedPoint {
      needed = List.copyOf(needed);
      transactions = List.copyOf(transactions);
    }

    /** A point whose WAL is not decoded for distributed transactions. */
    public WantedPoint(
        InstanceId owner,
        RestorePointName point,
        ContentTarget target,
        Site.Archive archive,
        WalFileName since,
        List<WalFileName> needed) {
      this(owner, point, target, archive, since, needed, List.of());
    }

    /** The same without the files between the last READY point and this one. */
    public WantedPoint alone() {
      return new WantedPoint(owner, point, target, archive, target.walFile(), needed, transactions);
    }
  }

  /**
   * A range of one content's WAL, on its target's timeline. Both ends are ends of records.
   *
   * @param from where the first record may begin
   * @param until where the last one may end
   */
  record WantedTransactions(Lsn from, Lsn until) {}

  record PointsArchived(HostName host, List<PointArchived> points, List<InstanceFailure> failures) {
    public PointsArchived {
      points = List.copyOf(points);
      failures = List.copyOf(failures);
    }
  }

  /**
   * What the archive holds of one content's point.
   *
   * @param files the complete files with the point's record
   * @param records the restore points of that name decoded from those bytes
   * @param missing files that are missing or incomplete, from {@code since} on
   * @param notRead why the bytes of existing files can't be read; empty if they were read
   * @param gone the files that copies still need and the archive has removed, as far as it can be
   *     listed
   * @param transactions the decoded range; none if none was wanted, or the point's own bytes were
   *     not read
   * @param undecodable why pg_waldump did not come to the point's position in those bytes; empty if
   *     it did, or they were not read
   */
  record PointArchived(
      InstanceId owner,
      List<ArchivedWal> files,
      List<DecodedPoint> records,
      List<MissingWal> missing,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String notRead,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<WalFileName> gone,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<TransactionsArchived> transactions,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String undecodable) {
    public PointArchived(
        InstanceId owner,
        List<ArchivedWal> files,
        List<DecodedPoint> records,
        List<MissingWal> missing) {
      this(owner, files, records, missing, "", List.of());
    }

    /** A point whose WAL was not decoded for distributed transactions. */
    public PointArchived(
        InstanceId owner,
        List<ArchivedWal> files,
        List<DecodedPoint> records,
        List<MissingWal> missing,
        String notRead,
        List<WalFileName> gone) {
      this(owner, files, records, missing, notRead, gone, List.of(), "");
    }

    public PointArchived {
      files = List.copyOf(files);
      records = List.copyOf(records);
      missing = List.copyOf(missing);
      gone = List.copyOf(gone);
      transactions = List.copyOf(transactions);
    }
  }

  /**
   * The distributed transactions of a range of archived WAL.
   *
   * @param found the decoded points; valid only if nothing is late or unreadable
   * @param late the file of the range that is missing or incomplete so far; else empty
   * @param unreadable why the range could not be decoded to its end; else empty
   */
  record TransactionsArchived(DistributedTransactions found, String late, String unreadable) {

    /** A range that was decoded to its end. */
    public static TransactionsArchived read(DistributedTransactions found) {
      return new TransactionsArchived(found, "", "");
    }

    /** A range with a file that is missing so far. */
    public static TransactionsArchived late(String file) {
      return new TransactionsArchived(DistributedTransactions.NONE, file, "");
    }

    /** A range that can't be decoded. */
    public static TransactionsArchived unreadable(String why) {
      return new TransactionsArchived(DistributedTransactions.NONE, "", why);
    }
  }

  /**
   * A restore point record decoded from archived bytes.
   *
   * @param start where the record begins
   * @param end where it ends: the position pg_create_restore_point returned
   */
  record DecodedPoint(RestorePointName name, Lsn start, Lsn end) {}

  /**
   * A file that is missing or damaged.
   *
   * @param file its name: a WAL file or a history file
   * @param files how many files this entry stands for
   * @param reason {@code missing}, {@code 12 bytes instead of 16777216}, {@code page header of …}
   */
  record MissingWal(String file, Kind kind, long files, String reason) {
    public enum Kind {
      /** It does not exist in any form, as far as is known. */
      ABSENT,
      /** Something is there that is not that file. */
      DAMAGED,
      /** The last of a list that is too long: it counts as absent. */
      REST
    }

    /** A file that is damaged. */
    public MissingWal(String file, String reason) {
      this(file, Kind.DAMAGED, 1, reason);
    }

    /** A file that does not exist in any form. */
    public static MissingWal absent(String file) {
      return new MissingWal(file, Kind.ABSENT, 1, "missing");
    }

    /** The end of a list that is too long: its last file, and how many files it stands for. */
    public static MissingWal rest(String last, long files) {
      return new MissingWal(last, Kind.REST, files, "the last of " + files + " more like these");
    }
  }

  record ObserveChain(Call call, HostWork on, List<WantedChain> chains) implements OnHost {
    public ObserveChain {
      chains = List.copyOf(chains);
    }
  }

  /**
   * Where an instance's replay begins, and its position before.
   *
   * @param lsn where it begins: REDO, or the backup's start
   * @param timeline the timeline it begins on
   * @param floor what it must reach before its data is consistent; if that lies on a timeline that
   *     the way to the target has left, its data holds that WAL for good
   * @param checkpoint the latest checkpoint of its control file
   */
  record ReplayStart(
      Lsn lsn, TimelineId timeline, MinimumRecoveryEnd floor, LatestCheckpoint checkpoint) {}

  /**
   * The latest checkpoint of a control file. In a copy, production made it, and production's WAL
   * has it with the same time (CheckPoint.time in PostgreSQL's pg_control.h); a copy that was once
   * opened for writing made one itself.
   *
   * @param location where its record begins
   * @param time its time, to the second
   */
  record LatestCheckpoint(Lsn location, Instant time) {}

  /**
   * The WAL one instance needs.
   *
   * @param expected the target's files with the digests of the manifest
   */
  record WantedChain(
      InstanceId instance,
      ReplayStart from,
      ContentTarget target,
      Site.Archive archive,
      List<ArchivedWal> expected) {
    public WantedChain {
      expected = List.copyOf(expected);
    }
  }

  record ChainsObserved(HostName host, List<ChainObserved> chains, List<InstanceFailure> failures) {
    public ChainsObserved {
      chains = List.copyOf(chains);
      failures = List.copyOf(failures);
    }
  }

  /**
   * One instance's chain.
   *
   * @param first the first file it needs
   * @param last the target's file
   * @param files the number of WAL files
   * @param bytesToReplay from its start to the target
   * @param missing files that are missing or damaged; empty if the chain is complete
   */
  record ChainObserved(
      InstanceId instance,
      WalFileName first,
      WalFileName last,
      long files,
      long bytesToReplay,
      List<MissingWal> missing) {
    public ChainObserved {
      missing = List.copyOf(missing);
    }
  }
}
