package dev.mooring.dev.lab;

import dev.mooring.topology.ClusterKind;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The cluster file of a lab, as a DBA would write it by hand. */
final class ClusterFileText {
  private final LabRecord record;
  private final Layout layout;
  private final WorkerFiles files;

  ClusterFileText(LabRecord record) {
    this.record = record;
    this.layout = record.layout();
    this.files = new WorkerFiles(layout);
  }

  String text() {
    return general() + sites() + hosts() + instances() + policies() + patroni() + streaming();
  }

  private String general() {
    return """
    cluster: %s
    kind: %s
    evidence:
      store: {directory: "%s"}
      signingKey: "file:%s"
      trustedKeys: ["%s"]
    ssh: {user: %s, identityFile: "%s", knownHostsFile: "%s"}
    database: {user: %s, name: %s, password: pgpass, sslMode: disable}
    """
        .formatted(
            layout.plan().name(),
            layout.plan().kind().name().toLowerCase(Locale.ROOT),
            layout.evidence(),
            files.signingKey(),
            files.trustedKey(),
            record.machine().user().name(),
            files.sshKey(),
            files.knownHosts(),
            LabDatabase.ROLE,
            LabDatabase.NAME);
  }

  private String sites() {
    String archive = layout.archives() + "/{content}";
    String west =
        layout.plan().streaming().isPresent()
            ? "follows: streaming"
            : layout.plan().westConsumes() == LabPlan.Consumes.MANUAL
                ? "consume: manual"
                : "consume: onPublish";
    return """
    sites:
      - {name: %s, archive: {directory: "%s"}}
      - {name: %s, %s, archive: {directory: "%s", restoreCommand: '%s "{archive}/%%f" "%%p"'}}
    """
        .formatted(Layout.EAST, archive, Layout.WEST, west, archive, layout.restoreScript());
  }

  private String streaming() {
    if (layout.plan().streaming().isEmpty()) {
      return "";
    }
    String replication =
        "replication: {user: %s, password: \"file:%s\"}%n"
            .formatted(StreamingStandbys.ROLE, files.rolePassword());
    return layout
        .frontHost()
        // who asks Patroni which instance leads is told nothing by Mooring
        .filter(host -> !layout.byPatroni())
        .map(host -> replication + new LabFronts(record, host).endpoints(files.rolePassword()))
        .orElse(replication);
  }

  private String hosts() {
    return layout.hosts().stream()
        .filter(host -> !layout.storeHost().equals(Optional.of(host)))
        .map(
            host ->
                "  - {name: %s, access: ssh, address: %s, directory: \"%s\", ssh: {port: %d}}%n"
                    .formatted(host.name(), host.address(), host.mooring(), host.sshPort()))
        .collect(Collectors.joining("", "hosts:\n", ""));
  }

  private String instances() {
    if (GreenplumLike.is(layout)) {
      return new GreenplumLike(record).instances();
    }
    return layout.instances().stream()
        .map(
            instance ->
                "  - {id: %s, site: %s, content: %d, host: %s, port: %d, dataDirectory: \"%s\", manager: %s%s}%n"
                    .formatted(
                        instance.id(),
                        instance.site(),
                        instance.content(),
                        instance.host().name(),
                        instance.port(),
                        instance.dataDirectory(),
                        manager(),
                        follows(instance)))
        .collect(Collectors.joining("", "instances:\n", ""));
  }

  private String manager() {
    return (layout.byPatroni() ? "{patroni: {programs: \"%s\"}}" : "{pg_ctl: \"%s\"}")
        .formatted(record.machine().postgresPrograms());
  }

  private String patroni() {
    return layout.byPatroni()
        ? "patroni: {scope: %s, user: %s, password: \"file:%s\", rootCertificate: \"%s\"}%n"
            .formatted(
                layout.plan().name(),
                LabDatabase.ROLE,
                files.rolePassword(),
                files.patroniCertificate())
        : "";
  }

  private String follows(LabInstance instance) {
    String upstream = layout.upstreamOf(instance);
    return upstream.isEmpty() ? "" : ", follows: " + upstream;
  }

  private String policies() {
    String barrier =
        layout.plan().kind() == ClusterKind.FLEET
            ? "  barrier: {sql: {instance: east-0, enter: \"SELECT pg_advisory_lock(7707)\", leave:"
                + " \"SELECT pg_advisory_unlock(7707)\", timeout: PT5S}}\n"
            : "";
    boolean mayCheckpoint = LabDatabase.mayCheckpoint(record.machine().postgresMajor());
    return """
    publish:
      site: %s
      archiveWait: PT20S
      archivePoll: PT0.2S
      checkpointBeforePoint: %s
    """
            .formatted(Layout.EAST, mayCheckpoint ? "immediate" : "never")
        + barrier
        + "consume: {timeout: PT120S, poll: PT0.5S}\n";
  }
}
