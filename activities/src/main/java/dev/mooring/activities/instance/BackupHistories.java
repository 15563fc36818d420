package dev.mooring.activities.instance;

import dev.mooring.activities.host.ArchiveWords;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Late;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.HistoryArchive;
import dev.mooring.postgres.ControlData;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Fetches the history files of base backups from the archive, on their hosts, for the instances of
 * a reading whose data directories lack the end of their backup, and for no other. Reading and
 * fetching together take no longer than an observation may. If an archive or a host does not
 * answer, only the instances that need it are unreadable.
 */
final class BackupHistories {
  private static final ScriptResult NOTHING =
      new ScriptResult(new Said("host", Map.of()), Map.of());

  /** The longest of a caller that waits for no archive: it has 3 s for all readings. */
  private static final Duration NOT_WAITED_FOR = Duration.ofSeconds(1);

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final long began = System.nanoTime();

  /** Created before the observation begins. */
  BackupHistories(HostShell shell, HostDeadlines deadlines) {
    this.shell = shell;
    this.deadlines = deadlines;
  }

  /**
   * The archive's file for each instance that needs it. If it, or the host meanwhile, does not
   * answer these instances fail with STATE_UNREADABLE.
   *
   * @param seen the observation's output about each instance
   * @param archives where the files are looked up; nothing is looked up without an archive
   */
  ScriptResult of(HostWork on, ScriptResult seen, List<HistoryArchive> archives) {
    Map<Instance, String> wanted = new LinkedHashMap<>();
    for (Instance instance : on.instances()) {
      wanted(seen.of(instance.id().value())).ifPresent(file -> wanted.put(instance, file));
    }
    if (wanted.isEmpty() || archives.isEmpty()) {
      return NOTHING;
    }
    HistoryArchive archive = archives.get(0);
    return new Late(shorter(deadlines.late(), archive.atMost()))
        .look(() -> fetch(on.host(), wanted, archive), said -> !lacksAny(said));
  }

  private static Optional<String> wanted(Said said) {
    try {
      said.requireDone();
      return new BackupReading(ControlData.parse(said.text("control")), said).historyFile();
    } catch (InstanceRefusal | IllegalArgumentException unreadable) {
      return Optional.empty(); // the reading of the instance reports it
    }
  }

  private ScriptResult fetch(Host host, Map<Instance, String> wanted, HistoryArchive archive) {
    Duration left = left(archive);
    try {
      return shell.run(host, script(wanted, archive, left), left);
    } catch (ApplicationFailure unanswered) {
      boolean silent = unanswered.getType().equals(FailureCode.HOST_SILENT.name());
      boolean askedOnce = archive.atMost().isZero();
      if (Thread.currentThread().isInterrupted() || (!silent && !askedOnce)) {
        throw unanswered; // the worker stops, or the host is asked once more as a whole
      }
      return unknown(wanted, unanswered);
    }
  }

  /** The last quarter of the time is for the answer of instances whose archive hangs. */
  private static Script script(
      Map<Instance, String> wanted, HistoryArchive archive, Duration left) {
    Duration again = shorter(archive.atMost(), left.dividedBy(2));
    Duration inAll = left.multipliedBy(3).dividedBy(4);
    Script script =
        ArchiveWords.in(
                Script.of("backup history", BackupHistories.class, List.of("backup-history.sh")))
            .call("wait_for", List.of(String.valueOf(again.toSeconds())))
            .call("give_up_after", List.of(String.valueOf(inAll.toMillis() / 10)));
    wanted.forEach(
        (instance, file) -> {
          List<String> words =
              new ArrayList<>(ArchiveWords.of(archive.archive(), instance.content()));
          words.add(file);
          script.each(instance.id().value(), "backup_history", words);
        });
    return script;
  }

  private static ScriptResult unknown(Map<Instance, String> wanted, ApplicationFailure unanswered) {
    String fact = unanswered.getOriginalMessage().replaceFirst("(?s)\\nHINT: .*", "");
    String failure =
        FailureCode.STATE_UNREADABLE + " the end of its base backup is not known: " + fact;
    return new ScriptResult(
        new Said("host", Map.of()),
        wanted.keySet().stream()
            .map(instance -> instance.id().value())
            .collect(
                Collectors.toMap(
                    Function.identity(), id -> new Said(id, Map.of("failure", failure)))));
  }

  /** The archiver may bring it yet, and a store may show it late. */
  private static boolean lacksAny(ScriptResult said) {
    return said.subjects().values().stream()
        .flatMap(one -> one.optional("failure").stream())
        .anyMatch(failure -> failure.startsWith(FailureCode.WAL_MISSING.name()));
  }

  private Duration left(HistoryArchive archive) {
    Duration left = deadlines.observe().minusNanos(System.nanoTime() - began);
    Duration some = left.isNegative() ? Duration.ZERO : left;
    return archive.atMost().isZero() ? shorter(some, NOT_WAITED_FOR) : some;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
