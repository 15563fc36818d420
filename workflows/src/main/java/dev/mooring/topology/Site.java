package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.quoting.ConfigurationValue;
import java.util.List;
import java.util.Optional;

/**
 * Where copies of the cluster run.
 *
 * @param name its name; the worker there serves the task queue {@code mooring-<name>}
 * @param consume what starts a DrConsume here
 * @param archive the WAL archive as this site's hosts reach it
 * @param parkMode the state of its instances at a restore point
 * @param follows what its instances follow
 */
public record Site(
    SiteName name,
    ConsumeTrigger consume,
    Archive archive,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = ParkMode.Unsaid.class)
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        ParkMode parkMode,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Follows.Unsaid.class)
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        Follows follows) {

  /** What starts a DrConsume at a site. */
  public enum ConsumeTrigger {
    /** A person or a schedule. */
    MANUAL,
    /** Every READY restore point. */
    ON_PUBLISH
  }

  /**
   * The WAL archive as a host of the site reaches it.
   *
   * @param directory path with {@code {content}} for the content id; for pgBackRest {@code
   *     pgbackrest:} and the stanza, for a bucket the URL of its prefix
   * @param restoreCommand the command that fetches one file, with {@code %f} and {@code %p} as in
   *     PostgreSQL and {@code {archive}} for the directory, {@code {content}} for the content id
   * @param kinds its kind, one; none for a directory of the hosts
   */
  public record Archive(
      String directory,
      String restoreCommand,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<ArchiveKind> kinds) {
    public Archive {
      kinds = List.copyOf(kinds);
    }

    public Archive(String directory, String restoreCommand) {
      this(directory, restoreCommand, List.of());
    }

    /** The archive as one of that kind, if it is one. */
    public <K extends ArchiveKind> Optional<K> as(Class<K> kind) {
      return kinds.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    /** How the archive of one content is read, unless it is a directory. */
    public Optional<ArchiveKind> kindOf(ContentId content) {
      return kinds.stream()
          .filter(
              kind ->
                  !(kind instanceof ArchiveKind.Asked asked)
                      || asked.commandOf(content).isPresent())
          .findFirst();
    }

    /** Where the archive of one content is, for people. */
    public String placeOf(ContentId content) {
      return as(ArchiveKind.Sftp.class)
          .map(sftp -> sftp.place() + directoryOf(content))
          .orElseGet(() -> directoryOf(content));
    }

    public String directoryOf(ContentId content) {
      return directory.replace("{content}", content.toString());
    }

    /**
     * The archive_command of one content where the archive is a directory. It refuses another
     * content under a name that is there, leaves no half a file under one, and says that it is
     * archived once file and name are on disk: PostgreSQL removes its own then.
     */
    public String archiveCommandOf(ContentId content) {
      String in = ConfigurationValue.inCommand(directoryOf(content));
      return String.format(
          "test ! -e %1$s && cp \"%%p\" %2$s && sync %2$s && mv %2$s %1$s || cmp -s \"%%p\" %1$s"
              + " && sync %1$s %3$s",
          "\"" + in + "/%f\"", "\"" + in + "/%f.mooring\"", "\"" + in + "\"");
    }

    /** The restore command of one content; %f and %p are left for the restore gate. */
    public String restoreCommandOf(ContentId content) {
      return restoreCommand
          .replace("{archive}", ConfigurationValue.inCommand(directoryOf(content)))
          .replace("{content}", content.toString());
    }
  }
}
