package dev.mooring.dev.contract;

import dev.mooring.dev.lab.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A unit as Debian's {@code postgresql@15-main} with a drop-in, under a systemd of its own: that is
 * process 1 of a namespace, knows no unit but this, and is gone when it is told.
 *
 * @param directory an empty one, which the unit's account may write
 */
record UnitOfSystemd(Path directory) {
  private static final String NAME = "postgresql@15-main.service";

  private static final String SCRIPT =
      """
      set -u
      mount -t tmpfs tmpfs /run || exit 1
      {
        until [ -S /run/systemd/private ]; do sleep 0.1; done
        systemctl start %s
        echo $? >"$1/status"
        systemctl show -p ExecStartPre %s >"$1/shown" 2>&1
        systemctl --force --force poweroff
      } &
      container=mooring SYSTEMD_UNIT_PATH=$1/units exec /lib/systemd/systemd --unit=nothing.target
      """
          .formatted(NAME, NAME);

  /**
   * What became of a start.
   *
   * @param began whether systemd went on to {@code ExecStart=}
   * @param status of {@code systemctl start}
   * @param said by what the unit ran
   * @param shown by {@code systemctl} of what stands before it
   */
  record Started(boolean began, int status, String said, String shown) {}

  /** Starts the unit, and says what became of it. */
  Started start(String dropIn) throws IOException, InterruptedException {
    Path units = Files.createDirectories(directory.resolve("units"));
    Path more = Files.createDirectories(units.resolve(NAME + ".d"));
    Files.writeString(units.resolve("nothing.target"), "[Unit]\nDefaultDependencies=no\n");
    Files.writeString(more.resolve("mooring.conf"), dropIn);
    Path said = directory.resolve("said");
    Path began = directory.resolve("began");
    Files.deleteIfExists(said);
    Files.deleteIfExists(began);
    Files.writeString(
        units.resolve(NAME),
        """
        [Unit]
        DefaultDependencies=no
        [Service]
        Type=oneshot
        StandardOutput=append:%s
        StandardError=append:%s
        ExecStart=/usr/bin/touch %s
        """
            .formatted(said, said, began));
    run();
    Path status = directory.resolve("status");
    if (!Files.exists(status)) {
      throw new AssertionError("systemd did not start: " + Files.readString(log()));
    }
    return new Started(
        Files.exists(began),
        Integer.parseInt(Files.readString(status).strip()),
        Files.readString(said),
        Files.readString(directory.resolve("shown")));
  }

  private void run() throws IOException, InterruptedException {
    Files.deleteIfExists(directory.resolve("status"));
    Process systemd =
        new ProcessBuilder(
                "unshare",
                "--kill-child",
                "--pid",
                "--fork",
                "--mount",
                "--mount-proc",
                "--uts",
                "--ipc",
                "--net",
                "sh",
                "-c",
                SCRIPT,
                "systemd",
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    if (!Await.ended(systemd)) {
      systemd.destroyForcibly().waitFor();
      throw new AssertionError("systemd did not end: " + Files.readString(log()));
    }
  }

  private Path log() {
    return directory.resolve("log");
  }
}
