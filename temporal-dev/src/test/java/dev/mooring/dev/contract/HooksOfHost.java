package dev.mooring.dev.contract;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;

/** What Patroni's promotion asks on a member's host, and what its callbacks leave there. */
public record HooksOfHost(Lab lab, LabInstance instance) {
  private static final String WRITTEN =
      """
      mkdir -p "${1%/*}" && printf '%s\\n' cluster="$2" content=0 epoch=1 run=by-hand \\
        ordinal=0 attempt=0 writer="$3" writer_epoch=1 writer_run=by-hand >"$1"
      """;

  private String directory() {
    return instance.host().mooring().resolve(lab.name()).toString();
  }

  private String authority() {
    return directory() + "/" + instance.content() + ".authority";
  }

  /** Somebody writes who may. */
  public void authorityNames(String writer) {
    run(WRITTEN, authority(), lab.name(), writer);
  }

  /** Patroni may promote it, and told of nothing. */
  void forget() {
    authorityNames("patroni");
    run("rm -f \"$1\"", recorded());
  }

  /** The right to write was taken from it. */
  void fence() {
    run("echo 'mooring_fenced_epoch_7 = on' >>\"$1\"", settings());
  }

  void unfence() {
    run("sed -i /^mooring_fenced_epoch_/d \"$1\"", settings());
  }

  private String settings() {
    return instance.dataDirectory().resolve("postgresql.auto.conf").toString();
  }

  /** Nobody ever said who may. */
  void loseAuthority() {
    run("rm -f \"$1\"", authority());
  }

  private String recorded() {
    return directory() + "/" + instance.id() + ".patroni";
  }

  /** What Patroni told of so far, one line each; empty where it told of nothing. */
  String record() {
    return run("[ ! -e \"$1\" ] || cat \"$1\"", recorded()).strip();
  }

  private String run(String script, String... arguments) {
    String[] command = new String[arguments.length + 4];
    command[0] = "sh";
    command[1] = "-c";
    command[2] = script;
    command[3] = "hooks";
    System.arraycopy(arguments, 0, command, 4, arguments.length);
    return lab.run(instance.host(), command);
  }
}
