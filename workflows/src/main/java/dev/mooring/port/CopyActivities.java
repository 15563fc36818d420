package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/**
 * Data directories made anew from a primary's. A copy is made beside the data directory and a
 * rewind works on one that was renamed, so that what bears the instance's name is never half made:
 * no launcher can start it. A directory comes to its place with its own configuration and with
 * {@code standby.signal}.
 *
 * <p>Copying runs detached on the instance's host, under a marker named by run and instance; it has
 * a time limit of its own. A repeated call finds it: a lost worker never causes a second one.
 */
@ActivityInterface
public interface CopyActivities {

  /** How long a patient look at directories may take. */
  Duration LOOKING_AT_MOST = Duration.ofMinutes(15);

  /** How long keeping WAL aside may take. */
  Duration KEEPING_AT_MOST = Duration.ofHours(4);

  /**
   * Reads the data directory of each instance of a host; changes nothing. One that is missing,
   * empty or unreadable is an answer, not a failure; so is one whose WAL could not be read to its
   * end within an observation ({@link Held#walUnread}): a patient one takes {@link
   * #LOOKING_AT_MOST}.
   */
  DirectoriesObserved observeDirectories(ObserveDirectories request);

  /**
   * Copies WAL that may hold lost transactions to Mooring's directory on the host, seals it by a
   * list of digests, and lists its transactions, with room checked first ({@link
   * FailureCode#NO_ROOM}). It is on disk when this returns. What was a primary and is down is
   * fenced before. It runs detached, for {@link #KEEPING_AT_MOST}. Repeated, it waits for the one
   * that runs, or answers what was kept; other WAL is kept beside that. {@link
   * FailureCode#STATE_UNREADABLE} if it can't be read.
   */
  WalKept ensureWalKept(KeepWal request);

  /**
   * Starts a copy or a rewind. All bytes of a copy are verified by its manifest before it is done.
   * A rewind stops the server, tries the settings of its crash recovery and renames its directory;
   * its configuration was kept by then. What was a primary and is down is fenced before it is
   * copied, unless it is another system's ({@link Copy#system}). Repeated, it finds the one that
   * runs or ran; a copy that ended badly is begun anew.
   *
   * <p>{@link FailureCode#TWO_PRIMARIES} if the server accepts writes; {@link FailureCode#NO_ROOM}
   * if nothing can be made beside the directory; {@link FailureCode#HOST_REFUSED} if a directory
   * that a rewind left lies beside one that bears the instance's name.
   */
  CopyRuns ensureCopying(Copy request);

  /** Waits until it ended, or the limit is over; its progress is in the heartbeat. */
  CopyAwaited awaitCopied(AwaitCopied request);

  /**
   * Brings what was made to its place: the server that may still run is stopped, the old directory
   * is put aside by its name, the new one gets its configuration and its name. In the location of a
   * tablespace only the directory of this version is replaced, and only if the old directory's
   * links lead there. Each file of a base backup is looked for where the server will; after that
   * the old directory is removed if it is not kept. Repeated, it finds it there.
   *
   * <p>{@link FailureCode#OUTCOME_UNKNOWN} when the copy did not end well; {@link
   * FailureCode#HOST_REFUSED} when something of it is not in its place: the old directory is there
   * then.
   */
  CopyPlaced ensurePlaced(Copy request);

  /**
   * Takes back what was not placed: what runs is ended. Of a base backup, what it made and its
   * marker are removed. A directory that a rewind was begun in gets its name back, fenced; if its
   * data was being changed, it says so when it is read: it can be copied anew, not started. What
   * was fenced stays so, since another accepts writes. The run may go on after a rewind's.
   */
  CopyReverted revertCopying(Copy request);

  /**
   * Runs a command of the cluster file on the instance's host, as the account that acts there, and
   * holds the host's lock meanwhile, so that no two of a cluster run at once. Repeated, it runs it
   * again: if its worker was lost, it is not known how far it came. {@link
   * FailureCode#HOST_REFUSED} if it ended with another status than 0, or was ended at its limit.
   */
  CommandRun ensureCommandRun(RunCommand request);

  /** Removes old directories that runs kept for which this was called, all but the newest. */
  OldRemoved ensureOldRemoved(Copy request);

  /**
   * Runs a command around the making of an instance.
   *
   * @param on one instance
   * @param setting that holds the command, for people
   * @param template with {@code {instance}}, {@code {address}}, {@code {port}}, {@code
   *     {data_directory}} and {@code {primary}}
   * @param primary that the instance is made from
   */
  record RunCommand(
      Call call, HostWork on, String setting, String template, InstanceId primary, Duration within)
      implements OnHost {}

  /** A command that ended well, and the beginning of what it printed. */
  record CommandRun(InstanceId instance, String printed) {}

  /**
   * A reading of directories.
   *
   * @param places where the primary has its tablespaces: a copy would have them there too
   * @param patient whether WAL is read to its end however long that takes
   */
  record ObserveDirectories(
      Call call,
      HostWork on,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> places,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean patient)
      implements OnHost {
    public ObserveDirectories {
      places = List.copyOf(places);
    }

    /** As long as an observation takes. */
    public ObserveDirectories(Call call, HostWork on, List<String> places) {
      this(call, on, places, false);
    }

    /** With no tablespace to be looked for. */
    public ObserveDirectories(Call call, HostWork on) {
      this(call, on, List.of());
    }
  }

  record DirectoriesObserved(
      HostName host, List<DirectorySeen> seen, List<InstanceFailure> failures) {
    public DirectoriesObserved {
      seen = List.copyOf(seen);
      failures = List.copyOf(failures);
    }
  }

  /**
   * A data directory.
   *
   * @param contents what is in it
   * @param space what it takes, and what is left for another
   * @param programs those of its host
   * @param aside old directories that were kept beside it, oldest first
   * @param without its configuration, as far as it is not there
   */
  record DirectorySeen(
      InstanceId instance,
      InstanceObserved.ServerProcess process,
      Contents contents,
      DirectorySpace space,
      Programs programs,
      List<String> aside,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<NoConfiguration> without) {
    public DirectorySeen {
      aside = List.copyOf(aside);
      without = List.copyOf(without);
    }
  }

  /**
   * A configuration that is not there.
   *
   * @param what the file that a backup does not bring; else why its own server finds none
   */
  record NoConfiguration(Absence absence, String what) {}

  /** No backup brings that file; or its server has none anywhere, or none that is clear. */
  enum Absence {
    NOT_IN_BACKUP,
    NONE,
    UNCLEAR
  }

  /**
   * The contents of a data directory.
   *
   * @param why of one that can't be used, one sentence; else empty
   * @param held of one that can be read, what is in it: one, or none
   */
  record Contents(Content kind, String why, List<Held> held) {
    public Contents {
      held = List.copyOf(held);
    }
  }

  /**
   * The programs of a host.
   *
   * @param server version of the server program
   * @param lacking those that a copy needs and the host has not; one of another major version than
   *     the server program's with its own, as {@code pg_rewind 14.22}
   */
  record Programs(ServerVersion server, List<String> lacking) {
    public Programs {
      lacking = List.copyOf(lacking);
    }
  }

  enum Content {
    /** Nothing bears its name. */
    MISSING,
    EMPTY,
    /** There is something in it that no server can be started on. */
    UNUSABLE,
    /** The directory can be read. */
    READABLE
  }

  /**
   * What a data directory holds.
   *
   * @param major that made it (PG_VERSION)
   * @param flags what its next start and a rewind depend on
   * @param histories of the timelines it knows, but that of timeline 1, which has none
   * @param wal where its own WAL ends; none while a server runs, which is to be asked itself
   * @param oldest the position at which the oldest file of its pg_wal begins; one, or none
   * @param walUnread whether there was no time to read its WAL to its end: wal has its timeline
   *     then, and not its end
   */
  record Held(
      int major,
      ControlData control,
      Flags flags,
      List<TimelineHistory> histories,
      List<WalEnd> wal,
      List<Lsn> oldest,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean walUnread) {
    public Held {
      histories = List.copyOf(histories);
      wal = List.copyOf(wal);
      oldest = List.copyOf(oldest);
    }

    /** Of one whose WAL was read, or did not have to be. */
    public Held(
        int major,
        ControlData control,
        Flags flags,
        List<TimelineHistory> histories,
        List<WalEnd> wal,
        List<Lsn> oldest) {
      this(major, control, flags, histories, wal, oldest, false);
    }
  }

  /**
   * What a start and a rewind depend on.
   *
   * @param standbySignal standby.signal is there
   * @param unfinishedBackup a base backup that was not replayed to its end
   * @param hintBits whether WAL has hint bits (wal_log_hints) or pages checksums: without either
   *     pg_rewind can't find what changed
   * @param fullPages whether its last checkpoint was made with full_page_writes
   */
  record Flags(
      boolean standbySignal, boolean unfinishedBackup, boolean hintBits, boolean fullPages) {}

  /**
   * Where WAL ends.
   *
   * @param timeline the last one that WAL is there of
   * @param end behind the last record that can be read; the control file's word if its WAL is not
   *     there
   * @param read whether WAL was read to its end
   */
  record WalEnd(TimelineId timeline, Lsn end, boolean read) {}

  /**
   * Keeps WAL.
   *
   * @param on one instance
   * @param from where it parted from the primary; none to keep all that is there
   */
  record KeepWal(Call call, HostWork on, List<Lsn> from) implements OnHost {
    public KeepWal {
      from = List.copyOf(from);
    }
  }

  /**
   * WAL that is kept.
   *
   * @param directory on its host
   * @param digest SHA-256 of the list of digests, which is there as SHA256SUMS
   * @param transactions the transactions that are committed in it
   */
  record WalKept(
      InstanceId instance,
      String directory,
      int files,
      long bytes,
      String digest,
      Transactions transactions) {}

  /**
   * The transactions that are committed in WAL.
   *
   * @param commits how many; -1 if not all can be listed
   * @param listed the first of them, as pg_waldump prints them; all are there in transactions.txt
   * @param unlisted why the list is not all of them; empty if it is
   */
  record Transactions(
      long commits,
      List<String> listed,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String unlisted) {
    public Transactions {
      listed = List.copyOf(listed);
    }
  }

  enum Way {
    REWIND,
    BASE_BACKUP
  }

  /**
   * A copy or a rewind.
   *
   * @param on one instance
   * @param source what it is made from
   * @param limits of it
   * @param own settings of an instance that has no configuration to keep, such as port
   * @param system whose data the instance's own is, if its directory may hold another's: what is
   *     not of that system gives the copy no configuration and is not fenced. None if everything
   *     that is there is the instance's own
   */
  record Copy(
      Call call,
      HostWork on,
      Way way,
      Source source,
      CopyLimits limits,
      List<OwnSetting> own,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<SystemIdentifier> system)
      implements OnHost {
    public Copy {
      own = List.copyOf(own);
      system = List.copyOf(system);
    }

    public Copy by(Call another) {
      return new Copy(another, on, way, source, limits, own, system);
    }

    /** The same if the instance's own is of that system, and no other data there is. */
    public Copy ownOnlyOf(SystemIdentifier ours) {
      return new Copy(call, on, way, source, limits, own, List.of(ours));
    }
  }

  /** A setting of an instance, as its configuration file has it. */
  record OwnSetting(String name, String value) {}

  /**
   * What a directory is made from.
   *
   * @param from how it is connected to; its slot keeps the WAL that the copy needs
   * @param database that a rewind connects to
   * @param restoreCommand with %f and %p, for WAL that a rewind lacks; empty for none
   * @param tablespaces where they are there
   */
  record Source(
      RoleActivities.Upstream from,
      String database,
      String restoreCommand,
      List<DirectorySpace.Elsewhere> tablespaces) {
    /**
     * What a copy calls itself to the source: no standby's name, or commits that wait for that
     * standby would go on by a copy that is half made.
     */
    public static final String APPLICATION = "mooring_copy";

    public Source {
      tablespaces = List.copyOf(tablespaces);
    }
  }

  /**
   * Limits of a copy.
   *
   * @param bytesPerSecond at most; 0 for no limit
   * @param atMost how long it may take
   * @param keepOld whether the old directory is kept aside
   */
  record CopyLimits(long bytesPerSecond, Duration atMost, boolean keepOld) {}

  /** That it runs, or ran. */
  record CopyRuns(InstanceId instance, boolean begun) {}

  record AwaitCopied(Copy copy, Duration atMost) implements OnHost {
    @Override
    public Call call() {
      return copy.call();
    }

    @Override
    public HostWork on() {
      return copy.on();
    }
  }

  /**
   * How far it is, in a heartbeat and at its end.
   *
   * @param bytes copied
   * @param ofBytes to be copied, as far as it is known
   * @param percent of it
   */
  record CopyProgress(InstanceId instance, long bytes, long ofBytes, int percent) {}

  enum CopyState {
    DONE,
    FAILED,
    TIMED_OUT,
    /** The copy ended without a word: its host was restarted, or a person killed it. */
    DIED,
    /** The copy continues; the wait is over. */
    RUNNING
  }

  /**
   * How it ended.
   *
   * @param words the last it said
   */
  record CopyAwaited(InstanceId instance, CopyState state, CopyProgress progress, String words) {}

  /**
   * A directory in its place.
   *
   * @param old where the old one is kept; empty if there was none, or it was removed
   */
  record CopyPlaced(InstanceId instance, String old) {}

  /**
   * The copy that was taken back.
   *
   * @param placed whether it was in its place already, and was left there
   */
  record CopyReverted(InstanceId instance, boolean placed) {}

  record OldRemoved(InstanceId instance, List<String> removed) {
    public OldRemoved {
      removed = List.copyOf(removed);
    }
  }
}
