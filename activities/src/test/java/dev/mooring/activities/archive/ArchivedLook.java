package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.port.ArchiveActivities.AwaitArchived;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.HostWork;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.SiteName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A look at one point in an archive by a real shell, with programs in a directory of the test. */
final class ArchivedLook {
  static final InstanceId OWNER = new InstanceId("east-0");

  private ArchivedLook() {}

  /** What the look saw of the point, whose owner's programs are those in the directory. */
  static PointArchived at(LocalHost local, Path programs, WantedPoint wanted, Duration atMost) {
    Instance owner =
        new Instance(
            OWNER,
            new SiteName("east"),
            new ContentId(0),
            local.host().name(),
            5432,
            programs.toString(),
            new InstanceManager(InstanceManager.Kind.PG_CTL, programs.toString()));
    PointsArchived seen =
        new HostArchiveActivities(
                local.hosts(),
                HostDeadlines.USUAL.withLate(Duration.ZERO),
                new S3Clients(name -> Optional.empty()))
            .awaitArchived(
                new AwaitArchived(
                    LocalHost.call("run-1", 1, 0),
                    new HostWork(local.host(), List.of(owner)),
                    List.of(wanted),
                    atMost));
    assertThat(seen.failures()).isEmpty();
    return seen.points().get(0);
  }
}
