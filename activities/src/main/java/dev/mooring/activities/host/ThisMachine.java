package dev.mooring.activities.host;

import dev.mooring.port.ConnectionActivities.ConnectionTried;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that this process runs on. */
public final class ThisMachine {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NETWORK = Path.of("/proc/self/ns/net");

  private ThisMachine() {}

  /**
   * The name that a host's script uses too; {@link ConnectionTried#NO_MACHINE} if Linux has none.
   */
  public static String name() {
    try {
      return Files.readString(BOOT).strip() + " " + Files.readSymbolicLink(NETWORK);
    } catch (IOException | UnsupportedOperationException elsewhere) {
      return ConnectionTried.NO_MACHINE;
    }
  }
}
