package dev.mooring.activities.archive;

import dev.mooring.activities.host.ArchiveWords;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.NeedWords;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.AwaitDecoded;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.WantedChain;
import dev.mooring.port.ArchiveActivities.WayDecoded;
import dev.mooring.port.ArchiveActivities.WaysDecoded;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decodes the WAL that instances would replay, file by file: only the files that hold the last
 * record are kept meanwhile. The history of the target's timeline, which names the files, is read
 * first, in a script of its own.
 */
final class DecodedWays {
  private final HostShell shell;
  private final HostDeadlines deadlines;

  DecodedWays(HostShell shell, HostDeadlines deadlines) {
    this.shell = shell;
    this.deadlines = deadlines;
  }

  WaysDecoded decode(AwaitDecoded request) {
    PerInstance<Way> ways = ways(request);
    Script script = script("decode the way");
    script.call("wait_for", List.of(HostArchiveActivities.seconds(request.atMost())));
    ways.results()
        .forEach(
            way ->
                OfInstance.call(
                    script,
                    HostArchiveActivities.instanceOf(request.on(), way.wanted().instance()),
                    "decode",
                    arguments(request, way)));
    PerInstance<WayDecoded> read = read(request, script, ways.results());
    List<InstanceFailure> failures = new ArrayList<>(ways.failures());
    failures.addAll(read.failures());
    return new WaysDecoded(request.on().host().name(), read.results(), failures);
  }

  /** A host that is silent after all, as over a frozen archive, has decoded nothing that counts. */
  private PerInstance<WayDecoded> read(AwaitDecoded request, Script script, List<Way> ways) {
    try {
      return shell
          .run(request.on().host(), script, request.atMost().plus(deadlines.observe()))
          .read(ways, way -> way.wanted().instance(), DecodedWays::decoded);
    } catch (ApplicationFailure unanswered) {
      if (Thread.currentThread().isInterrupted()
          || !unanswered.getType().equals(FailureCode.HOST_SILENT.name())) {
        throw unanswered;
      }
      return new PerInstance<>(
          ways.stream()
              .map(
                  way ->
                      open(
                          way, "its host did not answer in " + request.atMost().toSeconds() + " s"))
              .toList(),
          List.of());
    }
  }

  private static WayDecoded open(Way way, String reason) {
    return new WayDecoded(way.wanted().instance(), List.of(), reason, List.of());
  }

  private PerInstance<Way> ways(AwaitDecoded request) {
    Script script = script("read the histories");
    script.call("wait_for", List.of("0"));
    for (WantedChain wanted : request.chains()) {
      List<String> words =
          new ArrayList<>(ArchiveWords.of(wanted.archive(), wanted.target().content()));
      words.add(wanted.target().timeline().hex());
      script.each(wanted.instance().value(), "await_history", words);
    }
    return shell
        .run(request.on().host(), script, deadlines.observe())
        .read(request.chains(), WantedChain::instance, DecodedWays::way);
  }

  private static Way way(WantedChain wanted, Said said) {
    ContentTarget target = wanted.target();
    WalSegmentSize size = target.walSegmentSize();
    long first =
        WalFileName.containing(wanted.from().timeline(), wanted.from().lsn(), size)
            .segmentNumber(size);
    Optional<TimelineHistory> history = ArchiveListing.history(said, target.timeline());
    return new Way(
        wanted, history.map(known -> NeededWal.to(target, first, known)).orElseGet(List::of));
  }

  private static List<String> arguments(AwaitDecoded request, Way way) {
    ContentTarget target = way.wanted().target();
    List<String> arguments =
        new ArrayList<>(ArchiveWords.of(way.wanted().archive(), target.content()));
    arguments.addAll(
        List.of(
            HostArchiveActivities.instanceOf(request.on(), way.wanted().instance())
                .manager()
                .binDirectory(),
            target.timeline().hex(),
            String.valueOf(target.walSegmentSize().bytes()),
            way.wanted().from().lsn().toString(),
            target.lsn().toString()));
    way.files().forEach(file -> arguments.add(file.text()));
    return arguments;
  }

  private static WayDecoded decoded(Way way, Said said) {
    if (way.files().isEmpty()) {
      TimelineId timeline = way.wanted().target().timeline();
      return open(way, "the history of timeline " + timeline + " is not in the archive");
    }
    return new WayDecoded(
        way.wanted().instance(),
        said.optional("damaged").map(DecodedWays::damaged).stream().toList(),
        said.optional("open").map(Said::shorten).orElse(""),
        said.optional("missing").isPresent() ? said.lines("missing") : List.of());
  }

  private static MissingWal damaged(String words) {
    String text = words.strip();
    int space = text.indexOf(' ');
    return new MissingWal(
        text.substring(0, space),
        "there and can't be decoded: " + Said.shorten(text.substring(space + 1)));
  }

  private static Script script(String name) {
    return NeedWords.in(
        ArchiveWords.in(
            Script.of(name, HostArchiveActivities.class, List.of("archive.sh", "decode.sh"))
                .with(OfInstance.class, OfInstance.SCRIPT)));
  }

  /** One instance's way, and the files on it in their order; none if no history names them. */
  private record Way(WantedChain wanted, List<WalFileName> files) {}
}
