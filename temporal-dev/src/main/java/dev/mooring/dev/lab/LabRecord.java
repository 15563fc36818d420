package dev.mooring.dev.lab;

import dev.mooring.topology.ClusterKind;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The record of a lab in its directory, written before anything is started, so that any later call
 * finds and removes even a half-created lab.
 *
 * @param machine the programs and the account it was created with
 * @param layout its files and addresses
 * @param superuserPassword of the database superuser
 * @param rolePassword of the role that Mooring connects as
 */
record LabRecord(Machine machine, Layout layout, String superuserPassword, String rolePassword) {
  private static final String FILE = "lab.properties";

  /** Makes the lab's directory, reserves its network, and writes the record. */
  static LabRecord create(Machine machine, LabPlan plan) {
    Path directory =
        plan.directory().orElseGet(LabRecord::temporaryDirectory).toAbsolutePath().normalize();
    requirePlain(directory);
    try {
      Files.createDirectories(directory.getParent());
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    } catch (FileAlreadyExistsException e) {
      throw new LabFailure(
          "%s is there already\nHINT: take that lab down first, or give this one another --name."
              .formatted(directory),
          e);
    } catch (IOException e) {
      throw new LabFailure("could not make the lab's directory " + directory, e);
    }
    try {
      requireReachable(machine, directory);
      String network =
          Network.reserve(directory, machine.isolation(), n -> new Layout(plan, directory, n));
      LabRecord record =
          new LabRecord(machine, new Layout(plan, directory, network), secret(), secret());
      record.write();
      return record;
    } catch (LabFailure e) {
      remove(directory);
      throw e;
    }
  }

  /** Reads the record of the lab in that directory. */
  static LabRecord read(Path directory) {
    Path file = directory.toAbsolutePath().normalize().resolve(FILE);
    Properties properties = new Properties();
    if (!isIn(directory)) {
      throw new LabFailure(
          "no lab in %s\nHINT: `temporal-dev/lab up` makes one, there with --directory or --name."
              .formatted(directory));
    }
    try {
      properties.load(new StringReader(Files.readString(file)));
    } catch (IOException e) {
      throw new LabFailure("unreadable " + file, e);
    }
    return new Reader(file, properties).labRecord();
  }

  /** Whether a lab is in that directory. */
  static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  /** The network of its hosts, if they have network namespaces. */
  Optional<Bridge> bridge() {
    return machine.isolation() == Isolation.NETWORK
        ? Optional.of(new Bridge(layout.network()))
        : Optional.empty();
  }

  private void write() {
    Properties properties = new Properties();
    LabPlan plan = layout.plan();
    Map.ofEntries(
            Map.entry("name", plan.name()),
            Map.entry("kind", plan.kind().name()),
            Map.entry("contents", plan.size().contents()),
            Map.entry("instancesPerHost", plan.size().instancesPerHost()),
            Map.entry("walFileMegabytes", plan.size().walFileMegabytes()),
            Map.entry("westConsumes", plan.westConsumes().name()),
            Map.entry("standbys", plan.streaming().map(LabPlan.Streaming::standbys).orElse(0)),
            Map.entry("replication", plan.streaming().map(s -> s.set().name()).orElse("")),
            Map.entry("fronts", plan.streaming().map(LabRecord::fronts).orElse("")),
            Map.entry("follows", plan.streaming().map(LabRecord::follows).orElse("")),
            Map.entry(
                "outside", plan.streaming().map(s -> String.join(" ", s.outside())).orElse("")),
            Map.entry("run", plan.streaming().map(s -> s.run().name()).orElse("")),
            Map.entry("network", layout.network()),
            Map.entry("user", machine.user().name()),
            Map.entry("uid", machine.user().uid()),
            Map.entry("gid", machine.user().gid()),
            Map.entry("anotherUser", machine.user().another()),
            Map.entry("postgresPrograms", machine.postgresPrograms()),
            Map.entry("postgresMajor", machine.postgresMajor()),
            Map.entry("sshd", machine.sshd()),
            Map.entry("labs", machine.labs()),
            Map.entry("isolation", machine.isolation().name()),
            Map.entry("superuserPassword", superuserPassword),
            Map.entry("rolePassword", rolePassword))
        .forEach((key, value) -> properties.setProperty(key, value.toString()));
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new LabFailure("could not render the lab's record", e);
    }
    WorkerFiles.writePrivately(layout.directory().resolve(FILE), text.toString());
  }

  private static String fronts(LabPlan.Streaming streaming) {
    return streaming.fronts().stream().map(Enum::name).collect(Collectors.joining(" "));
  }

  private static String follows(LabPlan.Streaming streaming) {
    return streaming.follows().entrySet().stream()
        .map(one -> one.getKey() + "=" + one.getValue())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  /** The directory becomes part of commands that PostgreSQL hands to a shell. */
  private static void requirePlain(Path directory) {
    if (!directory.toString().matches("[A-Za-z0-9/._-]+")) {
      throw new LabFailure(
          "a lab's directory may hold A-Z a-z 0-9 / . _ - only, got '%s'".formatted(directory));
    }
  }

  private static void requireReachable(Machine machine, Path directory) {
    List<String> look = machine.user().as(List.of("test", "-x", directory.toString()));
    if (Command.attempt(Path.of("/"), look, Map.of()).status() != 0) {
      throw new LabFailure(
          "account %s can't enter %s\nHINT: choose a --directory all of whose parents it may pass."
              .formatted(machine.user().name(), directory));
    }
  }

  private static void remove(Path directory) {
    try {
      Files.delete(directory);
    } catch (IOException e) {
      throw new LabFailure("could not remove " + directory, e);
    }
  }

  private static Path temporaryDirectory() {
    return Path.of(System.getProperty("java.io.tmpdir"), "mooring-lab-" + secret().substring(0, 8));
  }

  private static String secret() {
    return new BigInteger(128, new SecureRandom()).setBit(128).toString(36);
  }

  private record Reader(Path file, Properties properties) {
    LabRecord labRecord() {
      LabPlan plan =
          new LabPlan(
              text("name"),
              ClusterKind.valueOf(text("kind")),
              new LabPlan.Size(
                  number("contents"), number("instancesPerHost"), number("walFileMegabytes")),
              LabPlan.Consumes.valueOf(text("westConsumes")),
              streaming(),
              Optional.of(directory()));
      LabUser user = new LabUser(text("user"), number("uid"), number("gid"), truth("anotherUser"));
      Machine machine =
          new Machine(
              user,
              Path.of(text("postgresPrograms")),
              number("postgresMajor"),
              Path.of(text("sshd")),
              Path.of(text("labs")),
              Isolation.valueOf(text("isolation")));
      return new LabRecord(
          machine,
          new Layout(plan, directory(), text("network")),
          text("superuserPassword"),
          text("rolePassword"));
    }

    private Optional<LabPlan.Streaming> streaming() {
      // a lab that an earlier release made has none
      if (properties.getProperty("standbys", "0").equals("0")) {
        return Optional.empty();
      }
      List<LabPlan.Front> fronts =
          Pattern.compile("\\w+")
              .matcher(text("fronts"))
              .results()
              .map(name -> LabPlan.Front.valueOf(name.group()))
              .toList();
      return Optional.of(
          new LabPlan.Streaming(
              number("standbys"),
              LabPlan.Streaming.Set.valueOf(text("replication")),
              fronts,
              follows(properties.getProperty("follows", "")),
              Pattern.compile("\\S+")
                  .matcher(properties.getProperty("outside", ""))
                  .results()
                  .map(MatchResult::group)
                  .toList(),
              LabPlan.Streaming.RunBy.valueOf(properties.getProperty("run", "PERSON"))));
    }

    private static Map<String, String> follows(String text) {
      return Pattern.compile("(\\S+)=(\\S+)")
          .matcher(text)
          .results()
          .collect(Collectors.toUnmodifiableMap(one -> one.group(1), one -> one.group(2)));
    }

    private Path directory() {
      return Objects.requireNonNull(file.getParent());
    }

    private boolean truth(String key) {
      return Boolean.parseBoolean(text(key));
    }

    private int number(String key) {
      return Integer.parseInt(text(key));
    }

    private String text(String key) {
      String value = properties.getProperty(key);
      if (value == null) {
        throw new LabFailure("%s has no %s".formatted(file, key));
      }
      return value;
    }
  }
}
