package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What PostgreSQL would refuse at a start, found before it. */
class NeedsScriptTest {
  @TempDir Path directory;

  @BeforeEach
  void ofAServer() throws IOException {
    for (String name : List.of("pg_notify", "pg_replslot", "pg_tblspc", "pg_twophase")) {
      Files.createDirectory(directory.resolve(name));
    }
  }

  private String lacks(List<String> shell, String function, String setting) throws Exception {
    return Sh.saidBy(
        shell,
        String.join(
            "\n",
            Script.resource(Script.class, "needs.sh"),
            """
            ask() { value=$setting; }
            data='%s' missing='' setting=$1 config_home=$data configured=yes
            timeout() { return 2; }
            work=$data subject=x
            %s
            printf %%s "$missing"
            """
                .formatted(directory, function)),
        setting);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_directory_is_its_accounts_and_no_other_writes_there(List<String> shell) throws Exception {
    for (String mode : List.of("rwx------", "rwxr-x---")) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
      assertThat(lacks(shell, "need_mode", "")).as(mode).isEmpty();
    }
    for (String mode : List.of("rwxrwx---", "rwxr-xr-x", "rwx-----x")) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
      assertThat(lacks(shell, "need_mode", "")).as(mode).contains("must have 0700 or 0750");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_port_is_in_use_if_others_listen_wherever_the_server_would(List<String> shell)
      throws Exception {
    try (ServerSocket one = listening("127.0.0.1")) {
      assertThat(port(shell, one, "127.0.0.1")).contains("port " + one.getLocalPort());
      assertThat(port(shell, one, "0.0.0.0")).isNotEmpty();
      assertThat(port(shell, one, "127.0.0.1, 127.0.0.2")).isEmpty();
      assertThat(port(shell, one, "::1")).isEmpty();
      assertThat(port(shell, one, "")).isEmpty();
    }
    try (ServerSocket all = listening("0.0.0.0")) {
      assertThat(port(shell, all, "127.0.0.3,127.0.0.1")).isNotEmpty();
    }
    ServerSocket closed = listening("127.0.0.1");
    closed.close();
    assertThat(port(shell, closed, "*")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void an_address_to_listen_at_is_this_hosts(List<String> shell) throws Exception {
    String own = "need_port 1";
    assertThat(lacks(shell, own, "192.0.2.7, no.name.invalid"))
        .isEqualTo(
            "listen_addresses has no address of this host that is free: 192.0.2.7,"
                + " no.name.invalid");
    for (String one : List.of("192.0.2.7,127.0.0.9", "localhost", "0.0.0.0", "*", "", "::1")) {
      assertThat(lacks(shell, own, one)).as(one).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void access_rules_can_be_read_and_are_some(List<String> shell) throws Exception {
    Path rules = directory.resolve("pg_hba.conf");
    Files.writeString(directory.resolve("PG_VERSION"), "18\n");
    String lacks = rules + " can't be read, or has no entry";
    assertThat(lacks(shell, "need_access", rules.toString())).isEqualTo(lacks);
    Files.writeString(rules, "# local all all trust\n \n");
    assertThat(lacks(shell, "need_access", rules.toString())).isEqualTo(lacks);
    Files.writeString(rules, "# local\n local all all trust\n");
    assertThat(lacks(shell, "need_access", rules.toString())).isEmpty();
  }

  /** What ends a trial before it comes to the rules, and the end for want of WAL, tell nothing. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void access_rules_are_tried_and_only_what_a_server_says_of_them_counts(List<String> shell)
      throws Exception {
    Path rules = directory.resolve("pg_hba.conf");
    Files.writeString(rules, "host all all foo bar\n");
    Files.createDirectory(directory.resolve("global"));
    for (String file : List.of("PG_VERSION", "global/pg_control")) {
      Files.writeString(directory.resolve(file), "15\n");
    }
    String bad = "LOG:  invalid authentication method \"bar\"\nCONTEXT:  line 1 of file\n";
    String ended = "FATAL:  could not load pg_hba.conf\n";
    String listens = "LOG:  starting\nLOG:  listening on Unix socket\n";
    String off =
        "LOG:  hostssl record cannot match because SSL is disabled\nHINT:  Set\nCONTEXT:  y\n";
    String refused =
        "the server in "
            + directory
            + " would not start: LOG: invalid authentication method \"bar\" CONTEXT: line 1 of file"
            + " ";
    assertThat(tried(shell, listens + off + bad + bad + off + ended)).isEqualTo(refused);
    for (String other :
        List.of(
            listens + off + "FATAL:  required WAL directory\n", "FATAL:  no space\n", ended, "")) {
      assertThat(tried(shell, other)).as(other).isEmpty();
    }
    Files.writeString(directory.resolve("PG_VERSION"), "18\n");
    assertThat(lacks(shell, TRIED, listens + bad + ended)).isEmpty();
  }

  private static final String TRIED =
      """
      printf '%s' "$setting" >"$data/words"
      ask() { value=$data/pg_hba.conf; }
      timeout() { case "$*" in *"-D $data/x.start -c hba_file=$data/pg_hba.conf"*) cat "$data/words" ;; esac; }
      need_access\
      """;

  private String tried(List<String> shell, String words) throws Exception {
    String said = lacks(shell, "bin=/b; " + TRIED, words);
    assertThat(directory.resolve("x.start/global/pg_control")).hasContent("15");
    return said;
  }

  /** Nothing but the default of its programs names a directory for sockets here. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void sockets_by_default_need_their_directory_too(List<String> shell) throws Exception {
    for (String name : List.of("postgresql.conf", "postgresql.auto.conf")) {
      Files.writeString(directory.resolve(name), "work_mem = '4MB'\n");
    }
    String stopped =
        """
        observe() { state=STOPPED major=15 server=; }; runs_as_primary() { false; }
        of_config() { config=''; }
        report() { missing=$2; }; by_name() { echo "$1"; }; need_access() { :; }; need_mode() { :; }
        ask() { value=''; [ $1 != unix_socket_directories ] || value=$setting; }
        needs_itself x x 1\
        """;
    String absent = directory + "/absent";
    assertThat(lacks(shell, stopped, absent))
        .isEqualTo(
            "unix_socket_directories has "
                + absent
                + ", which is no directory that can be written");
    assertThat(lacks(shell, stopped, directory.toString())).isEmpty();
    Path before12 = Files.createFile(directory.resolve("recovery.conf"));
    assertThat(lacks(shell, stopped, directory.toString()))
        .isEqualTo(before12 + " is there, of a version before 12");
  }

  private static final String ITSELF =
      """
      observe() { state=STOPPED major=14; }; runs_as_primary() { false; }; of_config() { config=''; }
      report() { missing=$2; }; by_name() { echo "$1"; }; need_access() { :; }; need_mode() { :; }
      ask() { value=''; }
      needs_itself x x 1\
      """;

  /** Tools that copy files leave these out; no server makes them again. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void directories_that_are_empty_in_a_server_at_rest_are_there(List<String> shell)
      throws Exception {
    assertThat(lacks(shell, ITSELF, "")).isEmpty();
    Files.delete(directory.resolve("pg_notify"));
    Files.delete(directory.resolve("pg_tblspc"));
    assertThat(lacks(shell, ITSELF, ""))
        .isEqualTo(
            directory
                + "/pg_notify is no directory that can be written\n"
                + directory
                + "/pg_tblspc is no directory that can be written");
  }

  /** They come with a snapshot, and a start ends at them. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void slots_are_no_more_than_it_may_have_and_logical_ones_have_their_wal_level(List<String> shell)
      throws Exception {
    String own =
        "level=replica; ask() { value=$setting; [ $1 != wal_level ] || value=$level; }; need_slots";
    assertThat(lacks(shell, own, "0")).isEmpty();
    slot("one", 0, 0);
    slot("two", 0, 0);
    slot("dropped_at_a_start", 16384, 1);
    slot("of_no_slot.tmp", 16384, 0);
    assertThat(lacks(shell, own, "2")).isEmpty();
    assertThat(lacks(shell, own, "1"))
        .isEqualTo(
            directory
                + "/pg_replslot has 2 slots and max_replication_slots is 1: set that to 2, or"
                + " remove directories there");
    slot("reports", 16384, 0);
    assertThat(lacks(shell, own, "3"))
        .isEqualTo(
            directory
                + "/pg_replslot has the logical slot reports and wal_level is replica: set that"
                + " to logical, or remove its directory there");
    assertThat(lacks(shell, own.replace("replica", "logical"), "3")).isEmpty();
  }

  private void slot(String name, int database, int persistency) throws IOException {
    ByteBuffer state = ByteBuffer.allocate(160).order(ByteOrder.nativeOrder());
    state.putInt(80, database).putInt(84, persistency);
    Path of = Files.createDirectory(directory.resolve("pg_replslot").resolve(name));
    Files.write(of.resolve("state"), state.array());
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void the_group_of_its_sockets_is_there_and_its_accounts(List<String> shell) throws Exception {
    String own =
        "id() { [ \"$1\" = -un ] && echo me || echo '4 20'; }; getent() { [ \"$2\" != dial ] ||"
            + " echo dial:x:20:; }; ask() { value=$setting; [ $1 = unix_socket_group ] ||"
            + " value=${directories=/tmp}; }; need_group";
    for (String group : List.of("", "dial", "4")) {
      assertThat(lacks(shell, own, group)).as(group).isEmpty();
    }
    assertThat(lacks(shell, own, "disk"))
        .isEqualTo("unix_socket_group is disk: this host has no such group");
    assertThat(lacks(shell, own, "44")).isEqualTo("unix_socket_group is 44: me is not in it");
    for (String none : List.of("directories=''; ", "directories='@one, /tmp'; ")) {
      assertThat(lacks(shell, none + own, "disk")).as(none).isEmpty();
    }
  }

  /**
   * A server ends at the lock file that one left which was killed, if its number was given anew.
   */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_lock_file_is_of_no_process_that_lives(List<String> shell) throws Exception {
    String own = Script.resource(Script.class, "process.sh") + ITSELF;
    Path lock = directory.resolve("postmaster.pid");
    String self = String.valueOf(ProcessHandle.current().pid());
    Files.writeString(lock, self + "\n/data\n");
    assertThat(lacks(shell, own, ""))
        .isEqualTo(
            lock
                + " names process "
                + self
                + ", which lives and is no server of it that can be seen: plan again; if it stays,"
                + " and no server of this directory runs in a container either, remove that file");
    assertThat(lacks(shell, "sleep() { echo 999999999 >$data/postmaster.pid; }\n" + own, ""))
        .as("gone when it is looked at again")
        .isEmpty();
    String within = "(read -r me _ </proc/self/stat; echo $me >$data/postmaster.pid; needs_itself";
    assertThat(lacks(shell, own.replace("needs_itself", within) + "; echo .$missing)", ""))
        .as("a shell of the script itself")
        .isEqualTo(".\n");
  }

  /** Words that no list names: PostgreSQL refuses settings together, each of which it takes. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_stopped_server_is_tried_with_its_settings_whatever_they_are(List<String> shell)
      throws Exception {
    Files.writeString(directory.resolve("postgresql.conf"), "wal_level = minimal\n");
    String stopped =
        """
        observe() { state=STOPPED major=15; }; runs_as_primary() { false; }
        of_config() { config=''; }; of_trial() { trial=x; }; need_memory() { :; }
        report() { missing=$2; }; by_name() { echo "$1"; }; need_access() { :; }; need_mode() { :; }
        work=$data subject=x server='postgres (PostgreSQL) 15.4'; server=${server%%.4}$setting
        ask() {
          value=''
          [ "$1 ${2-}" != 'shared_memory_size x' ] ||
            { echo 'x FATAL:  WAL streaming requires more' >"$work/x.setting" && false; }
        }
        needs_itself x x 1\
        """;
    assertThat(lacks(shell, stopped, ".4"))
        .isEqualTo(
            "the server in " + directory + " would not start: FATAL: WAL streaming requires more ");
    assertThat(lacks(shell, stopped, "0.4")).as("programs of another version").isEmpty();
    assertThat(lacks(shell, stopped.replace("STOPPED", "RUNNING"), ".4")).isEmpty();
  }

  /** Programs before version 15 end {@code -C} before they look at settings together. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void settings_of_earlier_versions_are_compared_with_each_other(List<String> shell)
      throws Exception {
    String earlier =
        """
        missing='' major=14 server='postgres (PostgreSQL) 14.1'
        wal_level=replica archive_mode=on max_wal_senders=10 max_connections=100
        superuser_reserved_connections=3; eval "$setting"
        ask() { eval "value=\\$$1"; }
        of_trial() { exit 9; }
        need_settings\
        """;
    String says = "the server in " + directory + " would not start: ";
    assertThat(lacks(shell, earlier, ":")).isEmpty();
    assertThat(lacks(shell, earlier, "wal_level=minimal archive_mode=off max_wal_senders=0"))
        .isEmpty();
    assertThat(lacks(shell, earlier, "wal_level=minimal archive_mode=off"))
        .isEqualTo(says + "max_wal_senders is 10 and wal_level minimal");
    assertThat(lacks(shell, earlier, "wal_level=minimal max_wal_senders=0"))
        .isEqualTo(says + "archive_mode is on and wal_level minimal");
    assertThat(lacks(shell, earlier, "superuser_reserved_connections=100"))
        .isEqualTo(says + "superuser_reserved_connections is 100 and max_connections 100");
    assertThat(lacks(shell, earlier, "major=15 wal_level=minimal")).as("of programs").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void shared_memory_is_there_as_the_kind_of_pages_that_is_set(List<String> shell)
      throws Exception {
    String kernel = "awk() { echo 4096; }; cat() { echo 0; }; trial=x; ";
    assertThat(lacks(shell, kernel + "need_memory 4096", "try")).isEmpty();
    assertThat(lacks(shell, kernel + "need_memory 4097", "try"))
        .isEqualTo("its shared memory takes 4097 MB, and this host has 4096 MB");
    assertThat(lacks(shell, "cat() { echo 1; }; need_memory 999999999", "try")).isEmpty();
    assertThat(lacks(shell, "need_memory 999999999", "try")).isNotEmpty();
    String huge =
        "ask() { case $1 in huge_pages) value=on ;; huge_page_size) value=0 ;; *) value=$setting ;;"
            + " esac; }; ";
    assertThat(lacks(shell, kernel + huge + "need_memory 1", "4096")).isEmpty();
    assertThat(lacks(shell, kernel + huge + "need_memory 1", "4097"))
        .isEqualTo("huge_pages is on and needs 4097 huge pages, and 4096 are free");
  }

  /** What the program of a server of version 15 or later looks at itself. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void certificates_can_be_read_and_the_key_by_none_else(List<String> shell) throws Exception {
    String files = "ask() { [ $1 = ssl ] && value=on || value=$1; }; need_certificates";
    for (String name : List.of("ssl_cert_file", "ssl_ca_file", "ssl_crl_file")) {
      Files.writeString(directory.resolve(name), "");
    }
    Path key = directory.resolve("ssl_key_file");
    assertThat(lacks(shell, files, "")).isEqualTo("ssl_key_file is " + key + ": can't be read");
    Files.writeString(key, "");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw----r--"));
    assertThat(lacks(shell, files, ""))
        .isEqualTo("ssl_key_file is " + key + ": mode 604, must have 0600");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    assertThat(lacks(shell, files, "")).isEmpty();
    assertThat(lacks(shell, "need_certificates", "off")).isEmpty();
  }

  private String port(List<String> shell, ServerSocket socket, String addresses) throws Exception {
    return lacks(shell, "need_port " + socket.getLocalPort(), addresses);
  }

  private static ServerSocket listening(String address) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(address, 0));
    return socket;
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_socket_needs_its_directory_and_a_lock_that_no_process_holds(List<String> shell)
      throws Exception {
    assertThat(lacks(shell, "need_sockets 5433", directory.toString())).isEmpty();
    assertThat(lacks(shell, "need_sockets 5433", "/tmp, " + directory + "/not there, @abstract"))
        .isEqualTo(
            "unix_socket_directories has "
                + directory
                + "/not there, which is no directory that can be written");
    Path lock = directory.resolve(".s.PGSQL.5433.lock");
    Files.writeString(lock, ProcessHandle.current().pid() + "\n/data\n");
    assertThat(lacks(shell, "need_sockets 5433", "."))
        .contains("port 5433 is in use: process " + ProcessHandle.current().pid());
    Files.writeString(lock, "999999999\n/data\n");
    assertThat(lacks(shell, "need_sockets 5433", directory.toString())).isEmpty();
  }
}
