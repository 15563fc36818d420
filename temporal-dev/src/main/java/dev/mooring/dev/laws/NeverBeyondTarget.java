package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.ParkMode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Law 5: a DR instance never replays past its target, also if a person starts it; nor, by law 6,
 * does it archive. The server program itself prints the settings that a start would use.
 */
final class NeverBeyondTarget implements Law {
  @Override
  public int number() {
    return 5;
  }

  @Override
  public List<String> against(Observed observed) {
    List<String> against = new ArrayList<>();
    for (LabInstance instance : observed.west()) {
      observed
          .gate(instance)
          .ifPresent(
              gate ->
                  ofInstance(observed, instance, gate)
                      .forEach(what -> against.add(instance.id() + " " + what)));
    }
    return against;
  }

  private static List<String> ofInstance(
      Observed observed, LabInstance instance, Observed.Gate gate) {
    List<String> against = new ArrayList<>();
    require(against, observed, instance, "recovery_target_name", gate.point());
    require(against, observed, instance, "recovery_target_action", gate.parkMode().action());
    require(against, observed, instance, "hot_standby", gate.parkMode().hotStandby());
    require(against, observed, instance, "archive_mode", "off");
    Optional<ContentTarget> target = target(observed, instance, gate);
    String timeline = observed.setting(instance, "recovery_target_timeline");
    if (!timeline.matches(target.map(t -> t.timeline().toString()).orElse("[1-9][0-9]*"))) {
      against.add("would follow timeline '" + timeline + "'");
    }
    String restore = observed.setting(instance, "restore_command");
    if (!restore.contains("/mooring-restore-")) {
      against.add("would restore without the gate");
    }
    if (gate.parkMode() == ParkMode.READABLE && !restore.endsWith(" ends=refused")) {
      against.add("would open once it is resumed");
    }
    if (!Files.exists(instance.dataDirectory().resolve("standby.signal"))
        || Files.exists(instance.dataDirectory().resolve("recovery.signal"))) {
      against.add("would not start as a standby");
    }
    target.ifPresent(t -> against.addAll(beyond(observed, instance, t.lsn())));
    return against;
  }

  private static void require(
      List<String> against, Observed observed, LabInstance instance, String setting, String value) {
    String found = observed.setting(instance, setting);
    if (!found.equals(value)) {
      against.add("would start with " + setting + " '" + found + "' instead of '" + value + "'");
    }
  }

  private static Optional<ContentTarget> target(
      Observed observed, LabInstance instance, Observed.Gate gate) {
    return observed
        .ready(new RestorePointName(gate.point()))
        .flatMap(manifest -> manifest.evidenceOf(new ContentId(instance.content())))
        .map(ContentEvidence::target);
  }

  private static List<String> beyond(Observed observed, LabInstance instance, Lsn target) {
    String end = observed.control(instance).getOrDefault("Minimum recovery ending location", "0/0");
    return !end.equals("0/0") && Lsn.parse(end).isAfter(target)
        ? List.of("ran to " + end + ", its target is at " + target)
        : List.of();
  }
}
