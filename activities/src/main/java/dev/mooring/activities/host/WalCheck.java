package dev.mooring.activities.host;

import dev.mooring.activities.host.LocalCommand.End;
import dev.mooring.port.FailureCode;
import dev.mooring.quoting.ShellTemplate;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.Site;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The command of the cluster file that is asked whether an archive has a file. */
public final class WalCheck {
  /** No server writes it: timelines begin with 1. */
  private static final String NO_FILE = "000000000000000000000000";

  private static final int NOT_FOUND = 126;
  private static final String THERE = "EXISTS";

  private final String template;
  private final String directory;
  private final boolean byOutput;
  private final Host host;

  private WalCheck(String template, String directory, boolean byOutput, Host host) {
    this.template = template;
    this.directory = directory;
    this.byOutput = byOutput;
    this.host = host;
  }

  /**
   * The command that checks a content's files, if the archive is of that kind.
   *
   * @param host the host for {@code {host}} in it
   */
  public static Optional<WalCheck> of(Site.Archive archive, ContentId content, Host host) {
    return archive
        .as(ArchiveKind.Asked.class)
        .flatMap(
            asked ->
                asked
                    .commandOf(content)
                    .map(
                        command ->
                            new WalCheck(
                                command,
                                archive.directoryOf(content),
                                asked.success() == ArchiveKind.Success.OUTPUT,
                                host)));
  }

  /** The command about one file, to be run. */
  public String about(String file) {
    return ShellTemplate.fill(
        template,
        Map.of(
            "archive_dir",
            directory,
            "wal_filename",
            file,
            "wal_path",
            directory + "/" + file,
            "host",
            host.access().address()));
  }

  /**
   * Whether the file is there, from the end of the command.
   *
   * @throws InstanceRefusal if it couldn't be run, didn't end, or died: that proves nothing
   */
  public boolean isThere(String file, End end) {
    if (end instanceof End.Exited exited && exited.status() < NOT_FOUND) {
      return byOutput ? exited.output().contains(THERE) : exited.status() == 0;
    }
    throw new InstanceRefusal(
        FailureCode.STATE_UNREADABLE, "the WAL check of " + file + " " + end.inWords());
  }

  /** Why its answers prove nothing: it can't answer, or finds a file that can't exist. */
  public Optional<String> trouble(Duration atMost) {
    try {
      return isThere(NO_FILE, LocalCommand.run(about(NO_FILE), atMost))
          ? Optional.of("the WAL check says yes of " + NO_FILE + ", a file that no server writes")
          : Optional.empty();
    } catch (InstanceRefusal unanswered) {
      return Optional.of(String.valueOf(unanswered.getMessage()));
    }
  }
}
