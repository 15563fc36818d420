package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Hands;
import dev.mooring.dev.database.Tap;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What people and faults do to a lab in the contracts of the ports. */
final class RealHands extends StoreHands implements Hands {
  private static final long IN_THE_CONTROL_FILE = 40;

  private final Lab lab;
  private final List<Runnable> fixing = new ArrayList<>();

  RealHands(Lab lab, Supplier<List<Path>> stores) {
    super(stores, lab.configDirectory().resolve("signing.pub"));
    this.lab = lab;
  }

  private LabInstance west(int content) {
    return lab.instance("west-" + content);
  }

  private Path inCopy(int content, String file) {
    return west(content).dataDirectory().resolve(file);
  }

  @Override
  public void archiverWorks(int content, boolean works) {
    if (works) {
      lab.faults().archiveOn(content);
    } else {
      lab.faults().archiveOff(content);
      fixing.add(() -> lab.faults().archiveOn(content));
    }
  }

  @Override
  public void whileThePointIsLost(int content, Consumer<List<Server>> act) {
    LabInstance tapped = lab.instance("east-" + content);
    Tap[] tap = new Tap[1];
    try {
      tap[0] =
          new Tap(
              tapped.host().address(),
              tapped.port(),
              "pg_create_restore_point('",
              () -> cut(tap[0]));
      act.accept(
          lab.instancesAt("east").stream()
              .map(one -> one.equals(tapped) ? server(one, tap[0]) : server(one))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      cut(tap[0]);
    }
  }

  /** Ends every connection, so that the client learns at once. */
  private static boolean cut(Tap tap) {
    try {
      tap.close();
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Server server(LabInstance one) {
    return new Server(instance(one, one.port()), one.host().address());
  }

  private static Server server(LabInstance one, Tap tap) {
    return new Server(instance(one, tap.port()), tap.address());
  }

  private static Instance instance(LabInstance one, int port) {
    return new Instance(
        new InstanceId(one.id()),
        new SiteName(one.site()),
        new ContentId(one.content()),
        new HostName(one.host().name()),
        port,
        one.dataDirectory().toString(),
        new InstanceManager(InstanceManager.Kind.PG_CTL, "/usr/bin"));
  }

  @Override
  public void hideWal(int content, WalFileName file) {
    lab.faults().hideWal(content, file.text());
    fixing.add(() -> lab.faults().showWal(content, file.text()));
  }

  @Override
  public void showWal(int content, WalFileName file) {
    lab.faults().showWal(content, file.text());
    fixing.remove(fixing.size() - 1);
  }

  @Override
  public void truncateWal(int content, WalFileName file) {
    Path archived = lab.archive(content).resolve(file.text());
    byte[] whole = read(archived);
    hideWal(content, file);
    write(archived, Arrays.copyOf(whole, 12));
  }

  @Override
  public void fork(int content, Lsn at) {
    Path history = lab.archive(content).resolve("00000002.history");
    write(history, ("1\t" + at + "\tby hand\n").getBytes(StandardCharsets.US_ASCII));
    fixing.add(() -> delete(history));
  }

  @Override
  public void loseBackupHistories(int content) {
    try (Stream<Path> archived = Files.list(lab.archive(content))) {
      archived
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".backup"))
          .toList()
          .forEach(
              name -> {
                lab.faults().hideWal(content, name);
                fixing.add(() -> lab.faults().showWal(content, name));
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void loseManifest(int content) {
    Path file = inCopy(content, "backup_manifest");
    byte[] before = read(file);
    delete(file);
    fixing.add(() -> write(file, before));
  }

  @Override
  public void setTarget(int content, String name) {
    try {
      Files.writeString(
          inCopy(content, "postgresql.auto.conf"),
          "recovery_target_name = '" + name + "'\n",
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void removeTarget(int content) {
    lab.faults().removeTarget(west(content));
  }

  /** pg_ctl says that it failed when the server is down again before pg_ctl looked. */
  @Override
  public void start(int content) {
    try {
      lab.start(west(content));
    } catch (LabFailure downAgain) {
      assertThat(downAgain).hasMessageContaining("could not start server");
    }
  }

  @Override
  public void open(int content) {
    delete(inCopy(content, "standby.signal"));
    lab.start(west(content));
  }

  @Override
  public void promote(int content) {
    removeTarget(content);
    open(content);
  }

  @Override
  public void resume(int content) {
    try (Connection connection = lab.connect(west(content));
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_wal_replay_resume()");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void loseGateFile(int content) {
    LabInstance copy = west(content);
    delete(copy.host().mooring().resolve(lab.name()).resolve(copy.id() + ".gate"));
  }

  @Override
  public void loseLogs(int content) {
    LabInstance copy = west(content);
    Path starts = copy.host().mooring().resolve(lab.name()).resolve(copy.id() + ".starts");
    try (Stream<Path> logs = Files.list(starts)) {
      logs.forEach(log -> write(log, new byte[0]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void kill(int content) {
    lab.faults().signal(west(content), Signal.KILL);
  }

  @Override
  public void recoverySignal(int content, boolean there) {
    Path signal = inCopy(content, "recovery.signal");
    if (there) {
      write(signal, new byte[0]);
      fixing.add(() -> delete(signal));
    } else {
      delete(signal);
    }
  }

  @Override
  public void controlFile(int content, boolean whole) {
    lab.faults().flipByte(inCopy(content, "global/pg_control"), IN_THE_CONTROL_FILE);
    if (!whole) {
      fixing.add(() -> controlFile(content, true));
    }
  }

  @Override
  public void tablespaceLost(int content) {
    Path link = inCopy(content, "pg_tblspc").resolve("99");
    try {
      Files.createSymbolicLink(link, Path.of("/not/there"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    fixing.add(() -> delete(link));
  }

  @Override
  public void dataOfMajor(int content, int major) {
    Path file = inCopy(content, "PG_VERSION");
    byte[] before = read(file);
    write(file, (major + "\n").getBytes(StandardCharsets.US_ASCII));
    fixing.add(() -> write(file, before));
  }

  @Override
  public void mend() {
    List<Runnable> now = List.copyOf(fixing);
    fixing.clear();
    now.forEach(Runnable::run);
  }
}
