package dev.mooring.activities.archive;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The files that an observation found in an archive between two positions.
 *
 * @param sizes the size of each WAL file that could be read, of every timeline
 * @param headers the first page's header of each file of full size
 * @param listed the WAL files that the archive lists, with their size if it lists sizes
 * @param otherForms files in place of a WAL file that are none: compressed or not whole
 * @param history the target timeline's history, if it is the first timeline or the file is there
 */
record ArchiveListing(
    Map<WalFileName, Long> sizes,
    Map<WalFileName, WalPageHeader> headers,
    Map<WalFileName, OptionalLong> listed,
    Map<WalFileName, String> otherForms,
    Optional<TimelineHistory> history) {
  /** A gap of thousands of files is named by its beginning. */
  private static final int NAMED_AT_MOST = 50;

  ArchiveListing {
    sizes = Map.copyOf(sizes);
    headers = Map.copyOf(headers);
    listed = Map.copyOf(listed);
    otherForms = Map.copyOf(otherForms);
  }

  static ArchiveListing of(Said said, ContentTarget target) {
    long bytes = target.walSegmentSize().bytes();
    Map<WalFileName, Long> sizes = new HashMap<>();
    List<WalFileName> whole = new ArrayList<>();
    for (String line : said.text("files").lines().filter(l -> !l.isBlank()).toList()) {
      if (!line.matches("[0-9A-F]{24} [0-9]{1,18}")) {
        throw new IllegalArgumentException(
            "'files' must have lines of a WAL file's name and its size, got '" + line + "'");
      }
      int space = line.indexOf(' ');
      WalFileName file = new WalFileName(line.substring(0, space));
      long size = Long.parseLong(line.substring(space + 1));
      sizes.put(file, size);
      if (size == bytes) {
        whole.add(file);
      }
    }
    return new ArchiveListing(
        sizes,
        headers(said, whole, bytes),
        listed(said),
        Map.of(),
        history(said, target.timeline()));
  }

  private static Map<WalFileName, OptionalLong> listed(Said said) {
    Map<WalFileName, OptionalLong> listed = new HashMap<>();
    for (String line : said.optional("listed").orElse("").lines().toList()) {
      if (line.matches("[0-9A-F]{24} ([0-9]{1,18}|-)")) {
        String size = line.substring(line.indexOf(' ') + 1);
        listed.put(
            new WalFileName(line.substring(0, line.indexOf(' '))),
            size.equals("-") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(size)));
      } else if (!line.isBlank() && !line.matches("[0-9A-F]{8}[.]history .*")) {
        throw new IllegalArgumentException(
            "'listed' must have lines of a file's name and its size or -, got '" + line + "'");
      }
    }
    return listed;
  }

  /** The same, and these files are there, too, with these page headers. */
  ArchiveListing with(
      Map<WalFileName, OptionalLong> present, Map<WalFileName, WalPageHeader> theirs) {
    Map<WalFileName, OptionalLong> all = new HashMap<>(listed);
    present.forEach(all::putIfAbsent);
    Map<WalFileName, WalPageHeader> first = new HashMap<>(headers);
    theirs.forEach(first::putIfAbsent);
    return new ArchiveListing(sizes, first, all, otherForms, history);
  }

  /** The same listing, with what an observation found in a bucket. */
  ArchiveListing with(BucketWal.Seen seen) {
    Map<WalFileName, OptionalLong> present = new HashMap<>();
    seen.sizes().forEach((file, size) -> present.put(file, OptionalLong.of(size)));
    return new ArchiveListing(sizes, headers, listed, seen.otherForms(), history)
        .with(present, seen.headers());
  }

  private static Map<WalFileName, WalPageHeader> headers(
      Said said, List<WalFileName> whole, long bytes) {
    List<String> lines = said.text("headers").lines().filter(l -> !l.isBlank()).toList();
    if (lines.size() != whole.size()) {
      throw new InstanceRefusal(
          FailureCode.STATE_UNREADABLE,
          "the archive changed while it was read: "
              + whole.size()
              + " whole WAL files, "
              + lines.size()
              + " page headers");
    }
    Map<WalFileName, WalPageHeader> headers = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      headers.put(whole.get(i), WalPageHeader.parse(lines.get(i), bytes));
    }
    return headers;
  }

  static Optional<TimelineHistory> history(Said said, TimelineId timeline) {
    return timeline.equals(TimelineId.FIRST)
        ? Optional.of(TimelineHistory.first())
        : said.optional("history").map(text -> TimelineHistory.parse(timeline, text));
  }

  /** The needed files that are missing or wrong. */
  List<MissingWal> missing(List<WalFileName> needed, ContentTarget target) {
    List<MissingWal> missing = new ArrayList<>();
    int more = 0;
    WalFileName last = target.walFile();
    for (WalFileName file : needed) {
      Optional<MissingWal> fault = fault(file, target);
      if (fault.isPresent() && missing.size() < NAMED_AT_MOST) {
        missing.add(fault.get());
      } else if (fault.isPresent()) {
        more++;
        last = file;
      }
    }
    if (more > 0) {
      missing.add(MissingWal.rest(last.text(), more));
    }
    return missing;
  }

  private Optional<MissingWal> fault(WalFileName file, ContentTarget target) {
    return !sizes.containsKey(file) && !listed.containsKey(file) && !otherForms.containsKey(file)
        ? Optional.of(MissingWal.absent(file.text()))
        : damage(file, target).map(why -> new MissingWal(file.text(), why));
  }

  private Optional<String> damage(WalFileName file, ContentTarget target) {
    Long size = sizes.get(file);
    if (size == null) {
      return notRead(file, target);
    }
    WalPageHeader header = headers.get(file);
    if (header == null) {
      return Optional.of(wrongSize(size, target.walSegmentSize().bytes()));
    }
    return header.fault(file, target).or(() -> otherFormat(header, target));
  }

  private Optional<String> notRead(WalFileName file, ContentTarget target) {
    OptionalLong size = listed.get(file);
    if (size == null) {
      return Optional.of(
          "missing: there is only " + otherForms.get(file) + ", which is no WAL file");
    }
    long bytes = target.walSegmentSize().bytes();
    if (size.isPresent() && size.getAsLong() != bytes) {
      return Optional.of(wrongSize(size.getAsLong(), bytes));
    }
    return Optional.ofNullable(headers.get(file))
        .flatMap(header -> header.fault(file, target).or(() -> otherFormat(header, target)));
  }

  private static String wrongSize(long size, long bytes) {
    return size + " bytes instead of " + bytes;
  }

  /** One server version wrote all needed files; the target's file is proved by its digest. */
  private Optional<String> otherFormat(WalPageHeader header, ContentTarget target) {
    return Optional.ofNullable(headers.get(target.walFile()))
        .filter(proved -> proved.magic() != header.magic())
        .map(
            proved ->
                String.format(
                    "page header with format %X instead of %X, the target's file's",
                    header.magic(), proved.magic()));
  }
}
