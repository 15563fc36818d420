package dev.mooring.activities.copy;

import dev.mooring.activities.host.Said;
import dev.mooring.port.CopyActivities.Absence;
import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.Contents;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Flags;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.CopyActivities.NoConfiguration;
import dev.mooring.port.CopyActivities.Programs;
import dev.mooring.port.CopyActivities.Transactions;
import dev.mooring.port.CopyActivities.WalEnd;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.DirectorySpace;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.DirectorySpace.Place;
import dev.mooring.port.DirectorySpace.Size;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalDump;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns the output of {@code directory.sh} and {@code keep.sh} into the port's answers. */
final class DirectoryReading {
  private static final long KILOBYTE = 1024;
  private static final String HISTORY = "history.";
  private static final int HISTORY_DIGITS = 8;
  private static final int ELSEWHERE_FIELDS = 5;
  private static final int PLACE_FIELDS = 3;
  private static final long UNLISTED = -1;

  private DirectoryReading() {}

  static DirectorySeen seen(InstanceId instance, Said said) {
    Content content = said.one("content", Content.class);
    return new DirectorySeen(
        instance,
        said.one("process", ServerProcess.class),
        new Contents(
            content,
            String.join("; ", said.lines("why")),
            content == Content.READABLE ? List.of(data(said)) : List.of()),
        space(said),
        programs(said),
        said.lines("aside"),
        said.lines("without").stream().map(DirectoryReading::noConfiguration).toList());
  }

  private static NoConfiguration noConfiguration(String line) {
    String[] fields = line.split(" ", 2);
    return Stream.of(Absence.values())
        .filter(absence -> fields.length == 2 && absence.name().equals(fields[0]))
        .findFirst()
        .map(absence -> new NoConfiguration(absence, fields[1]))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'without' must be one of "
                        + List.of(Absence.values())
                        + " and a file, got '"
                        + line
                        + "'"));
  }

  /** With those that are missing or of another major version than the server. */
  private static Programs programs(Said said) {
    ServerVersion server = ServerVersion.ofProgram(said.text("server"));
    List<String> lacking = new ArrayList<>(said.words("lacking"));
    for (String line : said.lines("programs")) {
      ServerVersion version = ServerVersion.ofProgram(line);
      if (version.major() != server.major()) {
        lacking.add(line.strip().split(" ", 2)[0] + " " + version);
      }
    }
    return new Programs(server, lacking);
  }

  private static Held data(Said said) {
    ControlData control = ControlData.parse(said.text("control"));
    WalSegmentSize size = control.identity().layout().walSegmentSize();
    boolean unread = said.optional("wal_unread").isPresent();
    return new Held(
        Integer.parseInt(said.text("data_major").strip()),
        control,
        new Flags(
            said.optional("standby_signal").isPresent(),
            said.optional("unfinished_backup").isPresent(),
            said.optional("hint_bits").isPresent(),
            said.optional("full_pages").isPresent()),
        histories(said),
        (unread ? Optional.of(unread(control, said)) : end(control, said)).stream().toList(),
        said.optional("oldest").stream()
            .map(name -> new WalFileName(name.strip()).startLsn(size))
            .toList(),
        unread);
  }

  private static List<TimelineHistory> histories(Said said) {
    return said.sections().entrySet().stream()
        .filter(section -> section.getKey().startsWith(HISTORY))
        .map(section -> history(section.getKey().substring(HISTORY.length()), section.getValue()))
        .sorted(Comparator.comparing(TimelineHistory::of))
        .toList();
  }

  private static TimelineHistory history(String file, String text) {
    String digits = file.substring(0, Math.min(HISTORY_DIGITS, file.length()));
    return TimelineHistory.parse(TimelineId.ofHex(digits), text);
  }

  /**
   * Where its WAL ends. If no record could be read it is the control file's position: a standby has
   * replayed no further than its minimum recovery end.
   */
  private static Optional<WalEnd> end(ControlData control, Said said) {
    ControlData.Layout layout = control.identity().layout();
    Optional<String> timeline = said.optional("wal_timeline").map(String::strip);
    Optional<String> last = said.optional("wal_last").map(String::strip).filter(l -> !l.isEmpty());
    if (timeline.isPresent() && last.isPresent()) {
      Lsn end = WalDump.endOf(last.get(), layout.walBlockSize(), layout.walSegmentSize());
      return Optional.of(new WalEnd(TimelineId.ofDecimal(timeline.get()), end, true));
    }
    if (said.one("process", ServerProcess.class) == ServerProcess.RUNNING) {
      return Optional.empty();
    }
    if (control.recovery().minimumEnd() instanceof MinimumRecoveryEnd.At at) {
      return Optional.of(new WalEnd(at.timeline(), at.lsn(), false));
    }
    return Optional.of(
        new WalEnd(control.checkpoint().timeline(), control.checkpoint().location(), false));
  }

  /** The timeline, from the names of its files. */
  private static WalEnd unread(ControlData control, Said said) {
    return new WalEnd(
        TimelineId.ofDecimal(said.text("wal_timeline").strip()),
        control.checkpoint().location(),
        false);
  }

  private static DirectorySpace space(Said said) {
    return new DirectorySpace(
        new Size(bytes(said.number("kilobytes")), bytes(said.number("wal_kb"))),
        bytes(said.number("free_kb")),
        said.text("file_system").strip(),
        said.text("trouble").strip(),
        said.lines("elsewhere").stream().map(DirectoryReading::elsewhere).toList(),
        said.lines("places").stream().map(DirectoryReading::place).toList(),
        said.lines("mounts"));
  }

  /** The path may hold spaces, the trouble follows a tab. */
  private static Place place(String line) {
    String[] fields = line.split(" ", PLACE_FIELDS);
    if (fields.length < PLACE_FIELDS || !fields[2].contains("\t")) {
      throw new IllegalArgumentException(
          "'places' must be file system, free kB and path, a tab and trouble, got '" + line + "'");
    }
    String[] path = fields[2].split("\t", 2);
    return new Place(path[0], bytes(Long.parseLong(fields[1])), fields[0], path[1]);
  }

  /** The path may hold spaces, the trouble follows a tab. */
  private static Elsewhere elsewhere(String line) {
    String[] fields = line.split(" ", ELSEWHERE_FIELDS);
    if (fields.length < ELSEWHERE_FIELDS || !fields[4].contains("\t")) {
      throw new IllegalArgumentException(
          "'elsewhere' must be number, kB, file system, free kB and path, a tab and trouble, got '"
              + line
              + "'");
    }
    String[] path = fields[4].split("\t", 2);
    return new Elsewhere(
        Long.parseLong(fields[0]),
        path[0],
        bytes(Long.parseLong(fields[1])),
        bytes(Long.parseLong(fields[3])),
        fields[2],
        path[1]);
  }

  private static long bytes(long kilobytes) {
    return Math.multiplyExact(kilobytes, KILOBYTE);
  }

  static WalKept kept(InstanceId instance, Said said) {
    String unlisted =
        String.join("; ", said.optional("unlisted").stream().flatMap(String::lines).toList());
    return new WalKept(
        instance,
        said.text("directory").strip(),
        Math.toIntExact(said.number("files")),
        said.number("bytes"),
        said.sha256("digest"),
        new Transactions(
            unlisted.isEmpty() ? said.number("commits") : UNLISTED,
            said.lines("listed"),
            unlisted));
  }
}
