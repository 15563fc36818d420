package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.StreamingHands;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
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
    Set.copyOf(frozen).forEach(this::thaw);
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
  void checkpointer(String instance, String signal) {
    signal(instance, "checkpointer", signal);
  }

  /** Its startup process alone stands still, or goes on: that one ends a recovery. */
  void startup(String instance, String signal) {
    signal(instance, "startup", signal);
  }

  private void signal(String instance, String child, String signal) {
    LabInstance server = touch(instance);
    lab.run(
        server.host(),
        "sh",
        "-c",
        "read -r p <\"$1/postmaster.pid\"; for c in $(cat /proc/$p/task/$p/children); do"
            + " ! grep -q \"$0\" /proc/$c/cmdline || kill -\"$2\" $c; done",
        child,
        server.dataDirectory().toString(),
        signal);
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
