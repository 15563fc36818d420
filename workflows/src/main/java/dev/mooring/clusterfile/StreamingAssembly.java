package dev.mooring.clusterfile;

import dev.mooring.topology.Endpoint;
import dev.mooring.topology.FailoverPolicy;
import dev.mooring.topology.FailoverReaction;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.FenceCommand.From;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ResilverReaction;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Commit;
import dev.mooring.topology.StreamingPolicy.Limits;
import dev.mooring.topology.StreamingPolicy.Login;
import dev.mooring.topology.StreamingPolicy.OwnCommands;
import dev.mooring.topology.StreamingPolicy.Replication;
import dev.mooring.topology.StreamingPolicy.Resilver;
import dev.mooring.topology.StreamingPolicy.Switchover;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousReaction;
import dev.mooring.topology.UnattendedFailover;
import dev.mooring.topology.WatchPolicy;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** How a cluster streams, of a file that passed every check. */
final class StreamingAssembly {
  private final Setting file;

  private StreamingAssembly(Setting file) {
    this.file = file;
  }

  /** One, of a file with the section {@code replication}; else none. */
  static List<StreamingPolicy> of(Setting file) {
    return file.at("replication").given()
        ? List.of(new StreamingAssembly(file).policy())
        : List.of();
  }

  private StreamingPolicy policy() {
    Setting switchover = file.at("switchover");
    Setting resilver = file.at("resilver");
    return new StreamingPolicy(
        replication(),
        new Switchover(switchover.at("outageBudget").duration(), switchover.at("stop").duration()),
        new Resilver(
            resilver.at("keepOld").flag(),
            resilver.at("rateLimit").size(),
            resilver.at("timeout").duration(),
            resilver.at("perHost").number(),
            commands(resilver)),
        file.at("endpoints").items().stream().map(this::endpoint).toList(),
        failover(file.at("failover")),
        watch(file.at("watch")));
  }

  private WatchPolicy watch(Setting watch) {
    return new WatchPolicy(
        watch.at("every").duration(),
        watch.at("beginAfterLooks").number(),
        watch.at("endAfterLooks").number(),
        watch.at("receiverSilent").duration(),
        watch.at("maxLag").duration(),
        watch.at("maxSlotBytes").size(),
        watch.at("maxDiskUsed").number(),
        asksAfterReboot(),
        resilver(watch.at("reactions")),
        synchronous(watch.at("reactions").at("synchronous").text()),
        failover(watch.at("reactions").at("failover").text()));
  }

  private static List<FailoverReaction> failover(String reaction) {
    return reaction.equals("off")
        ? List.of()
        : List.of(new FailoverReaction(reaction.equals("act")));
  }

  private static List<SynchronousReaction> synchronous(String reaction) {
    return reaction.equals("off")
        ? List.of()
        : List.of(new SynchronousReaction(reaction.equals("act")));
  }

  /** By default only if two persons, or a signature, are to approve a start. */
  private boolean asksAfterReboot() {
    Setting starts = file.at("guard").at("startAfterReboot");
    return starts.given()
        ? starts.text().equals("ask")
        : ApprovalChecks.refusesUnsigned(file)
            || ApprovalChecks.isOfTwo(file.at("approvals").at("persons").at("startPrimary"));
  }

  private static List<ResilverReaction> resilver(Setting reactions) {
    String resilver = reactions.at("resilver").text();
    return resilver.equals("off")
        ? List.of()
        : List.of(
            new ResilverReaction(
                resilver.equals("act"), reactions.at("resilverAfterLooks").number()));
  }

  private static List<OwnCommands> commands(Setting resilver) {
    Setting before = resilver.at("before");
    Setting after = resilver.at("after");
    return before.given() || after.given()
        ? List.of(
            new OwnCommands(
                before.given() ? before.text() : "",
                after.given() ? after.text() : "",
                resilver.at("commandWithin").duration()))
        : List.of();
  }

  private FailoverPolicy failover(Setting failover) {
    return new FailoverPolicy(
        failover.at("promoteWithin").duration(),
        failover.at("endWithin").duration(),
        failover.at("maxLossBytes").size(),
        ids(failover.at("prefer")),
        ids(failover.at("exclude")).stream().sorted().toList(),
        failover.at("fences").items().stream()
            .map(this::fence)
            .sorted(Comparator.comparing(FenceCommand::host))
            .toList(),
        automatic(failover.at("automatic")),
        failover.at("waitBeforePromote").duration().toSeconds(),
        file.at("guard").at("afterReboot").text().equals("start"));
  }

  private static List<UnattendedFailover> automatic(Setting automatic) {
    return automatic.given()
        ? List.of(
            new UnattendedFailover(
                automatic.at("after").duration(),
                automatic.at("quiet").duration(),
                automatic.at("rehearsedWithin").duration(),
                automatic.at("probeEvery").duration().toMillis()))
        : List.of();
  }

  private FenceCommand fence(Setting fence) {
    String from = fence.at("from").text();
    boolean site =
        file.at("sites").items().stream().anyMatch(one -> one.at("name").text().equals(from));
    return new FenceCommand(
        host(fence),
        site ? new From.WorkerOf(new SiteName(from)) : new From.OnHost(new HostName(from)),
        fence.at("command").text(),
        fence.at("check").text(),
        fence.at("within").duration());
  }

  private static List<InstanceId> ids(Setting list) {
    return list.items().stream().map(one -> new InstanceId(one.text())).toList();
  }

  private Replication replication() {
    Setting replication = file.at("replication");
    Setting certificate = orOfDatabase("sslRootCertificate");
    return new Replication(
        new Login(
            replication.at("user").text(),
            new SecretReference(replication.at("password").text()),
            orOfDatabase("sslMode").text(),
            certificate.given() ? certificate.path() : ""),
        Commit.valueOf(replication.at("synchronousCommit").text().toUpperCase(Locale.ROOT)),
        synchronous(replication.at("synchronous")),
        new Limits(replication.at("maxLagBytes").size(), replication.at("archiveBacklog").number()),
        replication.at("onRoleChange").given() ? replication.at("onRoleChange").text() : "");
  }

  private Setting orOfDatabase(String name) {
    Setting own = file.at("replication").at(name);
    return own.given() ? own : file.at("database").at(name);
  }

  private static Synchronous synchronous(Setting set) {
    Synchronous.Method method =
        Synchronous.Method.valueOf(set.at("method").text().toUpperCase(Locale.ROOT));
    return new Synchronous(method, StreamingChecks.number(set), ids(set.at("instances")));
  }

  private Endpoint endpoint(Setting endpoint) {
    String name = endpoint.at("name").text();
    Setting command = endpoint.at("command");
    Setting address = endpoint.at("virtualIp");
    if (endpoint.at("pgbouncer").given()) {
      return pooler(name, endpoint.at("pgbouncer"));
    }
    if (endpoint.at("haproxy").given()) {
      return balancer(name, endpoint.at("haproxy"));
    }
    return address.given()
        ? new Endpoint.VirtualIp(name, address.at("address").text(), address.at("device").text())
        : new Endpoint.Command(
            name, host(command), command.at("route").text(), command.at("observe").text());
  }

  private Endpoint pooler(String name, Setting pooler) {
    Setting sockets = pooler.at("socketDirectory");
    Setting database = pooler.at("database");
    return new Endpoint.PgBouncer(
        name,
        host(pooler),
        pooler.at("port").number(),
        sockets.given() ? sockets.path() : "",
        pooler.at("user").text(),
        new SecretReference(pooler.at("password").text()),
        pooler.at("databasesFile").path(),
        database.given() ? database.text() : file.at("database").at("name").text());
  }

  private static Endpoint balancer(String name, Setting balancer) {
    Setting reads = balancer.at("readBackend");
    return new Endpoint.HaProxy(
        name,
        host(balancer),
        balancer.at("socket").path(),
        balancer.at("writeBackend").text(),
        reads.given() ? reads.text() : "");
  }

  private static HostName host(Setting endpoint) {
    return new HostName(endpoint.at("host").text());
  }
}
