package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;

/**
 * Commands that power off a host, as far as a lab's host can be: all processes of its server end at
 * once. From any host, and from the machine itself, they find these by the directory that they work
 * in.
 *
 * @param off ends them
 * @param check exits with status 0 if there is none, with 1 if there is one
 */
public record LabPower(String off, String check) {

  /** The switch of that instance's host. */
  public static LabPower of(LabInstance instance) {
    String pids =
        "$(find -L /proc/[0-9]*/cwd -maxdepth 0 -printf '%D:%i %h\\n' 2>/dev/null | sed -n 's,^"
            + place(instance)
            + " /proc/,,p')";
    return new LabPower(
        "kill -KILL " + pids,
        "[ -z \"" + pids + "\" ] || { echo power is on; exit 1; }; echo power is off");
  }

  /** Device and inode: its path means another directory on another host. */
  private static String place(LabInstance instance) {
    try {
      return Files.getAttribute(instance.dataDirectory(), "unix:dev")
          + ":"
          + Files.getAttribute(instance.dataDirectory(), "unix:ino");
    } catch (IOException e) {
      throw new LabFailure("unreadable " + instance.dataDirectory(), e);
    }
  }
}
