package dev.mooring.dev.contract;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.port.HostWork;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A directory of the server's programs on a host, some of which another takes the place of. */
final class ScratchPrograms {
  private static final List<String> PROGRAMS =
      List.of("initdb", "pg_controldata", "pg_ctl", "postgres");

  private final Lab lab;
  private final LabInstance instance;
  private final Path directory;

  ScratchPrograms(Lab lab, String instance) {
    this.lab = lab;
    this.instance = lab.instance(instance);
    this.directory = this.instance.host().mooring().resolve("bin");
    lab.run(this.instance.host(), "mkdir", "-p", directory.toString());
    PROGRAMS.forEach(name -> link(name, name));
  }

  private void link(String name, String to) {
    lab.run(
        instance.host(),
        "ln",
        "-sfn",
        lab.postgresPrograms().resolve(to).toString(),
        directory.resolve(name).toString());
  }

  /** A script in place of a program, which is there as {@code NAME.real} then. */
  ScratchPrograms with(String name, String script) {
    link(name + ".real", name);
    Path program = directory.resolve(name);
    try {
      Files.delete(program);
      Files.writeString(program, script);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** The instance as one that is started by these programs. */
  HostWork of(Cluster cluster) {
    Instance own =
        cluster.instances().stream()
            .filter(one -> one.id().value().equals(instance.id()))
            .findFirst()
            .orElseThrow();
    return new HostWork(
        cluster.host(own.host()),
        List.of(
            new Instance(
                own.id(),
                own.site(),
                own.content(),
                own.host(),
                own.port(),
                own.dataDirectory(),
                new InstanceManager(own.manager().kind(), directory.toString()))));
  }

  /** Where the server takes the fence out of a scratch instance before it reads it. */
  HostWork ignoringFences(Cluster cluster) {
    return with(
            "postgres",
            """
            #!/bin/sh
            case ${2-} in
              */rehearsal/*) sed -i /mooring_fenced/d "$2/postgresql.auto.conf" ;;
            esac
            exec "${0%/*}/postgres.real" "$@"
            """)
        .of(cluster);
  }
}
