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
import dev.mooring.postgres.WalFileName;
import dev.mooring.quoting.ShellWord;
import dev.mooring.runbook.ArchiveLooks;
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
import java.util.Optional;

/**
 * WAL that an archive lacks since the sites were swapped. The last READY point was made at another
 * site, whose archive has the files from there to the promotion. A publish proves every file since
 * that point, and nothing brings these by itself.
 *
 * @param target of the point that is not READY, on a later timeline than these files
 * @param first the first file that is missing
 * @param last the last one
 * @param files how many are missing
 * @param beside what else is missing of that content, or not as it should be
 * @param to who made the point; its host sees the archive that lacks them
 * @param from who made the last READY point; its host sees the archive that should have them
 */
record WalToCopy(
    ContentTarget target,
    WalFileName first,
    WalFileName last,
    long files,
    List<MissingWal> beside,
    Instance to,
    Instance from) {
  /** More contents than that are not looked for. */
  private static final int LOOKED_FOR = 32;

  private static final int SSH_PORT = 22;

  WalToCopy {
    beside = List.copyOf(beside);
  }

  /**
   * What is to be copied, of each content that lacks any.
   *
   * @param last the last READY point
   * @param contents of the point that is not READY
   * @param seen the last look at the archive
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
    List<MissingWal> others = missing.stream().filter(m -> isOfBefore(m, target)).toList();
    if (others.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new WalToCopy(
            target,
            new WalFileName(others.get(0).file()),
            new WalFileName(others.get(others.size() - 1).file()),
            others.stream().mapToLong(MissingWal::files).sum(),
            missing.stream().filter(m -> !isOfBefore(m, target)).toList(),
            to,
            from));
  }

  /** What the promoted instance writes itself it archives itself. */
  private static boolean isOfBefore(MissingWal missing, ContentTarget target) {
    return missing.notThere()
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

  /** Looks whether the other archives have the last of them; one that is silent is told. */
  static ArchiveLooks.Seen lookedFor(Cluster cluster, Call call, List<WalToCopy> copies) {
    ArchiveLooks looks = new ArchiveLooks(cluster, call, ActivityPolicies.GLANCE::options);
    copies.stream()
        .limit(LOOKED_FOR)
        .forEach(
            copy ->
                looks.begin(
                    copy.from,
                    "look for " + copy.last + " of content " + copy.content(),
                    copy.target.systemIdentifier(),
                    copy.last.timeline(),
                    copy.target.walSegmentSize(),
                    List.of(copy.last)));
    return looks.heard();
  }

  /** The reasons, with one sentence in place of all the names of files that are to be copied. */
  static List<String> explained(
      Cluster cluster, List<String> reasons, List<WalToCopy> copies, ArchiveLooks.Seen looks) {
    List<String> explained = new ArrayList<>();
    for (String reason : reasons) {
      explained.add(
          copies.stream()
              .filter(copy -> reason.startsWith(copy.begins()))
              .findFirst()
              .map(copy -> copy.inWords(cluster, looks))
              .orElse(reason));
    }
    return explained;
  }

  private ContentId content() {
    return target.content();
  }

  private String begins() {
    return "content " + content() + ": ";
  }

  private String inWords(Cluster cluster, ArchiveLooks.Seen looks) {
    String which =
        files == 1
            ? "WAL file " + first + " is missing"
            : files + " WAL files, " + first + " to " + last + ", are missing";
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

  /** What was seen there: the last files that it has, or why they were not seen. */
  private String standing(ArchiveLooks.Seen looks) {
    Optional<RecentArchived> seen =
        looks.archives().stream().filter(a -> a.instance().equals(from.id())).findFirst();
    if (seen.isEmpty()) {
      String why =
          looks.unread().stream()
              .filter(unread -> unread.instance().equals(from.id()))
              .map(InstanceFailure::message)
              .findFirst()
              .orElse("it was not looked at");
      return "should have them; not seen there: " + why;
    }
    List<MissingWal> lacking = seen.get().missing().stream().filter(this::isAmongThem).toList();
    if (!lacking.isEmpty()) {
      return "should have them; not seen there: " + ManifestReadiness.inWords(lacking);
    }
    long there = Math.min(files, seen.get().files());
    return there == files ? "has all of them" : "has the last " + there + " of them at least";
  }

  /** Without the history of their timeline nobody can tell what there should be. */
  private boolean isAmongThem(MissingWal lacking) {
    return !WalFileName.isOne(lacking.file())
        || (lacking.file().compareTo(first.text()) >= 0
            && lacking.file().compareTo(last.text()) <= 0);
  }

  /** What to type: a command for each content, then the next publish. */
  static String hint(Cluster cluster, List<WalToCopy> copies) {
    List<String> commands = new ArrayList<>();
    copies.forEach(copy -> commands.add(copy.command(cluster)));
    return String.join("; ", commands) + "; then " + Commands.publish(cluster.name());
  }

  /** Files that are there already are not replaced. */
  private String command(Cluster cluster) {
    Site.Archive there = archive(cluster, from);
    Site.Archive here = archive(cluster, to);
    if (there.kindOf(content()).isPresent() || here.kindOf(content()).isPresent()) {
      return String.format(
          "copy %s to %s of content %s from %s to %s with the programs of these archives",
          first, last, content(), place(cluster, from), place(cluster, to));
    }
    String named = String.format("length($0) == 24 && $0 >= \"%s\" && $0 <= \"%s\"", first, last);
    return String.format(
        "on host %s run: cd %s && ls | awk %s | rsync -a --ignore-existing --files-from=-%s . %s",
        from.host(),
        ShellWord.quote(there.directoryOf(content())),
        ShellWord.quote(named),
        remoteShell(cluster),
        ShellWord.quote(destination(cluster, here.directoryOf(content()) + "/")));
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
