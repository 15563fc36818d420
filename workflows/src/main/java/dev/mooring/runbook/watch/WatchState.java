package dev.mooring.runbook.watch;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.InstanceId;
import java.time.Instant;
import java.util.List;

/**
 * The state of a watch: its answer to queries, and the start of its next run.
 *
 * @param since when a person began it
 * @param pauses the pause of the cluster's automatic acts: one, or none
 * @param sites in the order of the cluster file
 * @param diagnoses the open diagnoses, the worst first
 * @param incidents to which it reacts once
 * @param unwatched that it watches no instance and keeps a pause alone, and why; empty if it
 *     watches
 */
public record WatchState(
    Instant since,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Pause> pauses,
    List<SiteState> sites,
    List<Diagnosis> diagnoses,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Incident> incidents,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        String unwatched) {
  public WatchState {
    pauses = List.copyOf(pauses);
    sites = List.copyOf(sites);
    diagnoses = List.copyOf(diagnoses);
    incidents = List.copyOf(incidents);
  }

  /** Of one that watches. */
  public WatchState(
      Instant since,
      List<Pause> pauses,
      List<SiteState> sites,
      List<Diagnosis> diagnoses,
      List<Incident> incidents) {
    this(since, pauses, sites, diagnoses, incidents, "");
  }

  /** Whether the cluster file was read: then it watches, or keeps a pause alone. */
  public boolean hasBegun() {
    return !sites.isEmpty() || !unwatched.isEmpty();
  }

  /** How bad the worst of them is. */
  public Judged worst() {
    return diagnoses.stream().map(one -> one.kind().verdict()).reduce(Judged.GOOD, Judged::or);
  }

  /**
   * Whether it is known of each member whether it accepts writes, or that no worker looks at it,
   * which is a diagnosis.
   */
  public boolean isAllSeen() {
    return !begins() && unknown().isEmpty();
  }

  private boolean begins() {
    return sites.isEmpty() || sites.stream().anyMatch(s -> s.seen() == SiteState.Seen.NOT_YET);
  }

  private String unknown() {
    return sites.stream()
        .flatMap(site -> site.unknown().stream())
        .map(InstanceId::value)
        .collect(joining(", "));
  }

  /** One line: the number of diagnoses and the first of them. */
  public String headline() {
    String paused = pauses.isEmpty() ? "" : "automation is paused; ";
    if (diagnoses.isEmpty()) {
      return paused + quiet();
    }
    Diagnosis first = diagnoses.get(0);
    return paused
        + first.kind().id()
        + ": "
        + first.text()
        + (diagnoses.size() == 1 ? "" : "; and " + (diagnoses.size() - 1) + " more");
  }

  private String quiet() {
    if (!unwatched.isEmpty()) {
      return unwatched;
    }
    if (begins()) {
      return "the first observations are under way";
    }
    return isAllSeen()
        ? "nothing is wrong"
        : "whether " + unknown() + " accepts writes is not known";
  }
}
