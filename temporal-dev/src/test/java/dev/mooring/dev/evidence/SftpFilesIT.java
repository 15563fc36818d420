package dev.mooring.dev.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jcraft.jsch.SftpException;
import dev.mooring.activities.evidence.EvidenceFiles;
import dev.mooring.activities.evidence.EvidenceFilesContract;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.SftpSession;
import dev.mooring.contract.Limit;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import io.temporal.failure.ApplicationFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of evidence stores, held by a real OpenSSH server. */
@Tag("all")
class SftpFilesIT extends EvidenceFilesContract {
  private static Lab lab;
  private static Hosts hosts;
  private String root = "";

  @BeforeAll
  static void raise() {
    lab = Lab.up(LabPlan.fleet(1));
    hosts = new Hosts(Limit.seconds(20));
  }

  @AfterAll
  static void strike() {
    hosts.close();
    lab.close();
  }

  @Override
  protected EvidenceFiles open() throws Exception {
    if (root.isEmpty()) {
      makeRoot();
    }
    return open(
        host(
            labHost().address(),
            labHost().sshPort(),
            lab.configDirectory().resolve("known_hosts")));
  }

  /** The name holds what the library and a shell would take for more than letters. */
  private void makeRoot() throws Exception {
    root = labHost().mooring() + "/store $HOME *?'\" " + UUID.randomUUID();
    try (SftpSession session = session()) {
      session.channel().mkdir(root);
    }
  }

  private static SftpSession session() {
    return hosts.sftp(
        host(
            labHost().address(), labHost().sshPort(), lab.configDirectory().resolve("known_hosts")),
        Limit.seconds(3));
  }

  private static String quoted(String path) {
    return path.replace("*", "\\*").replace("?", "\\?");
  }

  private EvidenceFiles open(Host host) {
    return new StoresByKind(hosts, name -> Optional.empty())
        .open(new EvidenceStore.Sftp(host, root));
  }

  @Override
  protected void removeRoot() throws Exception {
    Files.move(Path.of(root), Path.of(root + " away"));
  }

  @Override
  protected void leaveWhatAKilledWriterLeaves(String directory) throws Exception {
    try (SftpSession session = session()) {
      session
          .channel()
          .put(
              new ByteArrayInputStream("half a docu".getBytes(StandardCharsets.UTF_8)),
              quoted(root + "/" + directory + "/.LATEST.json.4711.tmp"));
    }
  }

  @Test
  void a_path_is_told_with_its_host() throws Exception {
    try (EvidenceFiles files = open()) {
      assertThat(files.where("harbour/a.json")).isEqualTo("store1:" + root + "/harbour/a.json");
    }
  }

  /** The host's server waits for a writer, without end, and lives meanwhile. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_pipe_is_no_document() throws Exception {
    EvidenceFiles files = open();
    new ProcessBuilder("mkfifo", "-m", "666", root + "/a.json").inheritIO().start().waitFor();

    assertThatThrownBy(() -> files.read("a.json"))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("it is no regular file");
    files.close();
  }

  /** The session's keepalives are answered: only the limit of the call ends it. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_server_that_gives_no_answer_ends_the_call() throws Exception {
    open().close();
    new ProcessBuilder("mkfifo", "-m", "666", root + "/silent").inheritIO().start().waitFor();
    try (SftpSession session = session()) {
      assertThatThrownBy(
              () -> session.channel().get(quoted(root + "/silent"), new ByteArrayOutputStream()))
          .isInstanceOf(SftpException.class)
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void nothing_is_left_beside_what_was_written() throws Exception {
    try (EvidenceFiles files = open()) {
      files.writeAtomically("a.json", new byte[] {1});
      files.createExclusive("a.json", new byte[] {2});
      files.createExclusive("b.json", new byte[] {3});
    }
    assertThat(Path.of(root).toFile().list()).containsExactlyInAnyOrder("a.json", "b.json");
  }

  @Test
  void a_path_that_is_no_file_is_a_failure_and_not_nothing() throws Exception {
    try (EvidenceFiles files = open()) {
      files.writeAtomically("harbour/manifests/a.json", new byte[] {1});
      assertThatThrownBy(() -> files.read("harbour/manifests"))
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure ->
                  assertThat(failure.getType()).isEqualTo(FailureCode.EVIDENCE_UNREADABLE.name()));
    }
  }

  /** Each way of writing loses its line while the bytes are put aside. */
  @Test
  void a_write_that_was_cut_leaves_what_was_there_before_it() throws Exception {
    byte[] before = {1, 2, 3};
    byte[] large = new byte[3_000_000];
    Path known = Files.createTempFile("cut", ".known");
    InetSocketAddress server = new InetSocketAddress(labHost().address(), labHost().sshPort());
    try (EvidenceFiles files = open();
        CuttingWire wire = new CuttingWire(server, 200_000, CuttingWire.Fate.CUT)) {
      Files.writeString(known, knownThrough(wire));
      Host through = host("127.0.0.1", wire.port(), known);
      files.writeAtomically("harbour/a.json", before);
      try (EvidenceFiles cut = open(through)) {
        unreachable(() -> cut.writeAtomically("harbour/a.json", large));
      }
      try (EvidenceFiles cut = open(through)) {
        unreachable(() -> cut.createExclusive("harbour/b.json", large));
      }
      assertThat(wire.reached()).isEqualTo(2);
      assertThat(files.read("harbour/a.json")).hasValue(before);
      assertThat(files.list("harbour")).containsExactly("a.json");
      assertThat(files.createExclusive("harbour/b.json", large)).isTrue();
    }
  }

  private static String knownThrough(CuttingWire wire) throws IOException {
    String line = Files.readAllLines(lab.configDirectory().resolve("known_hosts")).get(0);
    return "[127.0.0.1]:" + wire.port() + " " + line.split(" ", 2)[1] + "\n";
  }

  private static void unreachable(ThrowingCallable act) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure ->
                assertThat(failure.getType())
                    .as(failure.getOriginalMessage())
                    .isEqualTo(FailureCode.HOST_UNREACHABLE.name()));
  }

  /** The same server once more, with every command answered by SFTP. */
  @Test
  void an_account_for_sftp_alone_keeps_evidence_too() throws Exception {
    int port = labHost().sshPort() + 1;
    Path known = Files.createTempFile("sftp-only", ".known");
    try (StoreServer server =
        new StoreServer(
            lab, StoreServer.addressBeside(lab), port, "ForceCommand internal-sftp\n")) {
      Files.writeString(known, server.knownHostsLine());
      try (EvidenceFiles files = open(host(StoreServer.addressBeside(lab), port, known))) {
        files.writeAtomically("harbour/LATEST.json", new byte[] {1, 2, 3});
        assertThat(files.createExclusive("harbour/a.json", new byte[] {4})).isTrue();
        assertThat(files.read("harbour/LATEST.json")).hasValue(new byte[] {1, 2, 3});
        assertThat(files.list("harbour")).containsExactlyInAnyOrder("LATEST.json", "a.json");
      }
    }
  }

  private static LabHost labHost() {
    return lab.hosts().get(0);
  }

  private static Host host(String address, int port, Path knownHosts) {
    return new Host(
        new HostName("store1"),
        new HostAccess(
            HostAccess.Kind.SSH,
            address,
            port,
            lab.userName(),
            lab.configDirectory().resolve("id_ed25519").toString(),
            knownHosts.toString(),
            List.of()),
        labHost().mooring().toString());
  }
}
