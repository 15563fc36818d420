package dev.mooring.clusterfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Checks the archive of a site: of one kind, its contents apart, its files readable. */
final class ArchiveChecks {
  private static final Pattern PERCENT = Pattern.compile("%(.?)");
  private static final List<String> GATE_FILLS_IN = List.of("%f", "%p", "%r", "%%");
  private static final List<String> KINDS = List.of("directory", "pgbackrest", "s3", "sftp");

  private final Setting file;
  private final List<Problem> problems = new ArrayList<>();

  private ArchiveChecks(Setting file) {
    this.file = file;
  }

  static List<Problem> of(Setting file) {
    ArchiveChecks checks = new ArchiveChecks(file);
    file.at("sites")
        .items()
        .forEach(site -> checks.archive(site.at("archive"), site.at("name").text()));
    return checks.problems;
  }

  private void archive(Setting archive, String site) {
    List<String> kinds = KINDS.stream().filter(kind -> archive.at(kind).given()).toList();
    if (kinds.size() != 1) {
      problems.add(
          archive.problem(
              "an archive is one of "
                  + String.join(", ", KINDS)
                  + ", this one "
                  + (kinds.isEmpty() ? "is none" : "has " + String.join(" and ", kinds))));
      return;
    }
    Setting kind = archive.at(kinds.get(0));
    if (kinds.get(0).equals("sftp")) {
      PolicyChecks.sftpHost(
              file,
              kind.at("host"),
              "an SFTP archive needs ssh. HINT: use archive: {directory: …} if the instances' hosts"
                  + " can read the directory.")
          .ifPresent(problems::add);
    }
    if (kinds.get(0).equals("s3")
        && !kind.at("curlConfig").given()
        && !archive.at("restoreCommand").given()) {
      problems.add(
          kind.problem(
              "the instances' hosts can't fetch from the bucket without an access key. HINT: give"
                  + " curlConfig, the file there that has it, or a restoreCommand of your own."));
    }
    walCheck(archive, kinds.get(0));
    contentsApart(archive, place(kind, kinds.get(0)), site);
    if (archive.at("restoreCommand").given()) {
      places(archive.at("restoreCommand"));
    }
  }

  private static Setting place(Setting kind, String name) {
    return switch (name) {
      case "pgbackrest" -> kind.at("stanza");
      case "s3" -> kind.at("prefix").given() ? kind.at("prefix") : kind.at("bucket");
      case "sftp" -> kind.at("directory");
      default -> kind;
    };
  }

  private void walCheck(Setting archive, String kind) {
    Setting check = archive.at("walCheck");
    if (!check.given()) {
      return;
    }
    if (!kind.equals("directory")) {
      problems.add(
          check.problem(
              "an archive of kind "
                  + kind
                  + " is listed by its own program. HINT: leave out walCheck"));
    }
    if (!check.at("command").given() && check.at("contents").names().isEmpty()) {
      problems.add(check.problem("walCheck needs a command, or contents with one each"));
    }
    Set<String> known = new TreeSet<>();
    file.at("instances").items().forEach(i -> known.add(String.valueOf(i.at("content").number())));
    for (String content : check.at("contents").names()) {
      if (!known.contains(content)) {
        problems.add(
            check.at("contents").at(content).problem("no instance has content " + content));
      }
    }
  }

  /**
   * Several contents write files of the same names. If each has a host of its own, as many a
   * Greenplum's archive has it, the same path may be another directory on each.
   */
  private void contentsApart(Setting archive, Setting place, String site) {
    String kind = file.at("kind").text();
    if (kind.equals("postgres")) {
      return;
    }
    boolean sharesNoHost =
        archive.at("directory").given()
            && TopologyChecks.isGreenplum(file)
            && oneContentPerHost(site);
    if (!place.text().contains("{content}") && !sharesNoHost) {
      problems.add(
          place.problem(
              "the contents of a "
                  + kind
                  + " would overwrite one another's WAL files in "
                  + place.path()
                  + ". HINT: put {content} into the path."));
    }
    Setting command = archive.at("restoreCommand");
    if (command.given()
        && !command.text().contains("{archive}")
        && !command.text().contains("{content}")) {
      problems.add(
          command.problem(
              "every content of a "
                  + kind
                  + " would fetch the same WAL files by this command. HINT: use {archive} or"
                  + " {content} in it."));
    }
  }

  private boolean oneContentPerHost(String site) {
    Map<String, Integer> contents = new TreeMap<>();
    return file.at("instances").items().stream()
        .filter(instance -> instance.at("site").text().equals(site))
        .allMatch(
            instance -> {
              int content = instance.at("content").number();
              Integer first = contents.putIfAbsent(instance.at("host").text(), content);
              return first == null || first == content;
            });
  }

  private void places(Setting command) {
    List<String> found =
        PERCENT.matcher(command.text()).results().map(place -> "%" + place.group(1)).toList();
    for (String needed : List.of("%f", "%p")) {
      if (!found.contains(needed)) {
        problems.add(
            command.problem("a restore command needs %f and %p, this one has no " + needed));
      }
    }
    found.stream()
        .filter(place -> !GATE_FILLS_IN.contains(place))
        .distinct()
        .forEach(
            place ->
                problems.add(
                    command.problem(
                        "a restore command is given %f, %p, %r and %% only, this one asks for "
                            + place)));
  }
}
