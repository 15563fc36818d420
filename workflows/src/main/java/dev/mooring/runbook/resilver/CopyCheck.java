package dev.mooring.runbook.resilver;

import dev.mooring.port.CopyActivities.Absence;
import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.CopyActivities.NoConfiguration;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.resilver.Members.Outdated;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether base backups can be made where they are to be: programs of the primary's major version, a
 * directory beside the old one, a place for each of its tablespaces, and room for what the primary
 * has and a tenth more, on each file system of each host for all that are made there together, and
 * nothing that is to be put aside may be a file system of its own. A pg_wal that is a link needs
 * its room where that leads, for a rewind too. A tablespace's location may hold other versions'
 * directories, but none of this version that is not the instance's. A rewind needs the same but for
 * other room. It minds no file system within the data directory, which itself must not be one: it
 * is renamed.
 */
public final class CopyCheck {
  private static final String PROGRAM = "pg_basebackup";
  private static final String VERIFY = "pg_verifybackup";
  private static final String REWIND = "pg_rewind";

  /** Only what another system's data brought along is there, and goes aside with that. */
  private static final NoConfiguration ANOTHERS =
      new NoConfiguration(Absence.NONE, "what is in its place has another system's");

  private CopyCheck() {}

  /**
   * An instance that is made anew.
   *
   * @param directory what was seen of it
   * @param own whether what it holds is its own: another's configuration is not taken over
   */
  public record Copied(Instance instance, DirectorySeen directory, boolean own) {
    /** Over what is its own, or over nothing. */
    Copied(Instance instance, DirectorySeen directory) {
      this(instance, directory, true);
    }
  }

  /** Continues with the same instances. */
  static Verdict<List<Outdated>> judge(
      List<Outdated> copied, List<Outdated> rewound, DirectorySeen source) {
    return judgeAll(
            copied.stream().map(CopyCheck::of).toList(),
            rewound.stream().map(CopyCheck::of).toList(),
            source)
        .then(all -> Verdict.proceed(copied));
  }

  static Copied of(Outdated one) {
    return new Copied(one.instance(), one.directory());
  }

  /**
   * Of base backups alone.
   *
   * @param source the primary's directory; its tablespaces were looked for beside the others
   */
  public static Verdict<List<Copied>> judge(List<Copied> copied, DirectorySeen source) {
    return judgeAll(copied, List.of(), source);
  }

  private static Verdict<List<Copied>> judgeAll(
      List<Copied> copied, List<Copied> rewound, DirectorySeen source) {
    Optional<Verdict<List<Copied>>> refused =
        Stream.concat(
                copied.stream().map(one -> refused(one, List.of(PROGRAM, VERIFY), source)),
                rewound.stream().map(one -> refused(one, List.of(REWIND, PROGRAM, VERIFY), source)))
            .flatMap(Optional::stream)
            .findFirst();
    if (refused.isPresent()) {
      return refused.get();
    }
    for (Copied one : copied) {
      Optional<String> mounted = mounted(one);
      if (mounted.isPresent()) {
        return Verdict.never(FailureCode.HOST_REFUSED, mounted.get());
      }
    }
    return roomless(copied, source)
        .or(() -> rewound.stream().flatMap(one -> walRoomless(one, source).stream()).findFirst())
        .map(why -> Verdict.<List<Copied>>never(FailureCode.NO_ROOM, why))
        .orElse(Verdict.proceed(copied));
  }

  /** Why these can't all be copied at once, if the room on a file system does not suffice. */
  static Optional<String> roomless(List<Copied> copied, DirectorySeen source) {
    return rooms(copied, source).entrySet().stream()
        .filter(place -> place.getValue().needed() > place.getValue().free())
        .findFirst()
        .map(
            place ->
                String.format(
                    "base backups on %s, %s, need %d bytes (what %s has, and a tenth more), and %d"
                        + " are free there%s",
                    place.getKey().host(),
                    place.getKey().below(),
                    place.getValue().needed(),
                    source.instance(),
                    place.getValue().free(),
                    unusable(copied, place.getKey())));
  }

  /**
   * pg_rewind brings all of the source's WAL, and removes the instance's own at last; files of one
   * name are written over.
   */
  private static Optional<String> walRoomless(Copied rewound, DirectorySeen source) {
    long needed = withATenth(source.space().size().walBytes());
    return walElsewhere(rewound)
        .filter(wal -> needed > wal.bytes() + wal.freeBytes())
        .map(
            wal ->
                String.format(
                    "a rewind of %s brings the WAL of %s to %s, and may need %d bytes there (that"
                        + " WAL, and a tenth more): %d are taken by its own WAL, and %d are free",
                    rewound.instance().id(),
                    source.instance(),
                    wal.location(),
                    needed,
                    wal.bytes(),
                    wal.freeBytes()));
  }

  /** A pg_wal by a link that leads out of the data directory: that of a copy lies there too. */
  private static Optional<Elsewhere> walElsewhere(Copied one) {
    return one.directory().space().tablespaces().stream()
        .filter(place -> place.oid() == 0 && place.trouble().isEmpty())
        .findFirst();
  }

  /** What is of no use to a server there says what can be done about the room that it takes. */
  private static String unusable(List<Copied> copied, Place place) {
    return copied.stream()
        .filter(one -> one.instance().host().value().equals(place.host()))
        .map(one -> one.directory().contents())
        .filter(
            contents -> contents.kind() == Content.UNUSABLE || contents.kind() == Content.MISSING)
        .map(contents -> "; " + contents.why())
        .collect(Collectors.joining());
  }

  private static Optional<Verdict<List<Copied>>> refused(
      Copied one, List<String> programs, DirectorySeen source) {
    DirectorySeen here = one.directory();
    int major = source.contents().held().stream().mapToInt(Held::major).findFirst().orElse(0);
    if (here.programs().server().major() != major) {
      return Optional.of(
          Verdict.never(
              FailureCode.VERSION_DIFFERS,
              String.format(
                  "%s has programs of version %s, %s is of version %d",
                  one.instance().id(), here.programs().server(), source.instance(), major)));
    }
    Optional<String> unlike =
        here.programs().lacking().stream().filter(lacks -> isOf(programs, lacks)).findFirst();
    if (unlike.isPresent()) {
      return Optional.of(
          Verdict.never(
              FailureCode.VERSION_DIFFERS,
              String.format(
                  "%s's %s, its server program is of version %s and %s of %d",
                  one.instance().id(),
                  unlike.get().replace(" ", " is of version "),
                  here.programs().server(),
                  source.instance(),
                  major)));
    }
    return missing(one).or(() -> unconfigured(one, source)).or(() -> homeless(one, source));
  }

  /** A program, or a place beside the directory. */
  private static Optional<Verdict<List<Copied>>> missing(Copied one) {
    String trouble = one.directory().space().trouble();
    return Stream.of(PROGRAM, VERIFY)
        .filter(one.directory().programs().lacking()::contains)
        .findFirst()
        .map(
            program ->
                Verdict.<List<Copied>>never(
                    FailureCode.HOST_PROGRAM_MISSING,
                    "no " + program + " on the host of " + one.instance().id()))
        .or(
            () ->
                Optional.of(trouble)
                    .filter(why -> !why.isEmpty())
                    .map(
                        why ->
                            Verdict.never(
                                FailureCode.HOST_REFUSED, one.instance().id() + ": " + why)));
  }

  /** Whether it is there, of another major version: it would end in the midst of what it does. */
  private static boolean isOf(List<String> programs, String lacks) {
    return programs.stream().anyMatch(program -> lacks.startsWith(program + " "));
  }

  /**
   * Whether it has no configuration anywhere, and so gets that of the primary's directory, but for
   * what is of the primary alone.
   */
  public static boolean takesConfiguration(Copied one) {
    return (one.directory().contents().kind() != Content.READABLE || !one.own())
        && lost(one).filter(lost -> lost.absence() == Absence.NONE).isPresent();
  }

  /** Why it has none of its own. */
  private static Optional<NoConfiguration> lost(Copied one) {
    return !one.own() && !notBrought(one.directory()).contains("postgresql.conf")
        ? Optional.of(ANOTHERS)
        : one.directory().without().stream()
            .filter(lacks -> lacks.absence() != Absence.NOT_IN_BACKUP)
            .findFirst();
  }

  /** Files that its server needs to start, or to accept clients, and a backup does not bring. */
  private static List<String> notBrought(DirectorySeen source) {
    return source.without().stream()
        .filter(lacks -> lacks.absence() == Absence.NOT_IN_BACKUP)
        .map(NoConfiguration::what)
        .toList();
  }

  /** Its own stays where it is; one that has none gets what the primary's directory has. */
  private static Optional<Verdict<List<Copied>>> unconfigured(Copied one, DirectorySeen source) {
    Optional<NoConfiguration> lost = lost(one);
    boolean takes = takesConfiguration(one);
    List<String> missing = notBrought(source);
    if (lost.isEmpty() || (takes && missing.isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        Verdict.never(
            FailureCode.MISSING_ON_HOST,
            String.format(
                "%s: %s%s. Put its configuration there, or a link to where it is; on Debian below"
                    + " /etc/postgresql, with data_directory = '%s' in it",
                one.instance().id(),
                lost.get().what(),
                takes
                    ? String.format(
                        ", and %s has no %s in its own directory to give it",
                        source.instance(), String.join(", ", missing))
                    : "",
                one.instance().dataDirectory())));
  }

  /** All of them: what ends one trouble does not end another. */
  private static Optional<Verdict<List<Copied>>> homeless(Copied one, DirectorySeen source) {
    String homeless =
        one.directory().space().places().stream()
            .filter(place -> !place.trouble().isEmpty())
            .map(
                place ->
                    String.format(
                        "tablespace %s of %s has no place on the host of %s: %s",
                        place.location(), source.instance(), one.instance().id(), place.trouble()))
            .collect(Collectors.joining("; "));
    return Optional.of(homeless)
        .filter(any -> !any.isEmpty())
        .map(any -> Verdict.never(FailureCode.HOST_REFUSED, any));
  }

  private static Optional<String> mounted(Copied one) {
    return mounted(one.instance(), one.directory());
  }

  /**
   * Why no copy can take its place, if what has to be put aside is a file system of its own: that
   * can't be renamed. A rewind works where the data is, and minds none.
   */
  static Optional<String> mounted(Instance instance, DirectorySeen directory) {
    List<String> mounts = directory.space().mounts();
    return mounts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                "%s: %s can't be put aside for a copy, being a file system of its own. Mount it"
                    + " elsewhere, and put a link to a directory below that mount in its place",
                instance.id(), String.join(", ", mounts)));
  }

  /** Where its tablespaces are, as their server names them; a pg_wal elsewhere is none. */
  public static List<String> locations(DirectorySeen source) {
    return source.space().tablespaces().stream()
        .filter(place -> place.oid() != 0)
        .map(Elsewhere::location)
        .toList();
  }

  /** Tablespaces lie where the primary has them, and its pg_wal where the instance has its own. */
  private static SortedMap<Place, Room> rooms(List<Copied> copied, DirectorySeen source) {
    SortedMap<Place, Room> rooms = new TreeMap<>();
    for (Copied one : copied) {
      HostName host = one.instance().host();
      var space = one.directory().space();
      String below = "beside " + one.instance().dataDirectory();
      Optional<Elsewhere> wal = walElsewhere(one);
      long walBytes = source.space().size().walBytes();
      add(
          rooms,
          new Place(host.value(), space.fileSystem(), below),
          source.space().size().bytes() + (wal.isEmpty() ? walBytes : 0),
          space.freeBytes());
      wal.ifPresent(
          own ->
              add(
                  rooms,
                  new Place(host.value(), own.fileSystem(), "in " + own.location()),
                  walBytes,
                  own.freeBytes()));
      for (Elsewhere wanted : source.space().tablespaces()) {
        space.places().stream()
            .filter(mine -> mine.location().equals(wanted.location()))
            .forEach(
                mine ->
                    add(
                        rooms,
                        new Place(host.value(), mine.fileSystem(), "in " + mine.location()),
                        wanted.bytes(),
                        mine.freeBytes()));
      }
    }
    return rooms;
  }

  private static void add(SortedMap<Place, Room> rooms, Place place, long bytes, long free) {
    rooms.merge(
        place,
        new Room(withATenth(bytes), free),
        (one, other) ->
            new Room(one.needed() + other.needed(), Math.min(one.free(), other.free())));
  }

  private static long withATenth(long bytes) {
    return bytes + bytes / 10;
  }

  /** A file system of a host; {@code below} is for messages, and is not compared. */
  private record Place(String host, String fileSystem, String below) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byHost = host.compareTo(other.host);
      return byHost != 0 ? byHost : fileSystem.compareTo(other.fileSystem);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Place place && compareTo(place) == 0;
    }

    @Override
    public int hashCode() {
      return host.hashCode() + 31 * fileSystem.hashCode();
    }
  }

  private record Room(long needed, long free) {}
}
