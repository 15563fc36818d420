package dev.mooring.activities.evidence;

import dev.mooring.activities.host.Late;
import dev.mooring.activities.host.LocalCommand;
import dev.mooring.activities.host.LocalCommand.End;
import dev.mooring.evidence.Document;
import dev.mooring.port.FailureCode;
import dev.mooring.quoting.ShellTemplate;
import dev.mooring.topology.ManifestSource;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Manifests that commands fetch and list. A status other than 0 is a failure. Only if a fetch
 * failed and the list, which did not, has no such name, there is no such manifest.
 */
final class CommandSource implements EvidenceSource {
  private final ManifestSource.Commands commands;
  private final String latest;
  private final Duration atMost;
  private final Late late;

  /**
   * @param atMost how long one command may take
   */
  CommandSource(ManifestSource.Commands commands, Duration atMost, Late late) {
    this(commands, commands.directory() + "/" + EvidencePaths.LATEST, atMost, late);
  }

  /** A source whose LATEST may lie elsewhere, as in the reference tool's configuration. */
  CommandSource(ManifestSource.WhpgDrSync foreign, Duration atMost, Late late) {
    this(
        new ManifestSource.Commands(foreign.directory(), foreign.fetch(), foreign.list()),
        foreign.latest(),
        atMost,
        late);
  }

  private CommandSource(
      ManifestSource.Commands commands, String latest, Duration atMost, Late late) {
    this.commands = commands;
    this.latest = latest;
    this.atMost = atMost;
    this.late = late;
  }

  @Override
  public String where(String path) {
    return path(file(path)) + " by command";
  }

  /** Commands can't report that a store is new: if it shows nothing, nothing is known. */
  @Override
  public List<String> list(String directory) {
    List<String> names = names();
    if (names.contains(EvidencePaths.LATEST)
        || (!names.isEmpty() && !isListed(EvidencePaths.LATEST))) {
      return names;
    }
    End fetched = run(commands.fetch(), latest);
    if (fetched instanceof End.Exited exited && exited.status() == 0) {
      throw EvidenceFailures.passing(
          FailureCode.EVIDENCE_UNREADABLE,
          "the command to list manifests shows no " + latest + ", which can be fetched");
    }
    if (names.isEmpty()) {
      throw nothing(EvidencePaths.LATEST, fetched);
    }
    return names;
  }

  private static ApplicationFailure nothing(String file, End end) {
    return EvidenceFailures.passing(
        FailureCode.EVIDENCE_UNREADABLE,
        "no manifest could be listed nor "
            + file
            + " fetched, as of a store that is new or away: the command to fetch "
            + file
            + " "
            + end.inWords());
  }

  private List<String> names() {
    End end = run(commands.list(), commands.directory() + "/");
    if (end instanceof End.Exited exited && exited.status() == 0) {
      if (exited.output().getBytes(StandardCharsets.UTF_8).length > Document.BYTES_AT_MOST) {
        throw EvidenceFailures.of(
            FailureCode.EVIDENCE_UNREADABLE,
            "the command to list manifests printed more than 16 MiB");
      }
      return exited
          .output()
          .lines()
          .map(CommandSource::lastWord)
          .filter(name -> !name.isEmpty() && !name.startsWith("."))
          .toList();
    }
    throw failure("list manifests", end);
  }

  /** The name is alone on its line, or last and after a directory: {@code ls -l}, find. */
  private static String lastWord(String line) {
    String words = line.strip();
    int at = words.length();
    while (at > 0 && !Character.isWhitespace(words.charAt(at - 1))) {
      at--;
    }
    return words.substring(Math.max(at, words.lastIndexOf('/') + 1));
  }

  @Override
  public Optional<byte[]> read(String path) {
    String file = file(path);
    End end = run(commands.fetch(), path(file));
    if (end instanceof End.Exited exited && exited.status() == 0) {
      return Optional.of(exited.output().getBytes(StandardCharsets.UTF_8));
    }
    if (end instanceof End.Exited && isListed(file)) {
      List<String> names = names();
      if (names.isEmpty()) {
        throw nothing(file, end);
      }
      if (!names.contains(file)) {
        return Optional.empty();
      }
    }
    throw failure("fetch " + file, end);
  }

  /** A LATEST elsewhere is in no list: a failed fetch of it never means that there is none. */
  private boolean isListed(String file) {
    return path(file).equals(commands.directory() + "/" + file);
  }

  private String path(String file) {
    return file.equals(EvidencePaths.LATEST) ? latest : commands.directory() + "/" + file;
  }

  @Override
  public Optional<byte[]> readNamed(String path) {
    return late.look(() -> read(path), Optional::isPresent);
  }

  private End run(String template, String path) {
    return LocalCommand.run(
        ShellTemplate.fill(
            template,
            Map.of(
                "manifest_path",
                path,
                "manifest_dir",
                path.substring(0, path.lastIndexOf('/')),
                "manifest_file",
                file(path))),
        atMost);
  }

  private static String file(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static ApplicationFailure failure(String what, End end) {
    return EvidenceFailures.passing(
        FailureCode.EVIDENCE_UNREADABLE, "the command to " + what + " " + end.inWords());
  }

  @Override
  public void close() {}
}
