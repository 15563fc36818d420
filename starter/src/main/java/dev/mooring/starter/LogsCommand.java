package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.activities.evidence.ReceiptSearch;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.EvidenceActivities.RunsOf;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring logs}. */
@Command(
    name = "logs",
    header =
        "Show LATEST, a newer pending point, and the steps of the last run of each runbook and"
            + " site.",
    description = "The run's own history is in Temporal: `mooring follow`, or the Web UI.")
final class LogsCommand implements Callable<Integer> {
  private static final Duration KEPT_WITHIN = Duration.ofHours(1);

  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "As that site reads it, if it reads manifests elsewhere than in the store.")
  private String site = "";

  @Option(names = "--raw", description = "Show the end of each document as it is stored instead.")
  private boolean raw;

  private int lines = 50;

  @Option(
      names = "--n",
      paramLabel = "LINES",
      description = "How many lines of each document (50); implies --raw.")
  void lines(int upTo) {
    lines = upTo;
    raw = true;
  }

  LogsCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    if (lines < 1) {
      throw CommandFailure.usage("--n must be 1 or more, got " + lines, "50 is usual");
    }
    Cluster read = mooring.clusterFiles().read(cluster.choose(mooring.clusterFiles()));
    try (Evidence evidence = new Evidence(read, site, mooring.environment())) {
      EvidenceReader reader = evidence.reader();
      List<Shelved> manifests = reader.manifestsNewestFirst();
      Optional<EvidenceReader.Entry<Manifest>> latest = reader.latest();
      latest.ifPresentOrElse(
          entry -> show(entry, LogsCommand::manifest),
          () -> mooring.console().sayText(withoutLatest(reader, read.name(), manifests)));
      newestUnready(reader, manifests, latest)
          .flatMap(reader::manifest)
          .ifPresent(this::showUnready);
      List<RunsOf> runs = new ArrayList<>(RunsOf.all(read));
      runs.add(RunsOf.ANY);
      showReceipts(reader, reader.search(1, runs));
      return ExitCode.DONE.status();
    }
  }

  private static String withoutLatest(
      EvidenceReader reader, ClusterName cluster, List<Shelved> manifests) {
    return reader
        .publishedWithoutLatest(manifests)
        .map(gone -> gone + "\nHINT: `mooring verify " + cluster + "` says what else is wrong.")
        .orElse("no restore point of " + cluster + " was ever READY");
  }

  /** The newest point, if it isn't READY and was made after LATEST. */
  private static Optional<Shelved> newestUnready(
      EvidenceReader reader,
      List<Shelved> manifests,
      Optional<EvidenceReader.Entry<Manifest>> latest) {
    Optional<RestorePointName> last =
        latest.flatMap(
            entry ->
                entry
                    .document()
                    .match(
                        intact -> Optional.of(intact.content().name()),
                        refused -> Optional.empty()));
    return manifests.stream()
        .filter(one -> last.filter(name -> one.name().compareTo(name) <= 0).isEmpty())
        .filter(
            one ->
                one.stage() == Stage.PENDING
                    ? !manifests.contains(new Shelved(one.name(), Stage.PUBLISHED))
                    : isTorn(reader, one))
        .findFirst();
  }

  private static boolean isTorn(EvidenceReader reader, Shelved published) {
    return reader
        .manifest(published)
        .map(entry -> entry.document().match(intact -> intact.content().isTorn(), refused -> false))
        .orElse(false);
  }

  /** Shows a pending manifest with the reasons, before the other lines. */
  private void showUnready(EvidenceReader.Entry<Manifest> pending) {
    mooring.console().say("");
    show(pending, LogsCommand::manifest);
    List<String> reasons =
        pending
            .document()
            .match(intact -> intact.content().reasons(), refused -> List.of(refused.reason()));
    reasons.forEach(reason -> mooring.console().say("not READY: " + reason));
  }

  /** Shows the newest receipt, the last one of no plan, and the last of each runbook and site. */
  private void showReceipts(EvidenceReader reader, ReceiptSearch search) {
    Stream.concat(search.last().stream(), search.found().stream())
        .distinct()
        .forEach(
            entry -> {
              mooring.console().say("");
              show(entry, chained -> receipt(chained.receipt()));
              notKept(reader, entry).ifPresent(mooring.console()::sayText);
            });
    for (RunsOf runs : search.unfound().stream().filter(one -> !one.isAny()).toList()) {
      mooring.console().say("");
      mooring
          .console()
          .say(
              String.format(
                  "the last receipt of %s at %s lies before the last %d",
                  runs.runbook(), runs.site(), search.searched()));
    }
  }

  /** A history is kept within seconds; after an hour without one it may be deleted unkept. */
  private static Optional<String> notKept(
      EvidenceReader reader, EvidenceReader.Entry<ChainedReceipt> entry) {
    return entry
        .document()
        .match(intact -> Optional.of(intact.content().receipt()), r -> Optional.<Receipt>empty())
        .filter(run -> run.ending().at().isBefore(Instant.now().minus(KEPT_WITHIN)))
        .filter(run -> reader.historiesOf(run.run().originalRun()).isEmpty())
        .map(
            run ->
                "the history of this run is not in the evidence store; Temporal forgets it after"
                    + " the namespace's retention\n"
                    + "HINT: the workers' logs say why it was not kept");
  }

  private <T> void show(EvidenceReader.Entry<T> entry, Function<T, List<String>> inWords) {
    mooring.console().say("== " + entry.path());
    if (raw) {
      List<String> all = entry.text().lines().toList();
      mooring.console().say(all.subList(Math.max(0, all.size() - lines), all.size()));
      return;
    }
    List<String> said =
        entry
            .document()
            .match(
                intact -> inWords.apply(intact.content()),
                refused -> List.of("not to be believed: " + refused.reason()));
    mooring.console().say(said);
  }

  private static List<String> manifest(Manifest point) {
    return List.of(
        String.format(
            "%s: %s, made %s, %s, contents: %d",
            point.name(),
            point.reasons().isEmpty() ? "READY" : "not READY",
            point.header().createdAt(),
            point.header().cut().inWords(),
            point.contents().size()));
  }

  /** A receipt's ending, and each step with its result. */
  private static List<String> receipt(Receipt run) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "%s%s: %s, %s: %s",
            run.run().runbook(),
            run.run().atScope(),
            run.endedAs(),
            run.ending().at(),
            run.ending().headline()));
    if (!run.ending().code().isEmpty()) {
      lines.add("  code: " + run.ending().code());
    }
    String by = run.asked().by();
    String reason = run.asked().reason();
    if (!by.isEmpty() || !reason.isEmpty()) {
      lines.add("  asked by " + by + (reason.isEmpty() ? "" : ": " + reason));
    }
    run.seen().degraded().forEach(degraded -> lines.add("  degraded: " + degraded));
    for (Receipt.StepRecord step : run.steps()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-16s %6.1f s  %s",
              step.step(),
              step.took().toMillis() / 1000.0,
              step.result()));
    }
    return lines;
  }
}
