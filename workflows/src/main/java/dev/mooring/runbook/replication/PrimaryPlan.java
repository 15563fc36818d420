package dev.mooring.runbook.replication;

import dev.mooring.port.PrimaryActivities.Wanted;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/**
 * What a setup is to set on the primary before a standby streams from it.
 *
 * @param primary whose settings they are
 * @param settings those that are set
 * @param restart for which of them it is restarted; none where nothing needs that
 * @param others changed settings that its start applies too, by name
 * @param archive the directory that is made; empty for none
 * @param reported settings that would be good, and stay because no restart is allowed, one sentence
 *     each
 * @param poolers PgBouncers by which clients come to it, by name
 */
record PrimaryPlan(
    Instance primary,
    List<Lacking> settings,
    List<String> restart,
    List<String> others,
    String archive,
    List<String> reported,
    List<String> poolers) {
  /** Without one PostgreSQL archives nothing and keeps all WAL, which may be meant. */
  static final String ARCHIVE_COMMAND = "archive_command";

  PrimaryPlan {
    settings = List.copyOf(settings);
    restart = List.copyOf(restart);
    others = List.copyOf(others);
    reported = List.copyOf(reported);
    poolers = List.copyOf(poolers);
  }

  /**
   * A setting that does not suffice.
   *
   * @param value it has
   * @param least what suffices
   * @param wanted what it is set to
   */
  record Lacking(String name, String value, String least, String wanted) {
    String inWords() {
      return String.format("%s = %s, must be %s", name, value, least);
    }

    String statement() {
      return "ALTER SYSTEM SET " + name + " = " + wanted + ";";
    }

    private String set() {
      return String.format("%s = %s, was %s", name, wanted, value.isEmpty() ? "empty" : value);
    }
  }

  boolean isNothing() {
    return settings.isEmpty() && archive.isEmpty();
  }

  boolean restarts() {
    return !restart.isEmpty();
  }

  /** What needs the approval of a person who has read the plan, one sentence each. */
  List<String> grave() {
    return restarts() || settings.stream().anyMatch(one -> one.name().equals(ARCHIVE_COMMAND))
        ? objects()
        : List.of();
  }

  /** What the requester asked for by its name, for the receipt. */
  List<String> overridden() {
    return restarts()
        ? List.of(PrimaryCheck.RESTART + ": " + String.join(", ", restart))
        : List.of();
  }

  /** The settings, as its host is asked to make them. */
  List<Wanted> wanted() {
    return settings.stream().map(one -> new Wanted(one.name(), one.wanted())).toList();
  }

  /** What is set, one sentence each, with what was before. */
  List<String> sets() {
    List<String> sets = new ArrayList<>();
    if (!archive.isEmpty()) {
      sets.add(primary.id() + ": archive directory " + archive);
    }
    settings.forEach(one -> sets.add(primary.id() + ": " + one.set()));
    return sets;
  }

  /** What is changed, one sentence each: what an approval is about. */
  List<String> objects() {
    List<String> objects = sets();
    if (restarts()) {
      objects.add(
          String.format(
              "%s: is restarted, for %s; from its fast stop until it is up no client can write%s%s",
              primary.id(),
              String.join(", ", restart),
              poolers.isEmpty()
                  ? ""
                  : ", and clients of PgBouncer " + String.join(", ", poolers) + " see errors",
              others.isEmpty()
                  ? ""
                  : "; that start also applies settings that were changed before: "
                      + String.join(", ", others)));
    }
    return objects;
  }
}
