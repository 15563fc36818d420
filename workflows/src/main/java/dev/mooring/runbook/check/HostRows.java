package dev.mooring.runbook.check;

import dev.mooring.port.DatabaseActivities.Right;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.InstanceFitness;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.checks.AnswerRows;
import dev.mooring.runbook.checks.ArchiverRow;
import dev.mooring.runbook.checks.ArchivingRow;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.CommitsRow;
import dev.mooring.runbook.checks.OwnerRow;
import dev.mooring.runbook.consume.InstancesCheck;
import dev.mooring.runbook.publish.CatalogueCheck.Fitting;
import dev.mooring.runbook.publish.HostsCheck;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.runbook.publish.VersionsCheck;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.Site;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of one host and the instances it runs. */
final class HostRows {
  private static final String ANSWERS = "answers";
  private static final String PRIVILEGES = "privileges";

  private final Cluster cluster;
  private final OnHost on;
  private final CheckRows rows;
  private final Instant now;

  HostRows(Cluster cluster, OnHost on, CheckRows rows, Instant now) {
    this.cluster = cluster;
    this.on = on;
    this.rows = rows;
    this.now = now;
  }

  /**
   * @param publishes whether restore points are created on its instances
   * @param roles the instances that accept connections, and a Greenplum's mirrors, which do not
   */
  void judge(boolean publishes, Fitting roles) {
    CheckRow answers = AnswerRows.host(on.work().host(), on.host());
    if (on.host() instanceof Observed.Unseen<?>) {
      boolean mirrors = on.work().instances().stream().allMatch(roles.mirrors()::contains);
      rows.add(publishes && mirrors ? onlyMirrors(answers) : answers);
    } else {
      rows.add(answers);
      on.work().instances().forEach(instance -> onHost(instance, publishes));
    }
    if (publishes) {
      on.work().instances().stream().filter(roles.primaries()::contains).forEach(this::overSql);
      on.work().instances().stream().filter(roles.mirrors()::contains).forEach(this::mirror);
    }
  }

  private static CheckRow onlyMirrors(CheckRow silent) {
    return CheckRow.warning(
        silent.id(),
        silent.subject(),
        silent.seen() + "; only mirrors are there, a publish continues",
        silent.limit(),
        silent.remedy());
  }

  private void onHost(Instance instance, boolean publishes) {
    String id = "host-prerequisites";
    on.fitness()
        .match(
            seen -> {
              seen.observed().stream()
                  .filter(f -> f.instance().equals(instance.id()))
                  .forEach(f -> fitness(instance, f));
              failed(id, instance, seen.failures(), "fit for its runbooks");
              return true;
            },
            unseen -> {
              rows.unseen(id, instance.id(), unseen, "fit for its runbooks");
              return false;
            });
    Optional<InstanceObserved> observed =
        on.host().seen().stream()
            .flatMap(seen -> seen.observed().stream())
            .filter(o -> o.instance().equals(instance.id()))
            .findFirst();
    if (observed.isEmpty()) {
      on.host().seen().stream()
          .flatMap(seen -> seen.failures().stream())
          .filter(failure -> failure.instance().equals(instance.id()))
          .map(failure -> AnswerRows.controlFile(instance.id(), new Observed.Unseen<>(failure)))
          .forEach(rows::add);
      return;
    }
    room(instance, observed.get());
    if (!publishes) {
      rows.judged(
          "copy-state",
          instance.id(),
          InstancesCheck.judge(instance, observed.get()),
          observed.get().control().state().toString(),
          "a copy in recovery, or a fresh base backup");
    }
  }

  private void failed(String id, Instance instance, List<InstanceFailure> failures, String limit) {
    failures.stream()
        .filter(f -> f.instance().equals(instance.id()))
        .forEach(f -> rows.unseen(id, instance.id(), new Observed.Unseen<>(f), limit));
  }

  private void fitness(Instance instance, InstanceFitness seen) {
    InstanceId id = instance.id();
    rows.must(
        seen.missingPrograms().isEmpty()
            && seen.software().server().major() == seen.software().dataMajor(),
        "programs",
        id,
        seen.missingPrograms().isEmpty()
            ? "version " + seen.software().server()
            : "missing: " + String.join(", ", seen.missingPrograms()),
        "all of major version " + seen.software().dataMajor() + ", as the data directory",
        FailureCode.HOST_PROGRAM_MISSING.hint());
    rows.add(OwnerRow.of(id, seen.ownership()));
    if (cluster.streaming().isPresent() && cluster.members().contains(instance)) {
      OwnerRow.mount(id, seen.ownership()).ifPresent(rows::add);
    }
    Site.Archive archive = cluster.site(instance.site()).orElseThrow().archive();
    rows.add(
        ArchivingRow.readable(instance, archive, seen.archiveTrouble(), seen.ownership().login()));
    rows.add(OwnerRow.directory(id, on.work().host().directory(), seen.ownership()));
  }

  private void room(Instance instance, InstanceObserved observed) {
    long needed = HostsCheck.roomNeeded(observed.control().identity().layout().walSegmentSize());
    rows.must(
        observed.pgWalFreeBytes() >= needed,
        "wal-space",
        instance.id(),
        observed.pgWalFreeBytes() + " bytes",
        needed + " bytes or more",
        FailureCode.NO_ROOM.hint());
  }

  private void mirror(Instance mirror) {
    on.archiving().ifPresent(seen -> rows.add(ArchivingRow.ofMirror(mirror, seen)));
  }

  private void overSql(Instance instance) {
    String limit = AnswerRows.answers(cluster);
    if (on.sql().servers() instanceof Observed.Unseen<?> unseen) {
      rows.add(AnswerRows.server(cluster, instance.id(), unseen));
      return;
    }
    on.sql()
        .servers()
        .seen()
        .ifPresent(
            seen -> {
              failed(ANSWERS, instance, seen.failures(), limit);
              seen.observed().stream()
                  .filter(o -> o.instance().equals(instance.id()))
                  .forEach(o -> server(instance, o));
            });
    on.sql()
        .rights()
        .match(
            seen -> {
              seen.observed().stream()
                  .filter(o -> o.instance().equals(instance.id()))
                  .forEach(o -> rights(instance, o.held()));
              failed(PRIVILEGES, instance, seen.failures(), limit);
              return true;
            },
            unseen -> {
              rows.unseen(PRIVILEGES, instance.id(), unseen, limit);
              return false;
            });
  }

  private void server(Instance instance, ServerObserved server) {
    boolean inRecovery = server.position().inRecovery();
    rows.good(
        ANSWERS,
        instance.id(),
        (inRecovery ? "standby" : "primary") + ", version " + server.identity().version(),
        AnswerRows.answers(cluster));
    if (inRecovery) {
      // a streaming standby may become the primary at any time
      if (cluster.members().contains(instance)) {
        rows.add(ArchivingRow.of(instance.id(), server.archiving()));
      }
      return;
    }
    Primary primary = new Primary(instance, server);
    rows.add(ArchivingRow.of(instance.id(), server.archiving()));
    rows.add(ArchiverRow.of(cluster, server, now));
    CommitsRow.of(cluster, server).map(CheckRow::unblocking).ifPresent(rows::add);
    on.host().seen().ifPresent(host -> onBoth(primary, host));
  }

  private void onBoth(Primary primary, HostObserved host) {
    rows.judged(
        "data-directory",
        primary.instance().id(),
        HostsCheck.judge(List.of(primary), List.of(host)),
        "system " + primary.server().identity().systemIdentifier() + " on both",
        "the server on its port runs on its data directory");
    rows.judged(
        "major-version",
        primary.instance().id(),
        VersionsCheck.judge(primary, host),
        primary.server().identity().version() + ", its programs too",
        versions(primary.instance()));
  }

  private static String versions(Instance instance) {
    return String.format(
        "%d to %d, its host's programs of the same",
        instance.manager().isGreenplum()
            ? ServerVersion.OLDEST_GREENPLUM
            : ServerVersion.OLDEST_SUPPORTED,
        ServerVersion.NEWEST_SUPPORTED);
  }

  private void rights(Instance instance, List<Right> held) {
    String role = cluster.policies().database().user();
    List<Right> needed = needed(instance, cluster.policies().publish());
    List<Right> missing = needed.stream().filter(right -> !held.contains(right)).toList();
    rows.must(
        missing.isEmpty(),
        PRIVILEGES,
        instance.id(),
        missing.isEmpty() ? role + " has " + needed : role + " lacks " + missing,
        "the rights that its policies need, as in operations/grants.md",
        "as a superuser: "
            + String.join("; ", missing.stream().map(right -> right.statement(role)).toList()));
  }

  private static List<Right> needed(Instance instance, PublishPolicy policy) {
    boolean dispatches =
        instance.manager().isGreenplum() && instance.content().equals(ContentId.COORDINATOR);
    List<Right> needed = new ArrayList<>(List.of(Right.MONITOR, Right.RESTORE_POINT));
    if (policy.switchWal()) {
      needed.add(Right.SWITCH_WAL);
    }
    if (dispatches) {
      needed.add(Right.GREENPLUM_POINT);
    }
    if (dispatches && policy.switchWal()) {
      needed.add(Right.GREENPLUM_SWITCH);
    }
    if (policy.checkpointBeforePoint() != PublishPolicy.CheckpointBeforePoint.NEVER) {
      needed.add(Right.CHECKPOINT);
    }
    return needed;
  }
}
