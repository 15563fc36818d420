package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SiteState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.ParkMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Law 2: no advance without proof on every instance. If the site's state names a point, every
 * instance is read again: control file, log of its start, archived bytes.
 */
final class ProofOnEveryInstance implements Law {
  private static final Pattern DIED_OF_THE_POINT =
      Pattern.compile("FATAL(?::  |\",\"[0-9A-Z]{5}\",\")requested recovery stop point");

  @Override
  public int number() {
    return 2;
  }

  @Override
  public List<String> against(Observed observed) {
    return observed
        .state()
        .map(
            document ->
                document.match(
                    intact -> against(observed, intact.content()),
                    refused -> List.of("the site's state is not believed: " + refused.reason())))
        .orElse(List.of());
  }

  private static List<String> against(Observed observed, SiteState state) {
    Optional<Manifest> manifest = observed.ready(state.restorePoint());
    if (manifest.isEmpty()) {
      return List.of("the state names " + state.restorePoint() + ", which has no READY manifest");
    }
    List<String> against = new ArrayList<>();
    for (LabInstance instance : observed.west()) {
      ofInstance(observed, state, manifest.get(), instance)
          .forEach(what -> against.add(instance.id() + " " + what));
    }
    return against;
  }

  private static List<String> ofInstance(
      Observed observed, SiteState state, Manifest manifest, LabInstance instance) {
    Optional<ContentEvidence> evidence = manifest.evidenceOf(new ContentId(instance.content()));
    Optional<SiteState.ParkedInstance> parked =
        state.instances().stream()
            .filter(one -> one.instance().value().equals(instance.id()))
            .findFirst();
    if (evidence.isEmpty() || parked.isEmpty()) {
      return List.of("is not part of what the state says is moored at " + state.restorePoint());
    }
    List<String> against = new ArrayList<>(ofArchive(observed, instance, manifest, evidence.get()));
    if (startedSince(observed, state.provedAt())) {
      return against;
    }
    ParkMode mode = parked.get().parkMode();
    if (mode == ParkMode.READABLE) {
      against.addAll(
          ReadableProof.ofServer(observed.lab(), instance, evidence.get().target().lsn()));
    } else {
      against.addAll(ofShutdown(observed, instance, parked.get().controlFile().digest()));
    }
    against.addAll(ofControl(observed.control(instance), evidence.get(), mode));
    against.addAll(ofLog(observed, instance, manifest.name().value(), mode));
    return against;
  }

  private static List<String> ofShutdown(Observed observed, LabInstance instance, String digest) {
    List<String> against = new ArrayList<>();
    if (observed.lab().isRunning(instance)) {
      against.add("runs");
    }
    Path control = instance.dataDirectory().resolve("global/pg_control");
    if (!Texts.sha256(control).equals(digest)) {
      against.add("has another control file than the one that was proved");
    }
    return against;
  }

  /** A later run that started the instances and failed leaves the state unchanged. */
  private static boolean startedSince(Observed observed, Instant proved) {
    return observed.receipts().values().stream()
        .anyMatch(
            document ->
                document.match(
                    intact ->
                        intact.content().receipt().steps().stream()
                            .anyMatch(
                                step ->
                                    step.step().equals("START_ALL")
                                        && step.startedAt().isAfter(proved)),
                    refused -> false));
  }

  private static List<String> ofControl(
      Map<String, String> control, ContentEvidence evidence, ParkMode mode) {
    List<String> against = new ArrayList<>();
    String state = control.getOrDefault("Database cluster state", "unreadable");
    String wanted = mode == ParkMode.READABLE ? "in archive recovery" : "shut down in recovery";
    if (!state.equals(wanted)) {
      against.add("is '" + state + "'");
    }
    String end = control.getOrDefault("Minimum recovery ending location", "");
    if (end.isEmpty() || end.equals("0/0") || Lsn.parse(end).isAfter(evidence.target().lsn())) {
      against.add("ends recovery at " + end + ", the point is at " + evidence.target().lsn());
    }
    String timeline = control.getOrDefault("Latest checkpoint's TimeLineID", "0");
    if (Long.parseLong(timeline) > evidence.target().timeline().value()) {
      against.add(
          "is on timeline " + timeline + ", the point is on " + evidence.target().timeline());
    }
    return against;
  }

  private static List<String> ofLog(
      Observed observed, LabInstance instance, String point, ParkMode mode) {
    List<Path> logs = observed.startLogs(instance);
    if (logs.isEmpty()) {
      return List.of("has no log of any start");
    }
    String log = Texts.text(logs.get(logs.size() - 1));
    int stop = log.indexOf("recovery stopping at restore point \"" + point + "\"");
    if (stop < 0) {
      return List.of("has a log of its last start that does not stop at " + point);
    }
    String after = log.substring(stop);
    if (mode == ParkMode.READABLE) {
      return ReadableProof.ofLog(after, point);
    }
    List<String> against = new ArrayList<>();
    if (!after.contains("shutdown at recovery target")
        || !after.contains("database system is shut down")) {
      against.add("did not say that it shut down at " + point);
    }
    if (DIED_OF_THE_POINT.matcher(after).find()) {
      against.add("died of the point it stopped at");
    }
    return against;
  }

  private static List<String> ofArchive(
      Observed observed, LabInstance instance, Manifest manifest, ContentEvidence evidence) {
    List<String> against = new ArrayList<>();
    long records = 0;
    for (ArchivedWal file : manifest.archivedOf(evidence.target().content())) {
      Path archived = observed.lab().archive(instance.content()).resolve(file.file().text());
      if (!Files.exists(archived) || !Texts.sha256(archived).equals(file.sha256())) {
        against.add("replayed " + file.file() + ", which is not what was published");
      } else {
        records += observed.timesIn(instance, archived, manifest.name().value());
      }
    }
    for (ContentPresence unread :
        manifest.presenceOf(evidence.target().content()).stream().toList()) {
      for (WalFileName file : unread.files()) {
        Path archived = observed.lab().archive(instance.content()).resolve(file.text());
        records += observed.timesIn(instance, archived, manifest.name().value());
      }
    }
    if (against.isEmpty() && records != 1) {
      against.add("replayed WAL that holds " + manifest.name() + " " + records + " times");
    }
    return against;
  }
}
