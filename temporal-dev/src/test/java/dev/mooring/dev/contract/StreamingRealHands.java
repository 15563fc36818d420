package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Steps.Run;
import dev.mooring.contract.StreamingHands;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/** What people and faults do to a lab whose standbys stream. */
final class StreamingRealHands implements StreamingHands {
  private final Lab lab;
  private final Set<String> frozen = new HashSet<>();
  private boolean touched;

  StreamingRealHands(Lab lab) {
    this.lab = lab;
  }

  boolean haveTouched() {
    return touched;
  }

  /** What stands still can't be ended, so it is let go first. */
  void letGo() {
    Set.copyOf(frozen).stream().filter(id -> lab.isRunning(lab.instance(id))).forEach(this::thaw);
    frozen.clear();
  }

  /** The lab was made anew: after one that could not be, the next test makes it anew as well. */
  void untouched() {
    touched = false;
  }

  /** Something else than these hands changed it. */
  void touch() {
    touched = true;
  }

  private LabInstance touch(String instance) {
    touched = true;
    return lab.instance(instance);
  }

  @Override
  public void write(String instance) {
    asSuperuser(lab.instance(instance), "SELECT pg_logical_emit_message(true, 'lab', 'written')");
  }

  @Override
  public void kill(String instance) {
    lab.faults().signalAll(touch(instance), Signal.KILL);
  }

  /** The authority file of an instance's host. */
  Path authority(String instance) {
    return lab.instance(instance).host().mooring().resolve(lab.name()).resolve("0.authority");
  }

  /** It says this of who may write, as if that run had, besides what acts left there. */
  void authoritySays(String instance, String writer, Run run) throws IOException {
    String kept =
        Files.readString(authority(instance))
            .lines()
            .filter(line -> !line.startsWith("writer"))
            .reduce("", (text, line) -> text + line + "\n");
    Files.writeString(
        authority(instance),
        kept
            + "writer=%s\nwriter_epoch=%s\nwriter_run=%s\n"
                .formatted(writer, run.epoch(), run.id()));
  }

  /** Mooring's own role may do everything on that primary. */
  void makeSuperuser(String primary) {
    asSuperuser(touch(primary), "ALTER ROLE mooring SUPERUSER");
  }

  /** Its postmaster alone is killed, and its checkpointer outlives it, since that stands still. */
  void orphan(String instance) {
    checkpointer(instance, Signal.STOP);
    lab.faults().orphan(touch(instance));
  }

  @Override
  public void start(String instance) {
    try {
      lab.start(touch(instance));
    } catch (LabFailure downAgain) {
      assertThat(downAgain).hasMessageContaining("could not start server");
    }
  }

  @Override
  public void promote(String instance) {
    asSuperuser(touch(instance), "SELECT pg_promote()");
  }

  @Override
  public void freeze(String instance) {
    frozen.add(instance);
    lab.faults().signalAll(touch(instance), Signal.STOP);
  }

  @Override
  public void thaw(String instance) {
    frozen.remove(instance);
    lab.faults().signalAll(touch(instance), Signal.CONT);
  }

  /** Its checkpointer alone stands still, or goes on: a stop ends with what that one writes. */
  void checkpointer(String instance, Signal signal) {
    lab.faults().signalOnly(touch(instance), "checkpointer", signal);
  }

  /** Its startup process alone stands still, or goes on: that one ends a recovery. */
  void startup(String instance, Signal signal) {
    lab.faults().signalOnly(touch(instance), "startup", signal);
  }

  void commitsWaitForNobody(String instance, String role, String database) {
    asSuperuser(
        touch(instance),
        String.format(
            "ALTER ROLE \"%s\" IN DATABASE \"%s\" SET synchronous_commit = off", role, database));
  }

  /** It is started again, since a reload is done some time after it is asked for. */
  void admitNoStandbys(String instance) {
    LabInstance server = touch(instance);
    Path rules = lab.configuration(server).resolve("pg_hba.conf");
    try {
      Files.write(
          rules,
          Files.readAllLines(rules).stream()
              .filter(line -> !line.matches("host +replication .*"))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lab.stop(server);
    lab.start(server);
  }

  private void asSuperuser(LabInstance instance, String sql) {
    try (Connection connection = lab.connect(instance);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("could not ask " + instance.id(), e);
    }
  }
}
