package dev.mooring.activities.instance;

import dev.mooring.activities.host.Said;
import dev.mooring.port.InstanceActivities.InstanceArchiving;
import dev.mooring.port.InstanceActivities.InstanceFitness;
import dev.mooring.port.InstanceActivities.InstanceMissing;
import dev.mooring.port.InstanceActivities.ReplayPlace;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.Program;
import dev.mooring.port.InstanceObserved.Recovery;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.port.RoleActivities.Ownership;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Turns the output of {@code observe.sh} about an instance into an observation. */
final class InstanceReading {
  private static final long KILOBYTE = 1024;
  private static final Pattern MAJOR = Pattern.compile("\\d{2}");
  private static final String PROGRAM = "program.";
  private static final String DECODER = "pg_waldump";

  private InstanceReading() {}

  /**
   * @param archived the archive's history file of its base backup; empty if it was not read
   */
  static InstanceObserved observed(InstanceId instance, Said said, Said archived) {
    ControlData control = ControlData.parse(said.text("control"));
    return new InstanceObserved(
        instance,
        said.one("process", ServerProcess.class),
        new InstanceObserved.ControlFile(control, said.sha256("control_digest")),
        new Recovery(
            new BackupReading(control, said).backup(archived),
            said.optional("standby_signal").isPresent(),
            said.optional("recovery_signal").isPresent(),
            said.optional("settings_failure")
                .map(InstanceReading::unreadable)
                .orElseGet(() -> settings(said).shown()),
            said.optional("ended_by_gate").map(String::strip).orElse("")),
        software(said),
        Math.multiplyExact(said.number("pg_wal_free_kb"), KILOBYTE),
        said.optional("missing").isPresent() ? said.lines("missing") : List.of());
  }

  static InstanceMissing missing(InstanceId instance, Said said) {
    return new InstanceMissing(instance, said.lines("missing"));
  }

  /**
   * @param more reads further if the host found nothing wrong with the archive
   */
  static InstanceFitness fitness(InstanceId instance, Said said, Supplier<String> more) {
    String trouble = said.text("archive").strip();
    return new InstanceFitness(
        instance,
        new Ownership(
            said.text("login"),
            said.text("owner"),
            said.text("mode"),
            said.lines("mounts"),
            said.lines("unwritable")),
        software(said),
        limits(said),
        said.words("missing"),
        trouble.isEmpty() ? more.get() : trouble);
  }

  static InstanceArchiving archiving(InstanceId instance, Said said) {
    return new InstanceArchiving(
        instance,
        said.text("archive_mode").strip(),
        ArchiveCommand.masked(said.text("archive_command")),
        said.text("archive_library").strip(),
        said.text("wal_level").strip());
  }

  static StandbyLimits limits(Said said) {
    return StandbyLimits.of(setting -> number(said, setting));
  }

  private static int number(Said said, String setting) {
    return Math.toIntExact(said.number(setting));
  }

  private static Software software(Said said) {
    String major = said.text("data_major").strip();
    if (!MAJOR.matcher(major).matches()) {
      throw new IllegalArgumentException(
          "PG_VERSION must be a major version such as 15, got '" + major + "'");
    }
    return new Software(
        Integer.parseInt(major),
        ServerVersion.ofProgram(said.text(PROGRAM + "postgres")),
        said.optional(PROGRAM + DECODER).stream()
            .map(text -> new Program(DECODER, ServerVersion.ofProgram(text)))
            .toList());
  }

  /** The settings as {@code postgres -C} printed them. */
  static TargetSettings settings(Said said) {
    return new TargetSettings(
        said.text("recovery_target_name"),
        said.text("recovery_target_action"),
        said.text("recovery_target_timeline"),
        said.text("other_targets"),
        said.text("restore_command"),
        said.text("archive_mode"));
  }

  /** A configuration that no server would start with; it equals no target and shows its error. */
  private static TargetSettings unreadable(String failure) {
    String text = "unreadable: " + failure.strip().replaceAll("\\s*\n\\s*", "; ");
    return new TargetSettings(text, text, text, text, text, text);
  }

  static ReplayPlace place(InstanceId instance, Said said) {
    boolean waiting = said.word("doing", List.of("recovering", "waiting")).equals("waiting");
    return new ReplayPlace(instance, new WalFileName(said.text("file")), waiting);
  }
}
