package dev.mooring.activities.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a configuration while its data directory is copied or rewound. */
class ConfigurationKeptTest {
  private static final String OWN = "port = 5432\n";

  @TempDir Path above;
  private Path data = Path.of("/nonexistent");
  private Path etc = Path.of("/nonexistent");

  private static final String PLACES =
      """
      data_directory = '/srv/east'
        HBA_FILE '/etc/east/pg_hba.conf'
      ident_file='/etc/east/pg_ident.conf'
      external_pid_file = '/run/east.pid'
      hba_files = 'another setting'
      """;

  private static final String NO_PLACES =
      """
      # data_directory = '/srv/east'
      #   HBA_FILE '/etc/east/pg_hba.conf'
      # ident_file='/etc/east/pg_ident.conf'
      # external_pid_file = '/run/east.pid'
      hba_files = 'another setting'
      """;

  /**
   * Links to files and to a directory elsewhere, one of them relative, and one that leads nowhere.
   */
  @BeforeEach
  void aDirectoryWithLinks() throws IOException {
    above = above.toRealPath();
    data = Files.createDirectory(above.resolve("data"));
    etc = Files.createDirectories(above.resolve("etc/postgresql/15/main"));
    Files.writeString(etc.resolve("postgresql.conf"), OWN);
    Files.writeString(etc.resolve("auto"), "work_mem = '8MB'\n");
    Files.createDirectory(etc.resolve("conf.d"));
    Files.createSymbolicLink(data.resolve("postgresql.conf"), etc.resolve("postgresql.conf"));
    Files.createSymbolicLink(
        data.resolve("postgresql.auto.conf"), Path.of("../etc/postgresql/15/main/auto"));
    Files.createSymbolicLink(data.resolve("pg_ident.conf"), etc.resolve("gone"));
    Files.createSymbolicLink(data.resolve("conf.d"), etc.resolve("conf.d"));
    Files.writeString(data.resolve("pg_hba.conf"), "local all all peer\n");
    Files.writeString(
        data.resolve("postmaster.opts"), "/bin/postgres \"-D\" \"" + data + "\" \"-i\"\n");
  }

  private String run(String commands) throws IOException, InterruptedException {
    return run(List.of("sh"), commands);
  }

  private String run(List<String> shell, String commands) throws IOException, InterruptedException {
    String script =
        "set -u\nrefuse() { echo \"refused $*\"; exit 1; }\n"
            + Sh.configurationsBelow(above.resolve("etc/postgresql"))
            + Script.resource(Script.class, OfInstance.SERVER)
            + Script.resource(HostCopyActivities.class, "directory.sh")
            + Script.resource(HostCopyActivities.class, "included.sh")
            + Script.resource(HostCopyActivities.class, "copy.sh")
            + Script.resource(HostCopyActivities.class, "rewind.sh")
            + Script.resource(HostCopyActivities.class, "basebackup.sh")
            + Script.resource(HostCopyActivities.class, "place.sh")
            + "real=$1/data run=r subject=west-0 cluster_dir=$1/mooring bin=/nonexistent\n"
            + "own=\"port = '1'\nlisten_addresses = 'a'\n\"\n"
            + commands;
    return Sh.saidBy(shell, script, above);
  }

  /** As a primary whose configuration lies in its data directory gives it. */
  private void filesOfTheSource(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (String name : new String[] {"postgresql.conf", "postgresql.auto.conf", "pg_ident.conf"}) {
      Files.writeString(
          directory.resolve(name), "PORT = 9\nlisten_addresses 'b'\nwork_mem = '1MB'\n");
    }
  }

  @Test
  void a_rewind_writes_through_no_link_and_they_come_back() throws Exception {
    assertThat(run("keep_configuration '' && unlink_configuration \"$real\" && echo kept"))
        .isEqualTo("kept\n");
    try (var left = Files.list(data)) {
      assertThat(left).noneMatch(Files::isSymbolicLink);
    }
    filesOfTheSource(data);
    Files.delete(data.resolve("postmaster.opts"));
    assertThat(run("configure_made \"$real\" \"$own\" && echo given")).isEqualTo("given\n");
    assertThat(Files.readSymbolicLink(data.resolve("postgresql.conf")))
        .isEqualTo(etc.resolve("postgresql.conf"));
    assertThat(data.resolve("postgresql.auto.conf"))
        .isSymbolicLink()
        .hasContent("work_mem = '8MB'");
    assertThat(data.resolve("pg_ident.conf")).isSymbolicLink();
    assertThat(data.resolve("conf.d")).isSymbolicLink();
    assertThat(data.resolve("postmaster.opts")).exists();
    assertThat(etc.resolve("postgresql.conf")).hasContent(OWN.strip());
    assertThat(etc.resolve("gone")).doesNotExist();
  }

  /** Of whatever name they are: a rewind removes what its source does not have. */
  @Test
  void what_the_configuration_includes_from_the_data_directory_comes_back() throws Exception {
    write(
        etc.resolve("postgresql.conf"),
        OWN + "include_dir = '" + data + "/site.d' # ours\ninclude 'elsewhere.inc'\n");
    write(data.resolve("site.d/10-own.conf"), "Include_If_Exists '../more.inc'\n");
    write(data.resolve("site.d/notes"), "ours\n");
    write(data.resolve("more.inc"), "include_if_exists 'never.inc'\ninclude local.inc\n");
    write(data.resolve("local.inc"), "work_mem = '7MB'\n");
    write(data.resolve("pg_hba.conf"), "local all @admins peer\ninclude rules\n#@base\n");
    write(data.resolve("admins"), "alice\n");
    write(data.resolve("rules"), "host all @\"operators.txt\" samenet scram-sha-256\n");
    write(data.resolve("operators.txt"), "bob\n");
    write(data.resolve("unused.inc"), "");
    assertThat(run("keep_configuration '' && echo kept")).isEqualTo("kept\n");
    Path made = Files.createDirectory(above.resolve("data.mooring-rewind"));
    write(made.resolve("local.inc"), "work_mem = '1MB'\n");

    assertThat(run("configure_made \"$real.mooring-rewind\" '' && echo given"))
        .isEqualTo("given\n");

    for (String name :
        new String[] {
          "site.d/10-own.conf", "site.d/notes", "more.inc", "local.inc", "admins", "rules"
        }) {
      assertThat(made.resolve(name)).hasSameTextualContentAs(data.resolve(name));
    }
    assertThat(made.resolve("operators.txt")).hasContent("bob");
    assertThat(made.resolve("unused.inc")).doesNotExist();
  }

  /** By files beside one that was kept already, and over files that lie elsewhere. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void what_included_files_include_comes_back_whoever_kept_their_directory(List<String> shell)
      throws Exception {
    write(
        etc.resolve("postgresql.conf"),
        "include '"
            + data
            + "/site.d/a.conf'\ninclude '"
            + data
            + "/site.d/b.conf'\n"
            + "include_dir '/nonexistent'\ninclude_dir '../more.d'\n");
    write(data.resolve("site.d/a.conf"), "include_dir 'below'\n");
    write(data.resolve("site.d/b.conf"), "include '../of-b.inc'\ninclude 'b.conf'\n");
    write(data.resolve("site.d/below/c.conf"), "include '../../of-c.inc'\n");
    write(above.resolve("more.d/d.conf"), "include '" + data + "/of-d.inc'\n");
    for (String name : List.of("of-b.inc", "of-c.inc", "of-d.inc")) {
      write(data.resolve(name), name);
    }
    assertThat(run(shell, "keep_configuration '' && ls \"$configuration\""))
        .contains("of-b.inc\n", "of-c.inc\n", "of-d.inc\n", "site.d\n");
  }

  /** PostgreSQL reads includes ten deep, and starts with none that is deeper. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void includes_are_followed_as_deep_as_a_server_reads_them(List<String> shell) throws Exception {
    write(etc.resolve("postgresql.conf"), "include '" + data + "/deep-1'\n");
    for (int depth = 1; depth <= 11; depth++) {
      write(data.resolve("deep-" + depth), "include 'deep-" + (depth + 1) + "'\n");
    }
    assertThat(run(shell, "keep_configuration '' && ls \"$configuration\""))
        .contains("deep-9\n", "deep-10\n")
        .doesNotContain("deep-11\n");
  }

  /** By settings in a file of its own, relative and absolute, and by links. */
  private void filesThatSettingsName() throws IOException {
    write(
        etc.resolve("postgresql.conf"),
        """
        include '%1$s/tls.inc'
        #ssl_ca_file = 'unused/ca'
        HBA_FILE 'rules/access'
        krb_server_keyfile = 'FILE:%1$s/keytab'
        archive_command = 'test -f log/archived && "scripts/archive" %%p >>log/archived'
        restore_command = 'sh restore.sh %%f'
        ssl_dh_params_file = 'linked/dh'
        ssl_ca_file '.ca/own'
        """
            .formatted(data));
    write(data.resolve("tls.inc"), "ssl_key_file=certs/own.key # ours\nssl_crl_dir = 'crls'\n");
    write(data.resolve("certs/own.key"), "own");
    Files.setPosixFilePermissions(
        data.resolve("certs/own.key"), PosixFilePermissions.fromString("rw-------"));
    Files.createSymbolicLink(data.resolve("linked"), etc);
    write(data.resolve("secrets/ca"), "own");
    Files.createDirectory(data.resolve(".ca"));
    Files.createSymbolicLink(data.resolve(".ca/own"), Path.of("../secrets/ca"));
    write(etc.resolve("dh"), "own");
    for (String name :
        List.of(
            "crls/1",
            "root.crl",
            "unused/ca",
            "keytab",
            "log/archived",
            "scripts/archive",
            "restore.sh")) {
      write(data.resolve(name), "own");
    }
    write(data.resolve("rules/access"), "local all @people peer\n");
    write(data.resolve("rules/people"), "alice\n");
    assertThat(data.resolve("scripts/archive").toFile().setExecutable(true)).isTrue();
  }

  /** A rewind would remove a private key that its source lacks, or bring that of its source. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void files_that_its_settings_name_in_the_data_directory_come_back_and_outrank_the_sources(
      List<String> shell) throws Exception {
    filesThatSettingsName();
    assertThat(run(shell, "keep_configuration '' && unlink_configuration \"$real\" && echo kept"))
        .isEqualTo("kept\n");
    Path made = above.resolve("data.mooring-rewind");
    write(made.resolve("certs/own.key"), "the source's");
    write(made.resolve("certs/source.key"), "the source's");

    assertThat(run(shell, "configure_made \"$real.mooring-rewind\" '' && echo given"))
        .isEqualTo("given\n");

    assertThat(made.resolve("certs")).isDirectoryNotContaining("glob:**/source.key");
    for (String name :
        List.of("certs/own.key", "crls/1", "root.crl", "keytab", "scripts/archive", "restore.sh")) {
      assertThat(made.resolve(name)).as(name).hasContent("own");
    }
    assertThat(Files.getPosixFilePermissions(made.resolve("certs/own.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(made.resolve("scripts/archive")).isExecutable();
    assertThat(made.resolve("rules/people")).exists();
    assertThat(made.resolve("linked")).isSymbolicLink();
    assertThat(made.resolve(".ca/own")).isSymbolicLink().hasContent("own");
    assertThat(made.resolve("unused")).doesNotExist();
    assertThat(made.resolve("log")).doesNotExist();
  }

  /** A server takes a key of root that its group may read, and of its own one that it alone may. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void what_was_another_accounts_is_the_servers_alone(List<String> shell) throws Exception {
    Files.delete(data.resolve("pg_hba.conf"));
    write(data.resolve("server.key"), "");
    Files.setPosixFilePermissions(
        data.resolve("server.key"), PosixFilePermissions.fromString("rw-r-----"));
    Path kept = above.resolve("mooring/west-0.configuration/r/server.key");
    run(shell, "keep_configuration ''");
    assertThat(Files.getPosixFilePermissions(kept))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    run(shell, "run=r2; id() { echo 4711; }; keep_configuration ''");
    assertThat(
            Files.getPosixFilePermissions(
                above.resolve("mooring/west-0.configuration/r2/server.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void one_that_lies_among_the_servers_own_files_is_refused_by_its_name() throws Exception {
    write(data.resolve("pg_hba.conf"), "include global/rules\n");
    write(data.resolve("global/rules"), "");
    assertThat(run("keep_configuration '' && echo kept"))
        .startsWith("refused HOST_REFUSED the configuration names " + data + "/global/rules");
    assertThat(above.resolve("mooring/west-0.configuration/r")).doesNotExist();
  }

  @Test
  void a_copy_that_brought_a_link_is_not_written_through() throws Exception {
    Files.delete(data.resolve("postgresql.conf"));
    Files.writeString(data.resolve("postgresql.conf"), "port = 7\n");
    Path made = Files.createDirectory(above.resolve("data.mooring-new"));
    Files.createSymbolicLink(made.resolve("postgresql.conf"), etc.resolve("postgresql.conf"));
    assertThat(
            run("keep_configuration '' && configure_made \"$real.mooring-new\" '' && echo given"))
        .isEqualTo("given\n");
    assertThat(made.resolve("postgresql.conf")).isRegularFile().hasContent("port = 7");
    assertThat(etc.resolve("postgresql.conf")).hasContent(OWN.strip());
  }

  @Test
  void a_directory_that_a_copy_brought_is_replaced_by_its_link_or_its_own() throws Exception {
    Path made = above.resolve("data.mooring-new");
    write(made.resolve("conf.d/10-primary.conf"), "work_mem = '9MB'\n");
    String given = "keep_configuration '' && configure_made \"$real.mooring-new\" '' && echo given";
    assertThat(run(given)).isEqualTo("given\n");
    assertThat(Files.readSymbolicLink(made.resolve("conf.d"))).isEqualTo(etc.resolve("conf.d"));
    Files.delete(made.resolve("conf.d"));
    Files.delete(data.resolve("conf.d"));
    write(made.resolve("conf.d/10-primary.conf"), "work_mem = '9MB'\n");
    write(data.resolve("conf.d/20-own.conf"), "");
    assertThat(run("run=s; " + given)).isEqualTo("given\n");
    assertThat(made.resolve("conf.d/10-primary.conf")).doesNotExist();
    assertThat(made.resolve("conf.d/20-own.conf")).exists();
    assertThat(etc.resolve("conf.d")).isEmptyDirectory();
  }

  /** A system that pg_controldata tells of, and one that it does not. */
  private String reported(String system) {
    return "mkdir \"$1/bin\"; bin=$1/bin\n"
        + "process_state() { state=STOPPED; }\n"
        + "printf 'PG_VERSION\\n' >\"$real/PG_VERSION\"\n"
        + "printf '#!/bin/sh\\necho \"Database system identifier:  "
        + system
        + "\"\\necho \"Database cluster state:  shut down\"\\n' >\"$bin/pg_controldata\"\n"
        + "chmod +x \"$bin/pg_controldata\"\n";
  }

  @Test
  void of_another_system_nothing_is_kept_and_nothing_is_fenced() throws Exception {
    String settings = Files.readString(etc.resolve("auto"));
    assertThat(
            run(
                reported("8")
                    + "keep_configuration 7; fence_former_primary 5 7; ls $configuration"))
        .isEmpty();
    assertThat(etc.resolve("auto")).hasContent(settings);
    assertThat(run("bin=$1/none; fence_former_primary 5 7; is_anothers 7 && echo unproved"))
        .isEqualTo("unproved\n");
    assertThat(etc.resolve("auto")).hasContent(settings);
  }

  @Test
  void of_its_own_system_all_is_kept_and_what_was_a_primary_is_fenced() throws Exception {
    assertThat(
            run(
                reported("7")
                    + "keep_configuration 7; fence_former_primary 5 7; ls $configuration"))
        .contains("pg_hba.conf\n", "postgresql.conf\n", "postmaster.opts\n");
    assertThat(etc.resolve("auto")).content().contains("mooring_fenced_epoch_5 = on");
    String fenced = Files.readString(etc.resolve("auto")).replace("mooring_f", " mooring_f");
    Files.writeString(etc.resolve("auto"), fenced);
    assertThat(run(reported("7").replace("mkdir", "mkdir -p") + "fence_former_primary 6 7"))
        .isEmpty();
    assertThat(etc.resolve("auto")).as("a person may have indented it").hasContent(fenced);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void one_that_was_lost_has_its_own_elsewhere_and_nothing_of_the_primarys_that_outranks_it()
      throws Exception {
    Files.move(data, above.resolve("lost"));
    Path made = above.resolve("data.mooring-new");
    filesOfTheSource(made);
    Files.writeString(etc.resolve("postgresql.conf"), OWN + "data_directory = '" + data + "'\n");
    assertThat(run("configure_made \"$real.mooring-new\" \"$own\" && echo given"))
        .isEqualTo("given\n");
    assertThat(made.resolve("postgresql.conf")).doesNotExist();
    assertThat(made.resolve("postgresql.auto.conf")).hasContent("work_mem = '1MB'");
  }

  /** Where the primary keeps its files, another server's may lie here, or nothing. */
  @Test
  void one_that_was_lost_and_has_none_gets_the_primarys_its_own_settings_and_no_foreign_place()
      throws Exception {
    Files.move(data, above.resolve("lost"));
    Path made = above.resolve("data.mooring-new");
    filesOfTheSource(made);
    write(made.resolve("postgresql.conf"), "work_mem = '1MB'\n" + PLACES);
    write(made.resolve("conf.d/10-places.conf"), PLACES);
    write(made.resolve("pg_hba.conf"), "host hba_file all 10.0.0.1/32 md5\n");
    for (int attempt = 1; attempt <= 2; attempt++) {
      run("configure_made \"$real.mooring-new\" \"$own\"");
      assertThat(made.resolve("postgresql.conf")).hasContent("work_mem = '1MB'\n" + NO_PLACES);
      assertThat(made.resolve("conf.d/10-places.conf")).hasContent(NO_PLACES);
      assertThat(made.resolve("pg_hba.conf")).hasContent("host hba_file all 10.0.0.1/32 md5");
      assertThat(Files.readString(made.resolve("postgresql.auto.conf")))
          .startsWith("PORT = 9\nlisten_addresses 'b'\nwork_mem = '1MB'\n")
          .endsWith("port = '1'\nlisten_addresses = 'a'\n");
    }
  }

  /** A data_directory that an included file names is not put out of force. */
  @Test
  void a_configuration_that_would_start_another_directory_is_not_brought_to_its_place()
      throws Exception {
    Files.move(data, above.resolve("lost"));
    Path made = above.resolve("data.mooring-new");
    filesOfTheSource(made);
    assertThat(brought("echo /srv/east"))
        .isEqualTo(
            "refused HOST_REFUSED no start by the configuration that the copy brought: "
                + made
                + "/postgresql.conf is of /srv/east, not of "
                + made
                + "; correct it in "
                + made
                + "\n");
    assertThat(brought("echo 'no file there' >&2; exit 1"))
        .contains("that the copy brought: no file there ; correct it in");
    assertThat(brought("printf '%s\\n' \"$2\"")).isEqualTo("good\n");
    Path before12 = Files.createFile(made.resolve("recovery.conf"));
    assertThat(brought("printf '%s\\n' \"$2\"")).contains(before12 + " is there");
    Files.delete(before12);
    Files.delete(made.resolve("postgresql.conf"));
    Files.writeString(etc.resolve("postgresql.conf"), OWN + "data_directory = '" + data + "'\n");
    Path brought = made.resolve("postgresql.auto.conf");
    Files.writeString(brought, "lc_messages = 'xx'\nmooring_fenced_epoch_4 = on\n");
    Files.createDirectory(data);
    write(made.resolve("PG_VERSION"), "15\n");
    assertThat(brought("echo replica")).isEqualTo("good\n");
    assertThat(brought("cat \"${6#*=}\"/postgresql.auto.conf >&2; exit 1"))
        .as("it is asked as a standby, which overrides targets that are left")
        .contains("that the copy brought: lc_messages = 'xx' recovery_target = '' ")
        .doesNotContain("mooring_fenced");
    String refused = "[ \"$8\" = wal_level ] || { echo 'no certificate' >&2; exit 1; }";
    assertThat(brought(refused)).as("what was its own is lost").isEqualTo("good\n");
    write(above.resolve("mooring/west-0.configuration/r/postgresql.auto.conf"), "");
    assertThat(brought(refused)).contains("no certificate; correct");
    write(made.resolve("PG_VERSION"), "14\n");
    assertThat(brought(refused)).isEqualTo("good\n");
  }

  /** What comes of a copy where `postgres -D … -C …` is that. */
  private String brought(String postgres) throws IOException, InterruptedException {
    write(above.resolve("bin/postgres"), "#!/bin/sh\n" + postgres + "\n");
    Files.setPosixFilePermissions(
        above.resolve("bin/postgres"), PosixFilePermissions.fromString("rwx------"));
    return run(
        "bin=$1/bin work=$1 made=$real.mooring-new; configure_made \"$made\" \"$own\";"
            + " refuse_what_it_brought; echo good");
  }

  /** It had lost its postgresql.conf, and somebody left other files there. */
  @Test
  void one_that_has_lost_its_main_file_gets_its_own_settings_too() throws Exception {
    for (String name : List.of("postgresql.conf", "postgresql.auto.conf", "postmaster.opts")) {
      Files.delete(data.resolve(name));
    }
    Path made = above.resolve("data.mooring-new");
    filesOfTheSource(made);
    run("keep_configuration '' && configure_made \"$real.mooring-new\" \"$own\"");
    assertThat(made.resolve("pg_hba.conf")).hasContent("local all all peer");
    assertThat(made.resolve("postgresql.auto.conf"))
        .hasContent(
            "PORT = 9\nlisten_addresses 'b'\nwork_mem = '1MB'\nport = '1'\nlisten_addresses = 'a'");
    write(etc.resolve("postgresql.conf"), OWN + "data_directory = '" + data + "'\n");
    filesOfTheSource(made);
    run("configure_made \"$real.mooring-new\" \"$own\"");
    assertThat(made.resolve("postgresql.auto.conf")).hasContent("work_mem = '1MB'");
    assertThat(made.resolve("postgresql.conf")).doesNotExist();
  }
}
