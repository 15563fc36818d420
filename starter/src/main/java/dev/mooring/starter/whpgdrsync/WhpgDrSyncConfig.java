package dev.mooring.starter.whpgdrsync;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.starter.init.DrCopy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A configuration file of whpg_dr_sync, as its README describes it. Unknown fields are named, as
 * the tool ignores them; a field of a wrong type is refused, where the tool guessed.
 *
 * @param primary the coordinator, and its connection
 * @param storage where manifests are
 * @param archiveDirectory the one archive path of all hosts
 * @param greenplumHome GPHOME of the DR site
 * @param copies the DR instances
 * @param behavior waits and checks
 * @param unknown fields that the tool does not use
 */
record WhpgDrSyncConfig(
    Primary primary,
    Storage storage,
    String archiveDirectory,
    String greenplumHome,
    List<DrCopy> copies,
    Behavior behavior,
    List<String> unknown) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /** The coordinator. */
  record Primary(String host, int port, String user, String database) {}

  /**
   * Where manifests are.
   *
   * @param fetchCommand prints a manifest; empty if they are files
   * @param listCommand prints their names; empty if they are files
   */
  record Storage(
      String manifestDirectory, String latestPath, String fetchCommand, String listCommand) {}

  /**
   * Waits, in seconds, and checks.
   *
   * @param checkCommand checks one WAL file; empty for its own check
   * @param checkCommands the same for single contents
   */
  record Behavior(
      int publishEvery,
      int archiveWait,
      int archivePoll,
      int consumeEvery,
      int reachPoll,
      int reachWait,
      String checkCommand,
      Map<Integer, String> checkCommands) {}

  /**
   * Parses a file's text.
   *
   * @throws IllegalArgumentException naming the field, its value and the required value
   */
  static WhpgDrSyncConfig parse(String text) {
    Fields root;
    try {
      root = new Fields("", JSON.readTree(text), new ArrayList<>());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is no JSON: " + e.getOriginalMessage(), e);
    }
    Fields primary = root.section("primary");
    Fields storage = root.section("storage");
    Fields archive = root.section("archive");
    Fields dr = root.section("dr");
    Fields behavior = root.sectionOrEmpty("behavior");
    WhpgDrSyncConfig config =
        new WhpgDrSyncConfig(
            new Primary(
                primary.text("host"),
                primary.port("port"),
                primary.text("user"),
                primary.text("db")),
            storage(storage),
            archive.path("archive_dir"),
            dr.path("gp_home"),
            copies(dr),
            behavior(behavior),
            root.unknown);
    dr.knows("state_dir", "receipts_dir");
    behavior.knows("wal_segment_size_mb", "wal_enumerate_hard_limit");
    List.of(primary, storage, archive, dr, behavior, root).forEach(Fields::reportUnknown);
    return config;
  }

  private static Storage storage(Fields storage) {
    return new Storage(
        storage.path("manifest_dir"),
        storage.path("latest_path"),
        storage.textOr("manifest_fetch_command", ""),
        storage.textOr("manifest_list_command", ""));
  }

  private static List<DrCopy> copies(Fields dr) {
    List<DrCopy> copies = new ArrayList<>();
    Set<Integer> contents = new HashSet<>();
    for (Fields one : dr.list("instances")) {
      DrCopy copy =
          new DrCopy(
              one.number("gp_segment_id", -1, 9999),
              one.text("host"),
              one.port("port"),
              one.path("data_dir"),
              one.flagOr("is_local", false));
      if (!contents.add(copy.content())) {
        throw one.wrong("gp_segment_id", "is " + copy.content() + " a second time");
      }
      copies.add(copy);
      one.reportUnknown();
    }
    return copies;
  }

  private static Behavior behavior(Fields behavior) {
    Map<Integer, String> checks = new LinkedHashMap<>();
    Fields given = behavior.sectionOrEmpty("wal_check_commands");
    for (String key : given.names()) {
      if (!key.matches("-1|[0-9]{1,4}")) {
        throw given.wrong(key, "must be named by a content id, such as \"-1\" or \"0\"");
      }
      checks.put(Integer.parseInt(key), given.text(key));
    }
    return new Behavior(
        behavior.secondsOr("publisher_sleep_secs", 10),
        behavior.secondsOr("archive_wait_max_secs", 30),
        behavior.secondsOr("archive_poll_interval_secs", 2),
        behavior.secondsOr("consumer_sleep_secs", 30),
        behavior.secondsOr("consumer_reach_poll_secs", 5),
        behavior.secondsOr("consumer_wait_reach_secs", 300),
        behavior.textOr("wal_check_command", ""),
        checks);
  }

  /** One object of the file, which records the fields that were read. */
  private static final class Fields {
    private final String path;
    private final JsonNode object;
    private final List<String> unknown;
    private final Set<String> known = new HashSet<>();

    Fields(String path, JsonNode object, List<String> unknown) {
      this.path = path;
      this.object = object;
      this.unknown = unknown;
      if (!object.isObject()) {
        throw new IllegalArgumentException(
            (path.isEmpty() ? "it" : path) + " must be an object, is " + shown(object));
      }
    }

    private String at(String name) {
      return path.isEmpty() ? name : path + "." + name;
    }

    IllegalArgumentException wrong(String name, String what) {
      return new IllegalArgumentException(at(name) + " " + what);
    }

    private JsonNode asked(String name) {
      known.add(name);
      return object.path(name);
    }

    private IllegalArgumentException mustBe(String name, String what) {
      JsonNode value = object.path(name);
      return wrong(
          name,
          "must be " + what + (value.isMissingNode() ? ", is missing" : ", is " + shown(value)));
    }

    private static String shown(JsonNode value) {
      String text = value.toString();
      return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    Fields section(String name) {
      if (asked(name).isMissingNode()) {
        throw mustBe(name, "an object");
      }
      return new Fields(at(name), asked(name), unknown);
    }

    Fields sectionOrEmpty(String name) {
      return asked(name).isMissingNode()
          ? new Fields(at(name), JSON.createObjectNode(), unknown)
          : section(name);
    }

    List<Fields> list(String name) {
      JsonNode list = asked(name);
      if (!list.isArray() || list.isEmpty()) {
        throw mustBe(name, "a list with at least one entry");
      }
      List<Fields> all = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        all.add(new Fields(at(name) + "[" + i + "]", list.get(i), unknown));
      }
      return all;
    }

    List<String> names() {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      known.addAll(names);
      return names;
    }

    String text(String name) {
      JsonNode value = asked(name);
      if (!value.isTextual() || value.textValue().isBlank()) {
        throw mustBe(name, "text");
      }
      return value.textValue();
    }

    String textOr(String name, String otherwise) {
      JsonNode value = asked(name);
      boolean none = value.isMissingNode() || value.isNull() || value.asText().isEmpty();
      return none ? otherwise : text(name);
    }

    String path(String name) {
      String path = text(name);
      if (!path.startsWith("/")) {
        throw mustBe(name, "an absolute path");
      }
      return path;
    }

    boolean flagOr(String name, boolean otherwise) {
      JsonNode value = asked(name);
      if (value.isMissingNode()) {
        return otherwise;
      }
      if (!value.isBoolean()) {
        throw mustBe(name, "true or false");
      }
      return value.booleanValue();
    }

    int number(String name, int least, int most) {
      JsonNode value = asked(name);
      if (!value.canConvertToInt()
          || !value.isIntegralNumber()
          || value.intValue() < least
          || value.intValue() > most) {
        throw mustBe(name, "a whole number from " + least + " to " + most);
      }
      return value.intValue();
    }

    int port(String name) {
      return number(name, 1, 65535);
    }

    int secondsOr(String name, int otherwise) {
      return asked(name).isMissingNode() ? otherwise : number(name, 1, 604_800);
    }

    void knows(String... names) {
      known.addAll(List.of(names));
    }

    void reportUnknown() {
      object
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!known.contains(name)) {
                  unknown.add(at(name));
                }
              });
    }
  }
}
