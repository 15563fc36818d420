package dev.mooring.dev.lab;

import dev.mooring.activities.host.PromotionGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The files that Patroni, and HAProxy beside it, read: as its manual has them. */
final class PatroniFiles {
  private final LabRecord record;
  private final Layout layout;

  PatroniFiles(LabRecord record) {
    this.record = record;
    this.layout = record.layout();
  }

  static Path configuration(LabInstance instance) {
    return instance.host().directory().resolve("patroni.yml");
  }

  /** The pipe in place of a watchdog's device. */
  static Path watchdog(LabInstance instance) {
    return instance.host().directory().resolve("watchdog");
  }

  /** The program that Patroni calls before it promotes, where Mooring would put it. */
  private static Path program(LabInstance instance) {
    return programs(instance).resolve("mooring-patroni");
  }

  private static Path programs(LabInstance instance) {
    return instance.host().mooring().resolve("bin");
  }

  /** Makes the one certificate of all REST APIs, for the address of each. */
  void makeCertificate() {
    Command.run(
        layout.directory(),
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "3650",
            "-subj",
            "/CN=" + layout.plan().name(),
            "-addext",
            layout.instances().stream()
                .map(instance -> "IP:" + instance.host().address())
                .distinct()
                .collect(Collectors.joining(",", "subjectAltName=", "")),
            "-keyout",
            key(certificate()).toString(),
            "-out",
            certificate().toString()),
        Map.of());
  }

  private Path certificate() {
    return new WorkerFiles(layout).patroniCertificate();
  }

  private static Path certificate(LabInstance instance) {
    return instance.host().directory().resolve("patroni.pem");
  }

  private static Path key(Path certificate) {
    return certificate.resolveSibling("patroni.key");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new LabFailure("could not read " + file, e);
    }
  }

  /** Writes the configuration of an instance's Patroni, for its account alone. */
  void write(LabInstance instance) {
    LabUser user = record.machine().user();
    user.makeDirectory(programs(instance));
    user.makeDirectory(authorities(instance));
    user.writeProgram(program(instance), PromotionGuard.TEXT);
    user.write(authority(instance), whomPatroniPromotes(instance));
    user.write(certificate(instance), text(certificate()));
    user.writePrivately(key(certificate(instance)), text(key(certificate())));
    user.writePrivately(configuration(instance), general(instance) + server(instance));
  }

  private Path authorities(LabInstance instance) {
    return instance.host().mooring().resolve(layout.plan().name());
  }

  private Path authority(LabInstance instance) {
    return authorities(instance).resolve(instance.content() + ".authority");
  }

  /** As an adoption leaves it: while no instance is named Patroni promotes none. */
  private String whomPatroniPromotes(LabInstance instance) {
    return """
    cluster=%s
    content=%s
    epoch=1
    run=lab
    ordinal=0
    attempt=0
    writer=patroni
    writer_epoch=1
    writer_run=lab
    """
        .formatted(layout.plan().name(), instance.content());
  }

  /** As in docs/operations/patroni.md. */
  private String hooks(LabInstance instance) {
    return """
      pre_promote: %1$s pre_promote
      callbacks: {on_start: %1$s, on_stop: %1$s, on_role_change: %1$s}
    """
        .formatted(
            String.join(
                " ",
                program(instance).toString(),
                instance.dataDirectory().toString(),
                authority(instance).toString(),
                instance.id()));
  }

  /** For the block `restapi`; the certificate vouches for itself. */
  private static String overTls(LabInstance instance) {
    Path certificate = certificate(instance);
    return "certfile: %1$s%n  keyfile: %2$s%n  cafile: %1$s"
        .formatted(certificate, key(certificate));
  }

  /** The times are shorter than the packaged defaults, in the same relation. */
  private String general(LabInstance instance) {
    String address = instance.host().address();
    return """
    scope: %s
    name: %s
    restapi:
      listen: %s:%d
      connect_address: %s:%d
      %s
      authentication: {username: %s, password: '%s'}
    etcd3: {hosts: '%s:%d'}
    watchdog: {mode: required, driver: testing, device: %s, safety_margin: 5}
    bootstrap:
      dcs:
        ttl: 12
        loop_wait: 1
        retry_timeout: 5
        maximum_lag_on_failover: 1048576
        postgresql:
          use_pg_rewind: true
          use_slots: true
          parameters: {max_connections: 40, max_prepared_transactions: 20, max_worker_processes: 2}
    """
        .formatted(
            layout.plan().name(),
            instance.id(),
            address,
            LabPatroni.REST_PORT,
            address,
            LabPatroni.REST_PORT,
            overTls(instance),
            LabDatabase.ROLE,
            record.rolePassword(),
            layout.storeHost().orElseThrow().address(),
            LabPatroni.STORE_PORT,
            watchdog(instance));
  }

  /**
   * Without a restore_command: Patroni archives what an old leader wrote beyond the fork before it
   * rewinds it, and a standby that restored that file can no longer follow the new leader.
   */
  private String server(LabInstance instance) {
    String rules =
        ServerSettings.CLIENT_RULES
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> "    - '%s'%n".formatted(line))
            .collect(Collectors.joining());
    return """
    postgresql:
      listen: %s:%d
      connect_address: %s:%d
      data_dir: %s
      bin_dir: %s
      pgpass: %s
      authentication:
        superuser: {username: %s, password: '%s'}
        replication: {username: %s, password: '%s'}
      basebackup: [{checkpoint: fast}, no-sync]
      remove_data_directory_on_diverged_timelines: false
    %s  pg_hba:
    """
            .formatted(
                instance.host().address(),
                instance.port(),
                instance.host().address(),
                instance.port(),
                instance.dataDirectory(),
                record.machine().postgresPrograms(),
                instance.host().home().resolve("patroni.pgpass"),
                LabDatabase.SUPERUSER,
                record.superuserPassword(),
                StreamingStandbys.ROLE,
                record.rolePassword(),
                hooks(instance))
        + rules;
  }

  /** HAProxy that asks each Patroni who leads, and sends clients there. */
  String balancer(LabHost front, Path socket) {
    return """
    global
      stats socket %s mode 600 level admin
    defaults
      mode tcp
      timeout connect 3s
      timeout client 30m
      timeout server 30m
      default-server check check-ssl verify none port %d inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
    """
            .formatted(socket, LabPatroni.REST_PORT)
        + section("writes", front, LabFronts.WRITE_PORT, "/primary")
        + section("reads", front, LabFronts.READ_PORT, "/replica");
  }

  private String section(String name, LabHost front, int port, String asked) {
    String servers =
        layout.instances().stream()
            .map(
                instance ->
                    "  server %s %s:%d%n"
                        .formatted(instance.id(), instance.host().address(), instance.port()))
            .collect(Collectors.joining());
    return """
    listen %s
      bind %s:%d
      balance roundrobin
      option httpchk OPTIONS %s
      http-check expect status 200
    """
            .formatted(name, front.address(), port, asked)
        + servers;
  }
}
