package dev.mooring.dev.laws;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ParkMode;
import dev.mooring.wire.ManifestFormat;
import dev.mooring.wire.ReceiptFormat;
import dev.mooring.wire.SiteStateFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A lab as the laws see it: PostgreSQL's own programs, logs and files, read without any of the
 * adapters that are to be judged.
 */
final class Observed {
  private static final Pattern POINT = Pattern.compile("desc: RESTORE_POINT (\\S+)");

  private static final Pattern STARTED = logged("starting PostgreSQL ");
  private static final Pattern PROMOTED = logged("received promote request");

  private final Lab lab;
  private final ArchiveDigests archivedBefore;
  private final Path evidence;
  private final TrustedKeys trusted;
  private final Map<String, Map<String, String>> controls = new HashMap<>();

  Observed(Lab lab, ArchiveDigests archivedBefore) {
    this.lab = lab;
    this.archivedBefore = archivedBefore;
    this.evidence = lab.evidenceStore().resolve(lab.name());
    this.trusted =
        TrustedKeys.parse(
            Texts.filesIn(lab.configDirectory()).stream()
                .filter(Observed::isTrusted)
                .map(key -> new TrustedKeys.KeyText(key.toString(), Texts.text(key)))
                .toList());
  }

  /** Every key that was ever made to sign for the lab. */
  private static boolean isTrusted(Path file) {
    return file.getFileName().toString().matches("signing.*\\.pub");
  }

  Lab lab() {
    return lab;
  }

  ArchiveDigests archivedBefore() {
    return archivedBefore;
  }

  List<LabInstance> west() {
    return lab.instancesAt("west");
  }

  /** The output of pg_controldata, by label: read once for all laws. */
  Map<String, String> control(LabInstance instance) {
    return controls.computeIfAbsent(instance.id(), id -> readControl(instance));
  }

  private Map<String, String> readControl(LabInstance instance) {
    Map<String, String> fields = new LinkedHashMap<>();
    String said =
        lab.run(instance.host(), program("pg_controldata"), instance.dataDirectory().toString());
    said.lines()
        .map(line -> line.split(":", 2))
        .filter(words -> words.length == 2)
        .forEach(words -> fields.put(words[0].strip(), words[1].strip()));
    return fields;
  }

  /** The setting that a start would use. */
  String setting(LabInstance instance, String name) {
    String data = instance.dataDirectory().toString();
    return lab.run(instance.host(), program("postgres"), "-D", data, "-C", name).strip();
  }

  /** How often a restore point's record is in an archived WAL file, by pg_waldump. */
  long timesIn(LabInstance reader, Path walFile, String point) {
    String dump =
        lab.run(
            reader.host(),
            "/bin/sh",
            "-c",
            "\"$1\" -r XLOG \"$2\" 2>/dev/null || true",
            "waldump",
            program("pg_waldump"),
            walFile.toString());
    Matcher matcher = POINT.matcher(dump);
    return matcher.results().filter(found -> found.group(1).equals(point)).count();
  }

  private String program(String name) {
    return lab.postgresPrograms().resolve(name).toString();
  }

  /** The logs of the starts that runbooks made of an instance, the newest last. */
  List<Path> startLogs(LabInstance instance) {
    return Texts.filesIn(onHost(instance, ".starts")).stream()
        .filter(file -> file.toString().endsWith(".log"))
        .sorted(Comparator.comparing(Texts::changed))
        .toList();
  }

  /** When the instance was started, by anybody, from its logs. */
  List<Instant> starts(LabInstance instance) {
    return times(instance, STARTED);
  }

  /** When it began to leave recovery on request. */
  List<Instant> promotions(LabInstance instance) {
    return times(instance, PROMOTED);
  }

  /** How many base backups with that label it was asked for. */
  long backups(LabInstance instance, String label) {
    String asked = "received replication command: BASE_BACKUP ( LABEL '" + label + "'";
    return logs(instance)
        .flatMap(log -> Texts.text(log).lines())
        .filter(line -> line.contains(asked))
        .count();
  }

  private List<Instant> times(LabInstance instance, Pattern what) {
    return logs(instance)
        .flatMap(log -> what.matcher(Texts.text(log)).results())
        .map(at -> Instant.parse(at.group(1) + "T" + at.group(2) + "Z"))
        .toList();
  }

  private Stream<Path> logs(LabInstance instance) {
    return Stream.concat(Stream.of(instance.log()), startLogs(instance).stream())
        .filter(Files::exists);
  }

  private static Pattern logged(String what) {
    return Pattern.compile("(?m)^([0-9-]{10}) ([0-9:.]+) UTC .*LOG:  " + what);
  }

  /** The authority file of an instance's host for its content. */
  Path authorityFile(LabInstance instance) {
    return instance.host().mooring().resolve(lab.name()).resolve(instance.content() + ".authority");
  }

  /** Its lines by their names; empty if the host has none yet. */
  Map<String, String> authority(LabInstance instance) {
    Path file = authorityFile(instance);
    Map<String, String> lines = new LinkedHashMap<>();
    if (Files.exists(file)) {
      Texts.text(file)
          .lines()
          .map(line -> line.split("=", 2))
          .filter(words -> words.length == 2)
          .forEach(words -> lines.put(words[0], words[1]));
    }
    return lines;
  }

  /** The content of an instance's restore gate, if it has one. */
  Optional<Gate> gate(LabInstance instance) {
    Path file = onHost(instance, ".gate");
    return Files.exists(file) ? Optional.of(Gate.parse(Texts.text(file))) : Optional.empty();
  }

  private Path onHost(LabInstance instance, String end) {
    return instance.host().mooring().resolve(lab.name()).resolve(instance.id() + end);
  }

  Path manifestFile(String name) {
    return evidence.resolve("manifests").resolve(name + ".json");
  }

  List<Path> manifestFiles() {
    return Texts.filesIn(evidence.resolve("manifests")).stream()
        .filter(file -> file.toString().endsWith(".json"))
        .toList();
  }

  Document<Manifest> manifest(Path file) {
    return ManifestFormat.parse(Texts.bytes(file), trusted);
  }

  /** The READY manifest of a point, if it is there and intact. */
  Optional<Manifest> ready(RestorePointName name) {
    Path file = manifestFile(name.value());
    return Files.exists(file)
        ? manifest(file).match(intact -> Optional.of(intact.content()), r -> Optional.empty())
        : Optional.empty();
  }

  Path stateFile() {
    return evidence.resolve("sites/west/state.json");
  }

  /** The state of the west, if it was ever moored. */
  Optional<Document<SiteState>> state() {
    return Files.exists(stateFile())
        ? Optional.of(SiteStateFormat.parse(Texts.bytes(stateFile()), trusted))
        : Optional.empty();
  }

  /** The receipts in their order, with their files. */
  Map<Path, Document<ChainedReceipt>> receipts() {
    Map<Path, Document<ChainedReceipt>> receipts = new LinkedHashMap<>();
    Texts.filesIn(evidence.resolve("receipts")).stream()
        .filter(file -> file.getFileName().toString().matches("[0-9]+\\.json"))
        .forEach(file -> receipts.put(file, ReceiptFormat.parse(Texts.bytes(file), trusted)));
    return receipts;
  }

  /** The runs whose receipts are intact, in their order. */
  List<Ran> ran() {
    return receipts().values().stream()
        .flatMap(
            document ->
                document.match(
                    intact -> Stream.of(new Ran(intact.content().receipt())),
                    refused -> Stream.<Ran>empty()))
        .toList();
  }

  /**
   * The content of a restore gate.
   *
   * @param point the approved point
   * @param last the last WAL file it gives
   * @param parkMode the state of its instance there: a readable one may not leave recovery
   */
  record Gate(String point, String last, ParkMode parkMode) {
    static Gate parse(String text) {
      return new Gate(
          line(text, "point"),
          line(text, "last"),
          line(text, "ends").equals("refused") ? ParkMode.READABLE : ParkMode.SHUTDOWN);
    }

    private static String line(String text, String key) {
      return text.lines()
          .filter(line -> line.startsWith(key + "="))
          .map(line -> line.substring(key.length() + 1))
          .findFirst()
          .orElse("");
    }
  }
}
