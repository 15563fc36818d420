package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.Call;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.quoting.ShellWord;
import dev.mooring.runbook.ArchiveObservations;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * WAL that an archive lacks after a move between sites. The last READY point was created at another
 * site, whose archive has the files from there to the promotion. A publish proves every file since
 * that point, and nothing copies them automatically.
 *
 * @param target the point that is not READY, on a later timeline than these files
 * @param missing the files in WAL order; the last entry may stand for the rest of a list, on the
 *     timeline of the entry before it
 * @param atLeast whether more files are missing than the list names: it was too long, and ended on
 *     another timeline than the last file that it names
 * @param beside what else of that content is missing or damaged
 * @param to the instance that created the point; its host reads the archive that lacks the files
 * @param from the instance that created the last READY point; its host reads the archive that
 *     should have them
 */
record WalToCopy(
    ContentTarget target,
    List<MissingWal> missing,
    boolean atLeast,
    List<MissingWal> beside,
    Instance to,
    Instance from) {
  /** For more contents than this no archive is read and no command is shown. */
  private static final int SHOWN = 4;

  private static final int SSH_PORT = 22;

  /** Addresses of the host itself, on whichever host they are used. */
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.0\\.0\\.1|::1");

  WalToCopy {
    missing = List.copyOf(missing);
    beside = List.copyOf(beside);
  }

  /** Files of one timeline, from the first to the last. */
  private record Range(WalFileName first, WalFileName last) {
    Range to(Range later) {
      return new Range(first, later.last);
    }

    String inWords() {
      return first.equals(last) ? first.text() : first + " to " + last;
    }

    String condition() {
      return String.format("$0 >= \"%s\" && $0 <= \"%s\"", first, last);
    }
  }

  /**
   * The files to copy for each content that lacks any.
   *
   * @param last the last READY point
   * @param contents of the point that is not READY
   * @param seen the last observation of the archive
   */
  static List<WalToCopy> of(
      Cluster cluster,
      Optional<Manifest> last,
      List<ContentEvidence> contents,
      List<PointsArchived> seen) {
    List<WalToCopy> copies = new ArrayList<>();
    for (ContentEvidence content : contents) {
      Optional<Instance> to = instance(cluster, content.owner().instance());
      Optional<Instance> from =
          last.flatMap(manifest -> manifest.evidenceOf(content.target().content()))
              .flatMap(before -> instance(cluster, before.owner().instance()));
      if (to.isPresent() && from.isPresent() && archivesApart(cluster, from.get(), to.get())) {
        of(content.target(), missing(content, seen), to.get(), from.get()).ifPresent(copies::add);
      }
    }
    return copies;
  }

  private static Optional<WalToCopy> of(
      ContentTarget target, List<MissingWal> missing, Instance to, Instance from) {
    boolean atLeast = restIsOfTwoTimelines(missing);
    List<MissingWal> others =
        missing.stream().filter(m -> isOfBefore(m, target) && !(atLeast && isRest(m))).toList();
    if (others.isEmpty()) {
      return Optional.empty();
    }
    List<MissingWal> beside = missing.stream().filter(m -> !others.contains(m)).toList();
    return Optional.of(new WalToCopy(target, others, atLeast, beside, to, from));
  }

  private static boolean isRest(MissingWal missing) {
    return missing.kind() == MissingWal.Kind.REST;
  }

  /** Then it is unknown where the earlier timeline ends among the files that are not named. */
  private static boolean restIsOfTwoTimelines(List<MissingWal> missing) {
    int last = missing.size() - 1;
    return last > 0
        && isRest(missing.get(last))
        && !missing.get(last).file().regionMatches(0, missing.get(last - 1).file(), 0, 8);
  }

  /** The promoted instance archives its own WAL itself. */
  private static boolean isOfBefore(MissingWal missing, ContentTarget target) {
    return missing.kind() != MissingWal.Kind.DAMAGED
        && WalFileName.isOne(missing.file())
        && new WalFileName(missing.file()).timeline().compareTo(target.timeline()) < 0;
  }

  /** Sites may share an archive; a directory of the same name on two hosts may be two. */
  private static boolean archivesApart(Cluster cluster, Instance one, Instance other) {
    Site.Archive archive = archive(cluster, one);
    boolean shared =
        archive.equals(archive(cluster, other))
            && (archive.kindOf(one.content()).isPresent() || one.host().equals(other.host()));
    return !one.site().equals(other.site()) && !shared;
  }

  private static List<MissingWal> missing(ContentEvidence content, List<PointsArchived> seen) {
    return seen.stream()
        .flatMap(host -> host.points().stream())
        .filter(point -> point.owner().equals(content.owner().instance()))
        .map(PointArchived::missing)
        .findFirst()
        .orElse(List.of());
  }

  private static Optional<Instance> instance(Cluster cluster, InstanceId id) {
    return cluster.instances().stream().filter(i -> i.id().equals(id)).findFirst();
  }

  private static Site.Archive archive(Cluster cluster, Instance reader) {
    return cluster.site(reader.site()).orElseThrow().archive();
  }

  WalFileName first() {
    return new WalFileName(missing.get(0).file());
  }

  WalFileName last() {
    return new WalFileName(missing.get(missing.size() - 1).file());
  }

  /** How many files are missing, as far as the observation named them. */
  long files() {
    return missing.stream().mapToLong(MissingWal::files).sum();
  }

  /** The number of files from the first to the last; some of them may be in both archives. */
  private long span() {
    WalSegmentSize size = target.walSegmentSize();
    return last().segmentNumber(size) - first().segmentNumber(size) + 1;
  }

  /** One range for each timeline: names of different timelines don't sort in WAL order. */
  private List<Range> ranges() {
    Map<TimelineId, Range> ranges = new TreeMap<>();
    for (MissingWal one : missing) {
      WalFileName file = new WalFileName(one.file());
      ranges.merge(file.timeline(), new Range(file, file), Range::to);
    }
    return List.copyOf(ranges.values());
  }

  private String rangesInWords() {
    return ranges().stream().map(Range::inWords).collect(Collectors.joining(" and "));
  }

  /** Reads whether the other archives have the last of these files; a silent one is reported. */
  static ArchiveObservations.Seen lookedFor(Cluster cluster, Call call, List<WalToCopy> copies) {
    ArchiveObservations looks =
        new ArchiveObservations(cluster, call, ActivityPolicies.GLANCE::options);
    copies.stream()
        .limit(SHOWN)
        .forEach(
            copy ->
                looks.begin(
                    copy.from,
                    "look for " + copy.last() + " of content " + copy.content(),
                    copy.target.systemIdentifier(),
                    copy.last().timeline(),
                    copy.target.walSegmentSize(),
                    List.of(copy.last())));
    return looks.heard();
  }

  /**
   * The reasons, with one sentence instead of all file names; for many contents the first few, and
   * the number of the others.
   */
  static List<String> explained(
      Cluster cluster,
      List<String> reasons,
      List<WalToCopy> copies,
      ArchiveObservations.Seen looks) {
    List<String> explained = new ArrayList<>();
    for (String reason : reasons) {
      Optional<WalToCopy> copy =
          copies.stream().filter(one -> reason.startsWith(one.begins())).findFirst();
      if (copy.isEmpty()) {
        explained.add(reason);
      } else if (copies.indexOf(copy.get()) < SHOWN) {
        explained.add(copy.get().inWords(cluster, looks));
      }
    }
    explained.addAll(more(copies));
    return explained;
  }

  private static List<String> more(List<WalToCopy> copies) {
    int more = copies.size() - SHOWN;
    return more <= 0
        ? List.of()
        : List.of("and " + more + " more content" + (more == 1 ? "" : "s") + ", the same way");
  }

  private ContentId content() {
    return target.content();
  }

  private String begins() {
    return "content " + content() + ": ";
  }

  private String inWords(Cluster cluster, ArchiveObservations.Seen looks) {
    String which =
        files() == 1 && !atLeast
            ? "WAL file " + first() + " is missing"
            : (atLeast ? "at least " : "")
                + files()
                + " WAL files, "
                + rangesInWords()
                + ", are missing";
    return String.format(
        "%s%s in the archive of site %s (%s). The last READY point was made at site %s, before"
            + " production moved to site %s. The archive of site %s (%s) %s%s",
        begins(),
        which,
        to.site(),
        place(cluster, to),
        from.site(),
        to.site(),
        from.site(),
        place(cluster, from),
        standing(looks),
        beside.isEmpty() ? "" : "; and " + ManifestReadiness.inWords(beside));
  }

  private static String place(Cluster cluster, Instance reader) {
    Site.Archive archive = archive(cluster, reader);
    Optional<ArchiveKind> kind = archive.kindOf(reader.content());
    if (kind.isEmpty()) {
      return archive.directoryOf(reader.content()) + " on host " + reader.host();
    }
    return kind.get() instanceof ArchiveKind.Asked asked
        ? archive.directoryOf(reader.content())
            + ", asked by "
            + asked.commandOf(reader.content()).orElse("no command")
        : archive.placeOf(reader.content());
  }

  /** What the other archive has of these files, or why it could not be read. */
  private String standing(ArchiveObservations.Seen looks) {
    Optional<RecentArchived> seen = seen(looks);
    if (seen.isEmpty()) {
      String why =
          looks.unread().stream()
              .filter(unread -> unread.instance().equals(from.id()))
              .map(InstanceFailure::message)
              .findFirst()
              .orElse("no answer came");
      return "should have them; could not be read there: " + why;
    }
    List<MissingWal> neither = inNeither(looks);
    if (!neither.isEmpty()) {
      return "lacks them too: " + ManifestReadiness.inWords(neither);
    }
    List<MissingWal> histories =
        seen.get().missing().stream().filter(m -> !WalFileName.isOne(m.file())).toList();
    if (!histories.isEmpty()) {
      return "should have them; not found there: " + ManifestReadiness.inWords(histories);
    }
    long there = Math.min(span(), seen.get().files());
    return there == span()
        ? "has all of them"
        : "has the last " + there + " files of that range at least";
  }

  private Optional<RecentArchived> seen(ArchiveObservations.Seen looks) {
    return looks.archives().stream().filter(a -> a.instance().equals(from.id())).findFirst();
  }

  /** The files that are missing or damaged in the other archive too. */
  private List<MissingWal> inNeither(ArchiveObservations.Seen looks) {
    return seen(looks).stream()
        .flatMap(there -> there.missing().stream())
        .filter(lacking -> WalFileName.isOne(lacking.file()) && isAmongThem(lacking.file()))
        .toList();
  }

  private boolean isAmongThem(String file) {
    return missing.stream().anyMatch(one -> one.file().equals(file)) || isInRest(file);
  }

  /** The rest is on the timeline of the entry before it, so these names sort in WAL order. */
  private boolean isInRest(String file) {
    int last = missing.size() - 1;
    return last > 0
        && isRest(missing.get(last))
        && file.compareTo(missing.get(last - 1).file()) > 0
        && file.compareTo(missing.get(last).file()) < 0;
  }

  /** What to do: one act for each of the first contents, a command if possible, then publish. */
  static String hint(Cluster cluster, List<WalToCopy> copies, ArchiveObservations.Seen looks) {
    List<String> acts = new ArrayList<>();
    copies.stream().limit(SHOWN).forEach(copy -> acts.add(copy.act(cluster, looks)));
    acts.addAll(more(copies));
    return String.join("; ", acts) + "; then " + Commands.publish(cluster.name());
  }

  private String act(Cluster cluster, ArchiveObservations.Seen looks) {
    List<MissingWal> neither = inNeither(looks);
    if (!neither.isEmpty()) {
      String names = neither.stream().map(MissingWal::file).collect(Collectors.joining(", "));
      return String.format(
          "%s of content %s is in neither archive, look for it in pg_wal of %s and of %s",
          names, content(), from.id(), to.id());
    }
    Site.Archive there = archive(cluster, from);
    Site.Archive here = archive(cluster, to);
    if (there.kindOf(content()).isPresent() || here.kindOf(content()).isPresent()) {
      return String.format(
          "copy %s of content %s from %s to %s with the programs of these archives",
          rangesInWords(), content(), place(cluster, from), place(cluster, to));
    }
    return isNoWayIn(cluster)
        ? String.format(
            "copy %s from %s:%s to %s:%s",
            rangesInWords(),
            from.host(),
            there.directoryOf(content()),
            to.host(),
            here.directoryOf(content()))
        : command(cluster, there.directoryOf(content()), here.directoryOf(content()));
  }

  /** On the other site's host such an address would copy its archive to itself. */
  private boolean isNoWayIn(Cluster cluster) {
    return !from.host().equals(to.host())
        && LOOPBACK.matcher(cluster.host(to.host()).access().address()).matches();
  }

  /** Existing files are not replaced. */
  private String command(Cluster cluster, String there, String here) {
    List<Range> ranges = ranges();
    String named = ranges.stream().map(Range::condition).collect(Collectors.joining(" || "));
    return String.format(
        "on host %s run: cd %s && ls | awk %s | rsync -a --ignore-existing --files-from=-%s . %s",
        from.host(),
        ShellWord.quote(there),
        ShellWord.quote("length($0) == 24 && " + (ranges.size() == 1 ? named : "(" + named + ")")),
        remoteShell(cluster),
        ShellWord.quote(destination(cluster, here + "/")));
  }

  private String remoteShell(Cluster cluster) {
    HostAccess access = cluster.host(to.host()).access();
    boolean usual = access.kind() == HostAccess.Kind.LOCAL || access.port() == SSH_PORT;
    return usual || from.host().equals(to.host())
        ? ""
        : " -e " + ShellWord.quote("ssh -p " + access.port());
  }

  private String destination(Cluster cluster, String directory) {
    if (from.host().equals(to.host())) {
      return directory;
    }
    HostAccess access = cluster.host(to.host()).access();
    String address =
        access.address().contains(":") ? "[" + access.address() + "]" : access.address();
    return (access.user().isEmpty() ? "" : access.user() + "@") + address + ":" + directory;
  }
}
