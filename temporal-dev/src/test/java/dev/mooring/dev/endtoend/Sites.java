package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.topology.ContentId;
import dev.mooring.wire.ManifestFormat;
import dev.mooring.wire.ReceiptFormat;
import dev.mooring.wire.SiteStateFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a test looks at, and writes to, on the two sides of a lab. */
final class Sites {
  private final Lab lab;

  Sites(Lab lab) {
    this.lab = lab;
  }

  LabInstance west(int content) {
    return lab.instance("west-" + content);
  }

  LabInstance east(int content) {
    return lab.instance("east-" + content);
  }

  /** The point that the west's state names. */
  String mooredAt() {
    return believed(SiteStateFormat.parse(bytes(stateOfWest()), trusted())).restorePoint().value();
  }

  /** The same, where the west has a state. */
  Optional<String> mooredAtIfAny() {
    return Files.exists(stateOfWest()) ? Optional.of(mooredAt()) : Optional.empty();
  }

  private Path stateOfWest() {
    return lab.evidenceStore().resolve(lab.name() + "/sites/west/state.json");
  }

  /** By content, when a point was made already, by its primary's clock; none for one not ours. */
  Map<Integer, Instant> madeBy(String point) {
    return Files.exists(manifestFile(point))
            && ManifestFormat.parse(bytes(manifestFile(point)), trusted())
                instanceof Document.Intact<Manifest> ours
        ? ours.content().contents().stream()
            .collect(
                Collectors.toMap(
                    content -> content.target().content().value(),
                    content -> content.clock().after()))
        : Map.of();
  }

  /** The manifest that LATEST is. */
  Manifest latest() {
    return manifest("LATEST");
  }

  /** A manifest by its file: LATEST, a name, or a name with {@code .pending} behind it. */
  Manifest manifest(String name) {
    return believed(ManifestFormat.parse(bytes(manifestFile(name)), trusted()));
  }

  /** What pg_waldump on a host says of the archived file that a content's point is in. */
  String decoded(LabInstance reader, ContentEvidence content) {
    Path archive = lab.archive(content.target().content().value());
    String decoder = lab.postgresPrograms().resolve("pg_waldump").toString();
    String file = archive.resolve(content.target().walFile().text()).toString();
    return lab.run(reader.host(), decoder, "--rmgr=XLOG", file);
  }

  /**
   * The restore points made on content 0, in order, as its WAL tells: from that file on until now.
   */
  List<String> pointsSince(String walFile) {
    String current = ask(0, "SELECT pg_walfile_name(pg_current_wal_lsn())");
    change("SELECT pg_switch_wal()");
    Soon.soon(current + " is archived", () -> archived(0).contains(current));
    String decoder = lab.postgresPrograms().resolve("pg_waldump").toString();
    String path = "--path=" + lab.archive(0);
    String reported = lab.run(east(0).host(), decoder, "--rmgr=XLOG", path, walFile, current);
    return Pattern.compile("RESTORE_POINT (\\S+)")
        .matcher(reported)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** The WAL file that holds LATEST's point on a content. */
  String targetFile(int content) {
    return latest().evidenceOf(new ContentId(content)).orElseThrow().target().walFile().text();
  }

  /** An archived WAL file of a content before that one, behind the last point's. */
  String fileBeforeTarget(int content) {
    List<String> files = archived(content);
    return files.get(files.indexOf(targetFile(content)) - 2);
  }

  /** The last receipt of the chain. */
  Receipt lastReceipt() {
    List<Receipt> all = receipts();
    return all.get(all.size() - 1);
  }

  /** All receipts, the oldest first. */
  List<Receipt> receipts() {
    Path receipts = lab.evidenceStore().resolve(lab.name() + "/receipts");
    try (Stream<Path> files = Files.list(receipts)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9]+\\.json"))
          .sorted()
          .map(file -> believed(ReceiptFormat.parse(bytes(file), trusted())).receipt())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of a manifest: LATEST, a name, or a name with {@code .pending} behind it. */
  Path manifestFile(String name) {
    return lab.evidenceStore().resolve(lab.name() + "/manifests/" + name + ".json");
  }

  private TrustedKeys trusted() {
    try (Stream<Path> files = Files.list(lab.configDirectory())) {
      return TrustedKeys.parse(
          files
              .filter(file -> file.getFileName().toString().matches("signing.*\\.pub"))
              .map(key -> new TrustedKeys.KeyText(key.toString(), read(key)))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T believed(Document<T> document) {
    if (document instanceof Document.Intact<T> sealed) {
      return sealed.content();
    }
    throw new AssertionError("not believed: " + document);
  }

  /** The file in which an instance's gate says what it last could not give. */
  Path gateStatus(LabInstance instance) {
    return instance.host().mooring().resolve(lab.name() + "/" + instance.id() + ".gate.status");
  }

  /** The epoch of the last run that acted on content 0 at its west host. */
  long epochAtWest() {
    return read(west(0).host().mooring().resolve(lab.name() + "/0.authority"))
        .lines()
        .filter(line -> line.startsWith("epoch="))
        .mapToLong(line -> Long.parseLong(line.substring("epoch=".length())))
        .findFirst()
        .orElseThrow();
  }

  /** Whether the file is there and holds the word. */
  static boolean says(Path file, String word) {
    return Files.exists(file) && read(file).contains(word);
  }

  static String read(Path file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes rows and ends the WAL file, that many times: so many more files to replay. */
  void fillWalFiles(int content, int files) {
    try (Connection connection = lab.connect(east(content));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS filler(n bigint)");
      for (int i = 0; i < files; i++) {
        statement.execute("INSERT INTO filler SELECT generate_series(1, 2000)");
        statement.execute("SELECT pg_switch_wal()");
      }
    } catch (SQLException e) {
      throw new AssertionError("could not write to " + east(content).id(), e);
    }
  }

  /** Runs a statement on the first primary. */
  void change(String statement) {
    change(east(0), statement);
  }

  /** Runs a statement on an instance. */
  void change(LabInstance instance, String statement) {
    try (Connection connection = lab.connect(instance);
        Statement running = connection.createStatement()) {
      running.execute(statement);
    } catch (SQLException e) {
      throw new AssertionError("could not change " + instance.id() + ": " + statement, e);
    }
  }

  /** The one text that a query on a primary answers. */
  String ask(int content, String query) {
    return ask(east(content), query);
  }

  /** The one text that a query on an instance answers. */
  String ask(LabInstance instance, String query) {
    try (Connection connection = lab.connect(instance);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    } catch (SQLException e) {
      throw new AssertionError(instance.id() + " did not answer " + query, e);
    }
  }

  /**
   * Every member of a cluster that streams comes to have each row of the ledger that the primary
   * has. Clients must be silent.
   */
  void assertSameRows(String primary) {
    String query = "SELECT count(*) || ' to ' || max(seq) FROM lab.ledger";
    String rows = ask(lab.instance(primary), query);
    assertThat(rows).doesNotStartWith("0 ");
    for (LabInstance member : lab.instances()) {
      Soon.promised(member.id() + " has " + rows, () -> ask(member, query).equals(rows));
    }
  }

  /** The version that the first primary runs. */
  ServerVersion version() {
    return ServerVersion.ofNumber(Integer.parseInt(ask(0, "SHOW server_version_num")));
  }

  /** The names of a content's archived WAL files, in order. */
  List<String> archived(int content) {
    try (Stream<Path> files = Files.list(lab.archive(content))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[0-9A-F]{24}"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts an instance by hand that may never say that it is ready. */
  void startWithoutWaiting(LabInstance instance) {
    Thread starting =
        new Thread(
            () -> {
              try {
                lab.start(instance);
              } catch (RuntimeException e) {
                // a server that never reaches its target never says that it is ready
                return;
              }
            },
            "start by hand");
    starting.setDaemon(true);
    starting.start();
  }

  /** Adds to what an instance is started with, as a person does. */
  void configure(LabInstance instance, String settings) {
    Path file = instance.dataDirectory().resolve("postgresql.auto.conf");
    try {
      Files.writeString(file, settings, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
