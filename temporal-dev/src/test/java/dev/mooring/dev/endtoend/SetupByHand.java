package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.worker.Promtool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A person with the files of {@code mooring replicate files}, who does what their heads say. */
final class SetupByHand {
  private final Lab lab;
  private final Path files;

  SetupByHand(Lab lab, Path files) {
    this.lab = lab;
    this.files = files;
  }

  /** Every file is run as its head says, on the primary twice. */
  void assertSetsUp(String id, Replicated replicated) throws Exception {
    String name = id.replace('-', '_');
    preparePrimary();
    preparePrimary();
    assertThat(replicated.ask("SELECT slot_name FROM pg_replication_slots", "east-0"))
        .containsExactly(name);
    replicated.superuser("ALTER ROLE lab_replication PASSWORD 'typed-by-hand'");
    makeStandby(id, "typed-by-hand");

    Soon.soon("it streams", () -> replicated.sync().contains(name + " async"));
    assertThat(replicated.ask("SELECT pg_is_in_recovery()", id)).containsExactly("t");
    for (Map.Entry<String, String> line : settings(id).entrySet()) {
      assertThat(replicated.ask("SELECT current_setting('" + line.getKey() + "')", id))
          .containsExactly(line.getValue());
    }
    assertThat(keptAside(id)).isNotEmpty();
    assertThat(queries()).hasSize(3);
    for (String query : queries()) {
      replicated.ask(query, "east-0");
      replicated.ask(query, id);
    }
    assertThat(Promtool.accepts(files, "check", "rules", "alerts.yml")).contains("SUCCESS");
  }

  private String text(String name) throws IOException {
    return Files.readString(files.resolve(name));
  }

  /** Runs it with psql, as a superuser. */
  private void preparePrimary() throws IOException, InterruptedException {
    LabInstance primary = lab.instance("east-0");
    ProcessBuilder psql =
        new ProcessBuilder(
                lab.postgresPrograms().resolve("psql").toString(),
                "--no-psqlrc",
                "--no-password",
                "--host=" + primary.host().address(),
                "--port=" + primary.port(),
                "--username=mooring",
                "--dbname=postgres",
                "--file=" + files.resolve("primary_setup.sql"))
            .redirectErrorStream(true);
    psql.environment().putAll(lab.environment());
    Process run = psql.start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (run.waitFor() != 0) {
      throw new AssertionError(said);
    }
  }

  /** Writes the line that the script's head asks for, then runs the script on the host. */
  private void makeStandby(String id, String password) throws IOException {
    LabInstance standby = lab.instance(id);
    Path script = files.resolve("replica_setup-" + id + ".sh");
    Matcher head =
        Pattern.compile("(?m)^# (\\S+) with mode 600:\n# (\\S+:\\d+:\\*:\\S+:)PASSWORD$")
            .matcher(Files.readString(script));
    if (!head.find()) {
      throw new AssertionError("no head in " + Files.readString(script));
    }
    String line = head.group(2) + password;
    lab.run(standby.host(), "sh", "-c", "umask 077; echo '" + line + "' >'" + head.group(1) + "'");
    lab.run(standby.host(), "sh", script.toString());
  }

  /** The lines that a standby's configuration is to have. */
  private Map<String, String> settings(String id) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    Pattern.compile("(?m)^(\\w+) = '(.*)'$")
        .matcher(text("recovery-" + id + ".conf"))
        .results()
        .forEach(line -> settings.put(line.group(1), line.group(2)));
    return settings;
  }

  /** The directories that were moved aside. */
  private List<Path> keptAside(String id) throws IOException {
    try (Stream<Path> beside = Files.list(lab.instance(id).host().data())) {
      return beside.filter(path -> path.toString().contains(id + ".mooring-old-")).toList();
    }
  }

  /** What is asked for a monitor. */
  private List<String> queries() throws IOException {
    return Pattern.compile("query: \"(.*)\"")
        .matcher(text("monitoring.yml"))
        .results()
        .map((MatchResult query) -> query.group(1))
        .toList();
  }
}
