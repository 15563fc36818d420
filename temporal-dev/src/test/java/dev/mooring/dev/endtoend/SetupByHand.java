package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
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

  private String text(String name) throws IOException {
    return Files.readString(files.resolve(name));
  }

  /** Runs it with psql, as a superuser. */
  void preparePrimary() throws IOException, InterruptedException {
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
  void makeStandby(String id, String password) throws IOException {
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
  Map<String, String> settings(String id) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    Pattern.compile("(?m)^(\\w+) = '(.*)'$")
        .matcher(text("recovery-" + id + ".conf"))
        .results()
        .forEach(line -> settings.put(line.group(1), line.group(2)));
    return settings;
  }

  /** The directories that were moved aside. */
  List<Path> keptAside(String id) throws IOException {
    try (Stream<Path> beside = Files.list(lab.instance(id).host().data())) {
      return beside.filter(path -> path.toString().contains(id + ".mooring-old-")).toList();
    }
  }

  /** What is asked for a monitor. */
  List<String> queries() throws IOException {
    return Pattern.compile("query: \"(.*)\"")
        .matcher(text("monitoring.yml"))
        .results()
        .map((MatchResult query) -> query.group(1))
        .toList();
  }
}
