package dev.mooring.runbook.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person types about an authority file, typed into a shell. */
class HandProcedureTest {
  private static final String BEFORE =
      """
      cluster=strait
      content=0
      epoch=7
      run=before
      ordinal=1
      attempt=1
      acted=east-0 7 1 1
      """;
  private final Cluster cluster = Strait.cluster();
  private final Instance east = cluster.members().get(0);
  private final Instance west = cluster.members().get(2);
  private final HandProcedure hands = new HandProcedure(new Move(cluster, east, west));

  @TempDir Path directory;

  private Path authority() {
    return directory.resolve("strait/0.authority");
  }

  private int typed(String line) throws Exception {
    String command =
        line.substring(line.indexOf('`') + 1, line.lastIndexOf('`'))
            .replace("/var/lib/mooring", directory.toString());
    Process shell = new ProcessBuilder("sh", "-c", command).inheritIO().start();
    return shell.waitFor();
  }

  @Test
  void an_authority_file_is_replaced_as_a_whole_and_keeps_its_mode() throws Exception {
    Files.createDirectories(Objects.requireNonNull(authority().getParent()));
    Files.writeString(authority(), BEFORE + "writer=east-0\nwriter_epoch=7\nwriter_run=before\n");
    Files.setPosixFilePermissions(authority(), PosixFilePermissions.fromString("rw-------"));
    Object before = Files.readAttributes(authority(), "unix:ino");
    assertThat(typed(hands.namingNobody(east))).isZero();
    assertThat(Files.readString(authority()))
        .isEqualTo(
            BEFORE
                + "writer=none\nwriter_epoch=0\nwriter_run=by-hand\nwriter_boot="
                + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")));
    assertThat(Files.getPosixFilePermissions(authority()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.readAttributes(authority(), "unix:ino")).isNotEqualTo(before);
    assertThat(Objects.requireNonNull(authority().getParent()).toFile().list())
        .containsExactly("0.authority");
  }

  @Test
  void none_is_created() throws Exception {
    Files.createDirectories(Objects.requireNonNull(authority().getParent()));
    assertThat(typed(hands.namingNobody(east))).isZero();
    assertThat(authority()).doesNotExist();
  }

  /** Of a file that a person left without a last newline, too. */
  @Test
  void a_setting_is_written_aside_and_the_file_is_replaced_as_a_whole() throws Exception {
    Path file = directory.resolve("postgresql.auto.conf");
    Files.writeString(file, "#c\n synchronous_standby_names = 'east_1'\nwork_mem = '4MB'");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.createLink(directory.resolve("before"), file);
    String fenced = hands.oldKeptFromWriting(true, "none").get(0);
    for (String line : List.of(withoutReload(hands.waitingForNobody(west)), fenced)) {
      assertThat(typedBeside(line)).isZero();
    }
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            #c
            work_mem = '4MB'
            synchronous_standby_names = ''
            mooring_fenced_epoch_0 = 'by hand'
            """);
    assertThat(directory.resolve("before"))
        .hasContent("#c\n synchronous_standby_names = 'east_1'\nwork_mem = '4MB'");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder("before", "postgresql.auto.conf");
  }

  /** As the host's scripts do: more than this server may have its settings there. */
  @Test
  void a_link_is_followed_and_stays_one() throws Exception {
    Path file = Files.createDirectory(directory.resolve("shared")).resolve("own.conf");
    Path link = directory.resolve("postgresql.auto.conf");
    Files.writeString(file, "  synchronous_standby_names = 'east_1'\nwork_mem = '4MB'\n");
    Files.createSymbolicLink(link, file);
    assertThat(typedBeside(withoutReload(hands.waitingAsPatroniSays(west)))).isZero();
    assertThat(file).hasContent("work_mem = '4MB'\n");
    assertThat(typedBeside(withoutReload(hands.waitingForNobody(west)))).isZero();
    assertThat(file).hasContent("work_mem = '4MB'\nsynchronous_standby_names = ''\n");
    assertThat(link).isSymbolicLink();
  }

  private static String withoutReload(String line) {
    return "`" + line.replaceFirst("&& \\S+ -D \\S+ reload", "") + "`";
  }

  private int typedBeside(String line) throws Exception {
    return typed(line.replaceAll("/data/(west|east)-0", directory.toString()));
  }

  /** No commit waits after it, and a later switchover asks for what the cluster file says. */
  @Test
  void what_commits_wait_for_is_set_again_if_the_cluster_file_names_it() {
    assertThat(hands.afterwards()).doesNotContain("mooring replicate setup");
    assertThat(new HandProcedure(new Move(Strait.synchronous(), east, west)).afterwards())
        .contains("`mooring adopt ", "`mooring resilver ", "`mooring replicate setup strait ");
  }
}
