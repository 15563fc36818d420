package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.evidence.S3Server;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Publish and consume where the WAL archive is no directory that the hosts are said to see. */
@Tag("all")
class OtherArchivesIT {
  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void up() {
    stage = new Stage(LabPlan.fleet(2).named("elsewhere").withInstancesPerHost(2));
    sites = new Sites(stage.lab);
    stage.beginMoored();
  }

  @AfterEach
  void reset() {
    stage.reset();
  }

  @AfterAll
  static void down() {
    stage.close();
  }

  /** More for the archive of the east, other words for the restore command of the west. */
  private static UnaryOperator<String> archives(String east, String more) {
    return file ->
        file.replaceAll(", restoreCommand: '[^']*'", more)
            .replaceAll("/\\{content}\"}}", "/{content}\"" + east + "}}");
  }

  private static final String CP = ", restoreCommand: 'cp \"{archive}/%f\" \"%p\"'";

  @Test
  void moors_by_commands_that_are_asked_and_decodes_what_the_restore_command_fetches() {
    String check =
        ", walCheck: {command: 'false', contents: {\"0\": 'test -f {wal_path}', \"1\": 'test -f"
            + " {archive_dir}/{wal_filename} && echo {x,y}'}}";
    stage.amendClusterFile(archives(check, CP + check));
    String needed =
        moorsAndRefuses(
            file -> stage.lab.faults().hideWal(1, file),
            file -> stage.lab.faults().truncateWal(1, file, 4096),
            "there and can't be fetched: the restore command did not fetch");
    showToTheLaws(needed);
    assertThat(sites.latest().presences()).isEmpty();
  }

  @Test
  void asks_again_at_the_proof_where_the_archive_is_away_for_a_moment() throws IOException {
    Path directory = Files.createTempDirectory("away");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path away = directory.resolve("away");
    String check = ", walCheck: {command: 'test -f {wal_path}'}";
    String command = "mv %s %s.seen 2>/dev/null && exit 2; cp \"{archive}/%%f\" \"%%p\"";
    stage.amendClusterFile(
        archives(check, ", restoreCommand: '" + command.formatted(away, away) + "'" + check));
    PublishResult published = stage.publish();
    stage.hooks.before(ConsumeStep.PROVE_ALL, () -> made(away));

    assertThat(stage.consume().restorePoint()).isEqualTo(published.restorePoint());
    assertThat(away.resolveSibling("away.seen")).exists();
  }

  private static void made(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException unexpected) {
      throw new UncheckedIOException(unexpected);
    }
  }

  @Test
  void notices_at_a_check_that_a_command_says_yes_of_everything() {
    stage.amendClusterFile(
        archives(
            ", walCheck: {command: 'true'}", CP + ", walCheck: {command: 'test -f {wal_path}'}"));

    assertThat(archivesChecked())
        .filteredOn(seen -> !seen.equals("readable"))
        .hasSize(2)
        .allMatch(seen -> seen.startsWith("the WAL check says yes of 000000000000000000000000"));
  }

  @Test
  void refuses_by_a_command_that_finds_a_file_of_the_chain_missing() {
    String check = ", walCheck: {command: 'test -f {wal_path}'}";
    stage.amendClusterFile(archives(check, CP + check));
    stage.publish();
    String gap = sites.targetFile(0);
    stage.publish();
    stage.lab.faults().hideWal(0, gap);

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.code()).isEqualTo(FailureCode.WAL_MISSING.name());
    assertThat(ending.headline()).contains(gap + " is missing");
  }

  @Test
  void takes_the_presence_of_files_for_enough_only_where_policy_says_so_and_says_so() {
    String check =
        ", restoreCommand: 'exit 2; {archive} %f %p', walCheck: {command: 'test -f {wal_path}'}";
    stage.amendClusterFile(
        f -> archives(check, CP).apply(f).replace("archiveWait: PT20S", "archiveWait: PT3S"));
    EndingRecord refused = stage.publishFails();
    assertThat(refused.code()).isEqualTo(FailureCode.ARCHIVE_NOT_PROVED.name());
    assertThat(refused.headline()).contains("is in the archive, and its bytes can't be had");

    stage.amendClusterFile(
        f -> f.replace("archiveWait: PT3S", "archiveWait: PT3S\n  archiveProof: presence"));
    PublishResult published = stage.publish();

    assertThat(published.headline()).contains("2 by the presence of their files alone");
    assertThat(sites.latest().proofs()).isEmpty();
    assertThat(sites.latest().presences())
        .hasSize(2)
        .extracting(ContentPresence::notProved)
        .allMatch(why -> why.contains("exit status 2"));
    ConsumeResult consumed = stage.consume();
    assertThat(consumed.restorePoint()).isEqualTo(published.restorePoint());
    assertThat(consumed.degraded()).anyMatch(one -> one.contains("the restore command did not"));
  }

  @Test
  void moors_from_a_directory_that_is_reached_over_sftp() throws IOException {
    String sftp =
        "sftp: {host: %s, directory: \"%s/{content}\", identityFile: \"%s\", knownHostsFile: \"%s\"}"
            .formatted(
                stage.lab.hosts().get(0).name(),
                stage.lab.archive(0).getParent(),
                handed("identityFile"),
                handed("knownHostsFile"));
    stage.amendClusterFile(file -> elsewhere(file, sftp, sftp));
    String needed =
        moorsAndRefuses(
            file -> stage.lab.faults().hideWal(1, file),
            file -> stage.lab.faults().truncateWal(1, file, 4096),
            "4096 bytes instead of");
    showToTheLaws(needed);
  }

  @Test
  void moors_from_a_pgbackrest_repository_and_refuses_a_gap_in_it() throws IOException {
    Path east = stanzas("east");
    Path west = stanzas("west");
    for (int content = 0; content < 2; content++) {
      fill(content, east);
    }
    String stanza = "pgbackrest: {stanza: \"c{content}\", config: \"%s\"}";
    stage.amendClusterFile(file -> elsewhere(file, stanza.formatted(east), stanza.formatted(west)));
    moorsAndRefuses(
        file -> inRepository(east, file, "-delete"),
        file -> inRepository(east, file, "-exec", "truncate", "-s", "100", "{}", ";"),
        "there and can't be fetched: the restore command did not fetch");
  }

  private static void inRepository(Path config, String file, String... act) {
    List<String> find =
        new ArrayList<>(
            List.of("find", config.getParent() + "/repository/archive/c1", "-name", file + "-*"));
    find.addAll(List.of(act));
    stage.lab.run(sites.east(1).host(), find.toArray(String[]::new));
  }

  /** By the commands of docs/operations/archives.md, as they stand there. */
  @Test
  void moors_from_a_bucket_that_the_documented_script_archives_to() throws IOException {
    try (S3Server server = WalBucket.server(stage.lab)) {
      WalBucket bucket = new WalBucket(stage.lab, server);
      bucket.archiveTo(sites);
      stage.amendClusterFile(file -> elsewhere(file, bucket.archive(), bucket.archive()));

      moorsAndRefuses(
          file -> bucket.remove(1, file), file -> bucket.flip(1, file), "other bytes than were");

      server.cut();
      EndingRecord ending = stage.consumeFails("latest");
      assertThat(ending.code()).isEqualTo(FailureCode.HOST_UNREACHABLE.name());
      assertThat(ending.headline()).contains("can't list").doesNotContain("missing");
    }
  }

  @Test
  void a_check_tells_which_of_worker_and_hosts_may_not_read_a_bucket() throws IOException {
    try (S3Server server = WalBucket.server(stage.lab)) {
      WalBucket bucket = new WalBucket(stage.lab, server);
      stage.amendClusterFile(file -> elsewhere(file, bucket.archive(), bucket.archive()));
      assertThat(archivesChecked()).hasSize(4).containsOnly("readable");

      bucket.spoil(bucket.hostsKey());
      assertThat(archivesChecked())
          .allSatisfy(
              seen ->
                  assertThat(seen)
                      .startsWith("the restore command of a file that is not there ends with")
                      .contains("status 2 instead of 1: HTTP status 403"));

      bucket.mend(bucket.hostsKey());
      bucket.spoil(bucket.workersSecret());
      assertThat(archivesChecked())
          .allSatisfy(
              seen ->
                  assertThat(seen)
                      .startsWith("the worker can't list " + server.endpoint())
                      .contains("403 SignatureDoesNotMatch"));
    }
  }

  private static List<String> archivesChecked() {
    return stage
        .start("ClusterCheck", stage.publishRequest())
        .getResult(CheckResult.class)
        .rows()
        .stream()
        .filter(row -> row.id().equals("wal-archive"))
        .map(CheckRow::seen)
        .toList();
  }

  /** They look into the archive for what was replayed. */
  private static void showToTheLaws(String file) {
    stage.lab.faults().showWal(1, file);
  }

  /**
   * Publish and consume, what a publish says when WAL is kept too short, and what a consume says of
   * a gap and of a target that was spoilt.
   *
   * @param takeAway removes a WAL file of content 1
   * @param spoil breaks one
   * @param spoilt what is said of that
   * @return the file that the copy still needs, which was removed
   */
  private static String moorsAndRefuses(
      Consumer<String> takeAway, Consumer<String> spoil, String spoilt) {
    String point = stage.publish().restorePoint();
    assertThat(sites.latest().proofs()).hasSize(2);
    assertThat(stage.consume().restorePoint()).isEqualTo(point);
    assertThat(sites.mooredAt()).isEqualTo(point);
    String floor = "archive-floor " + stage.cluster() + " --content=1";
    String needed = stage.mooring().type(floor).firstLine();
    stage.publish();
    String gap = sites.targetFile(1);
    takeAway.accept(needed);
    assertThat(stage.publish().degraded())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line)
                    .startsWith("the archive of content 1 no longer has " + needed + ", which"));
    String target = sites.targetFile(1);
    takeAway.accept(gap);
    spoil.accept(target);
    EndingRecord ending = stage.consumeFails("latest");
    assertThat(ending.code()).isEqualTo(FailureCode.WAL_MISSING.name());
    assertThat(ending.headline())
        .contains(needed + " is missing", gap + " is missing", target + " is " + spoilt);
    return needed;
  }

  /** Makes a content's stanza, with what is archived already, and lets its archiver push to it. */
  private static void fill(int content, Path config) {
    LabHost host = sites.east(content).host();
    String stanza = "--stanza=c" + content;
    String program = "--config=" + config;
    stage.lab.run(host, "pgbackrest", program, stanza, "--no-online", "stanza-create");
    for (String file : sites.archived(content)) {
      String path = stage.lab.archive(content) + "/" + file;
      stage.lab.run(host, "pgbackrest", program, stanza, "archive-push", path);
    }
    String before = sites.ask(content, "SHOW archive_command");
    stage
        .lab
        .faults()
        .set(
            content,
            "archive_command",
            before + " && pgbackrest " + program + " " + stanza + " archive-push %p");
  }

  /** The configuration of the repository at a site, one stanza for each content. */
  private static Path stanzas(String site) throws IOException {
    Path directory = owned(stage.lab.directory().resolve("pgbackrest"));
    StringBuilder text =
        new StringBuilder("[global]\nlog-level-file=off\nlog-level-console=off\n")
            .append("repo1-path=" + owned(directory.resolve("repository")) + "\n")
            .append("lock-path=" + owned(directory.resolve("lock")) + "\n");
    for (LabInstance instance : stage.lab.instancesAt(site)) {
      text.append("[c%d]\npg1-path=%s\n".formatted(instance.content(), instance.dataDirectory()));
    }
    Path file = directory.resolve(site + ".conf");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  private static Path owned(Path directory) throws IOException {
    return handOver(Files.createDirectories(directory));
  }

  private static Path handOver(Path path) throws IOException {
    return Files.setOwner(
        path,
        path.getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(stage.lab.userName()));
  }

  /** A file of the worker's, as the account of the servers has its own. */
  private static Path handed(String setting) throws IOException {
    Matcher place =
        Pattern.compile(setting + ": \"([^\"]+)\"")
            .matcher(Files.readString(stage.lab.clusterFile()));
    assertThat(place.find()).isTrue();
    Path copy = owned(stage.lab.directory().resolve("handed")).resolve(setting);
    Files.copy(Path.of(place.group(1)), copy, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    return handOver(copy);
  }

  /** The same file with other archives at its sites. */
  private static String elsewhere(String file, String east, String west) {
    return file.replaceAll(
            "(name: east, archive: \\{)directory: \"[^\"]*\"",
            "$1" + Matcher.quoteReplacement(east))
        .replaceAll(
            "(name: west, .*archive: \\{)directory: .*'}}",
            "$1" + Matcher.quoteReplacement(west) + "}}");
  }
}
