package dev.mooring.activities.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mooring.port.ClusterActivities.ReadCluster;
import dev.mooring.port.ClusterEntries;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFilesTest {
  private static final ClusterName PIER = new ClusterName("pier");
  static final String FILE =
      """
      cluster: pier
      kind: postgres
      evidence: {store: {directory: /evidence}, signingKey: "file:/k.pem", trustedKeys: [/k.pub]}
      database: {user: mooring}
      sites: [{name: north, archive: {directory: /archive}}]
      hosts: [{name: n0, access: local}]
      instances:
        - {id: n, site: north, content: 0, host: n0, port: 5432, dataDirectory: /d, manager: {pg_ctl: /bin}}
      """;

  @TempDir Path directory;

  @Test
  void reads_the_file_anew_at_every_call() throws IOException {
    write("pier.yaml", FILE);
    Cluster first = files().readCluster(new ReadCluster(PIER));

    write("pier.yaml", FILE.replace("5432", "5433"));

    assertThat(first.instances().get(0).port()).isEqualTo(5432);
    assertThat(files().read(PIER).instances().get(0).port()).isEqualTo(5433);
  }

  @Test
  void says_every_problem_where_it_stands_and_is_not_tried_again() throws IOException {
    write("pier.yaml", FILE.replace("cluster: pier", "cluster: quay"));
    assertThat(failure())
        .hasMessageContaining(directory + "/pier.yaml has 1 problem\n  1:10: cluster: this file");

    write("pier.yaml", FILE.replace("kind", "kinds").replace("port", "prot"));
    ApplicationFailure failure = failure();

    assertThat(failure.getType()).isEqualTo("CLUSTER_FILE");
    assertThat(failure.isNonRetryable()).isTrue();
    assertThat(failure.getOriginalMessage())
        .startsWith("cluster file " + directory + "/pier.yaml has 4 problems\n  1:1: kind: is miss")
        .endsWith("instances[0].prot: there is no such setting. HINT: did you mean 'port'?");
    assertThat(failure.getDetails().getSize()).isEqualTo(4);
  }

  @Test
  void shows_ten_problems_and_keeps_all() throws IOException {
    String many = String.join("\n", IntStream.range(0, 40).mapToObj(i -> "x" + i + ": 1").toList());
    write("pier.yaml", FILE + many);

    assertThat(failure().getOriginalMessage()).endsWith("\n  and 30 more");
    assertThat(failure().getDetails().getSize()).isEqualTo(40);
  }

  @Test
  void names_the_files_that_are_there_when_the_one_asked_for_is_not() throws IOException {
    assertThat(failure()).hasMessageContaining("the directory holds none. HINT: ");

    write("quay.yaml", FILE);
    write("pier.yml", FILE);

    assertThat(failure())
        .hasMessageContaining("there is no cluster file " + directory + "/pier.yaml")
        .hasMessageContaining("holds pier.yml, quay.yaml");
  }

  @Test
  void names_the_worker_that_lacks_the_file_and_the_cluster_that_was_meant() throws IOException {
    write("pierre.yaml", FILE);
    write("quay.yaml", FILE);
    ClusterFiles ofWest =
        new ClusterFiles(directory, List.of(new SiteName("west"), new SiteName("south")));

    assertThat(
            catchThrowableOfType(ApplicationFailure.class, () -> ofWest.read(PIER))
                .getOriginalMessage())
        .isEqualTo(
            "there is no cluster file "
                + directory
                + "/pier.yaml at the worker of west and south; the directory holds pierre.yaml,"
                + " quay.yaml. HINT: did you mean pierre?");
  }

  @Test
  void says_when_the_directory_is_not_there_or_the_file_is_not_text() throws IOException {
    ClusterFiles nowhere = new ClusterFiles(directory.resolve("none"));
    assertThat(
            catchThrowableOfType(ApplicationFailure.class, () -> nowhere.read(PIER))
                .getOriginalMessage())
        .contains(directory + "/none is not a directory. HINT: ");

    Files.write(directory.resolve("pier.yaml"), "é".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(failure()).hasMessageContaining("is not UTF-8 text");
  }

  private ClusterFiles files() {
    return new ClusterFiles(directory);
  }

  private ApplicationFailure failure() {
    return catchThrowableOfType(ApplicationFailure.class, () -> files().read(PIER));
  }

  @Test
  void a_file_that_is_wrong_or_gone_is_not_parsed_for_each_activity() throws IOException {
    ClusterFiles files = files();
    write("pier.yaml", FILE);
    ClusterEntries right = files.entries(PIER);

    write("pier.yaml", FILE.replace("kind", "kinds"));
    FileTime earlier = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
    Files.setLastModifiedTime(directory.resolve("pier.yaml"), earlier);
    ClusterEntries last = files.entries(PIER);
    assertThat(last.digest()).isEqualTo(right.digest());
    assertThat(files.entries(PIER)).isSameAs(last);

    Files.delete(directory.resolve("pier.yaml"));
    assertThat(files.entries(PIER)).isSameAs(last);
  }

  @Test
  void each_right_file_is_kept_from_the_start_on() throws IOException {
    write("pier.yaml", FILE);
    write("broken.yaml", "none");
    ClusterFiles files = files();
    files.readAll();
    Files.delete(directory.resolve("pier.yaml"));
    assertThat(files.entries(PIER).digest()).isNotEmpty();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}
