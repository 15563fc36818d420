package dev.mooring.activities.instance;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceArchiving;
import dev.mooring.port.InstanceActivities.InstanceFitness;
import dev.mooring.port.InstanceActivities.InstanceMissing;
import dev.mooring.port.InstanceActivities.ReplayPlace;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.Backup;
import dev.mooring.port.InstanceObserved.Program;
import dev.mooring.port.InstanceObserved.Recovery;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.BackupLabel;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.InstanceId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Turns what {@code observe.sh} said of an instance into an observation. */
final class InstanceReading {
  private static final long KILOBYTE = 1024;
  private static final List<String> PROCESSES =
      Arrays.stream(ServerProcess.values()).map(Enum::name).toList();
  private static final Pattern MAJOR = Pattern.compile("\\d{2}");
  private static final String PROGRAM = "program.";
  private static final String DECODER = "pg_waldump";

  private InstanceReading() {}

  static InstanceObserved observed(InstanceId instance, Said said) {
    ControlData control = ControlData.parse(said.text("control"));
    return new InstanceObserved(
        instance,
        ServerProcess.valueOf(said.word("process", PROCESSES)),
        control,
        said.sha256("control_digest"),
        new Recovery(
            backup(control, said),
            said.optional("standby_signal").isPresent(),
            said.optional("recovery_signal").isPresent(),
            said.optional("settings_failure")
                .map(InstanceReading::unreadable)
                .orElseGet(() -> settings(said)),
            said.optional("ended_by_gate").map(String::strip).orElse("")),
        software(said),
        Math.multiplyExact(said.number("pg_wal_free_kb"), KILOBYTE),
        said.optional("missing").map(InstanceReading::sentences).orElse(List.of()));
  }

  static InstanceMissing missing(InstanceId instance, Said said) {
    return new InstanceMissing(instance, sentences(said.text("missing")));
  }

  private static List<String> sentences(String lines) {
    return lines.lines().filter(line -> !line.isBlank()).toList();
  }

  /**
   * @param more looks further where the host found nothing wrong with the archive
   */
  static InstanceFitness fitness(InstanceId instance, Said said, Supplier<String> more) {
    Software software = software(said);
    String trouble = said.text("archive").strip();
    return new InstanceFitness(
        instance,
        said.text("login"),
        said.text("owner"),
        said.text("mode"),
        software.dataMajor(),
        software.server(),
        limits(said),
        Arrays.stream(said.text("missing").split(" ", -1)).filter(p -> !p.isEmpty()).toList(),
        trouble.isEmpty() ? more.get() : trouble,
        said.text("directory").strip());
  }

  static InstanceArchiving archiving(InstanceId instance, Said said) {
    return new InstanceArchiving(
        instance,
        said.text("archive_mode").strip(),
        said.text("archive_command").strip(),
        said.text("archive_library").strip(),
        said.text("wal_level").strip());
  }

  static StandbyLimits limits(Said said) {
    return new StandbyLimits(
        number(said, "max_connections"),
        number(said, "max_worker_processes"),
        number(said, "max_wal_senders"),
        number(said, "max_prepared_transactions"),
        number(said, "max_locks_per_transaction"));
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
        said.text("restore_command"));
  }

  /**
   * A configuration that no server would start with; it equals no target and reads as what it is.
   */
  private static TargetSettings unreadable(String failure) {
    String text = "unreadable: " + failure.strip().replaceAll("\\s*\n\\s*", "; ");
    return new TargetSettings(text, text, text, text, text);
  }

  private static Backup backup(ControlData control, Said said) {
    Optional<BackupLabel> label = said.optional("backup_label").map(BackupLabel::parse);
    if (label.isPresent()) {
      BackupLabel.Start start = label.get().start();
      return new Backup.Fresh(
          start.location(), start.timeline(), end(said, start.location(), "backup_label"));
    }
    ControlData.Checkpoint checkpoint = control.checkpoint();
    Lsn redo = checkpoint.redo().location();
    return control
        .recovery()
        .backup()
        .match(
            Backup.None::new,
            start ->
                new Backup.Fresh(redo, checkpoint.timeline(), end(said, start, "the control file")),
            (start, end) -> new Backup.Fresh(redo, checkpoint.timeline(), end));
  }

  /** Where the backup that began there ends; no guess is made. */
  private static Lsn end(Said said, Lsn start, String source) {
    WalRanges ranges =
        said.optional("wal_ranges")
            .map(WalRanges::parse)
            .orElseThrow(
                () ->
                    new InstanceRefusal(
                        FailureCode.STATE_UNREADABLE,
                        source
                            + " says that a base backup begun at "
                            + start
                            + " was not replayed to its end, and no backup_manifest says where"
                            + " that is"));
    if (!ranges.start().equals(start)) {
      throw new InstanceRefusal(
          FailureCode.STATE_UNREADABLE,
          "backup_manifest begins at " + ranges.start() + ", " + source + " at " + start);
    }
    return ranges.end();
  }

  static ReplayPlace place(InstanceId instance, Said said) {
    boolean waiting = said.word("doing", List.of("recovering", "waiting")).equals("waiting");
    return new ReplayPlace(instance, new WalFileName(said.text("file")), waiting);
  }
}
