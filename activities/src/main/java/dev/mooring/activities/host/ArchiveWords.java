package dev.mooring.activities.host;

import dev.mooring.quoting.ShellWord;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Site;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words that describe an archive to {@code archives.sh}: how to list it, its directory, the
 * command that fetches.
 */
public final class ArchiveWords {
  private static final String DIRECTORY = "directory";

  private ArchiveWords() {}

  /** The three words of a content's archive. */
  public static List<String> of(Site.Archive archive, ContentId content) {
    return List.of(
        kind(archive, content), archive.directoryOf(content), archive.restoreCommandOf(content));
  }

  /** Adds the part of a script that they are for. */
  public static Script in(Script script) {
    return script.with(ArchiveWords.class, "archives.sh").answering(Script.LONG_ANSWER);
  }

  private static String kind(Site.Archive archive, ContentId content) {
    return archive.kindOf(content).map(kind -> kind(kind, archive, content)).orElse(DIRECTORY);
  }

  private static String kind(ArchiveKind kind, Site.Archive archive, ContentId content) {
    if (kind instanceof ArchiveKind.PgBackRest repository) {
      return words(
          "list_pgbackrest",
          repository.program(),
          repository.config(),
          repository.stanza().replace("{content}", content.toString()));
    }
    if (kind instanceof ArchiveKind.Sftp sftp) {
      return words(
          Stream.of(
                  List.of("list_sftp", archive.directoryOf(content)),
                  sftp.options(),
                  List.of(sftp.user() + "@" + sftp.destination()))
              .flatMap(List::stream)
              .toArray(String[]::new));
    }
    return kind instanceof ArchiveKind.S3 ? "bucket" : "asked";
  }

  private static String words(String... words) {
    return Stream.of(words).map(ShellWord::quote).collect(Collectors.joining(" "));
  }
}
