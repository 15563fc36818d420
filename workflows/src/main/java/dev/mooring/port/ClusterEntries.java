package dev.mooring.port;

import dev.mooring.port.AccessActivities.EnsureAccess;
import dev.mooring.port.AccessActivities.ObserveAdmission;
import dev.mooring.port.AccountActivities.Account;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.OwnSetting;
import dev.mooring.port.CopyActivities.RunCommand;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailoverActivities.FenceHost;
import dev.mooring.port.FailoverActivities.FetchWal;
import dev.mooring.port.PrimaryActivities.ObservePrimary;
import dev.mooring.port.PrimaryActivities.SetPrimary;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.NameNobody;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.port.WatchActivities.WatchedSite;
import dev.mooring.port.WitnessActivities.TryFromHost;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.Site;
import dev.mooring.topology.StreamingPolicy.Login;
import dev.mooring.topology.StreamingPolicy.Role;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The entries of one version of a cluster file that lead anywhere: hosts with their accounts, keys
 * and prefixes, instances, databases, commands, stores. A request to a port may name what stands
 * there and nothing else, because whoever writes to the Temporal namespace may send any request.
 * Other texts of a request are quoted where they are used, or only read.
 */
public final class ClusterEntries {
  private record Entry<T>(Class<T> type, Function<T, String> name) {
    String nameOf(Object value) {
      return name.apply(type.cast(value));
    }
  }

  private record Rule<T>(Class<T> type, String entry, BiPredicate<T, Cluster> holds) {
    boolean isBroken(Object value, Cluster cluster) {
      return type.isInstance(value) && !holds.test(type.cast(value), cluster);
    }
  }

  /** A value of these types equals one of the file; what is in it is not looked at. */
  private static final List<Entry<?>> ENTRIES =
      List.of(
          new Entry<>(Host.class, host -> "hosts." + host.name()),
          new Entry<>(Instance.class, instance -> "instances." + instance.id()),
          new Entry<>(DatabaseAccess.class, access -> "database"),
          new Entry<>(EvidencePolicy.class, evidence -> "evidence"),
          new Entry<>(Site.Archive.class, archive -> "sites[].archive"),
          new Entry<>(Endpoint.class, endpoint -> "endpoints." + endpoint.name()),
          new Entry<>(Barrier.class, barrier -> "publish.barrier"),
          new Entry<>(PatroniPolicy.class, patroni -> "patroni"),
          new Entry<>(FenceCommand.class, fence -> "failover.fences." + fence.host()),
          new Entry<>(NoticePolicy.Channel.class, way -> "notices.channels." + way.name()),
          new Entry<>(Login.class, login -> "replication.user"));

  /** Texts that follow from an entry. */
  private static final List<Rule<?>> RULES =
      List.of(
          new Rule<>(Call.class, "call.run", (one, of) -> isWord(one.run())),
          new Rule<>(NameNobody.class, "run", (one, of) -> isWord(one.run())),
          new Rule<>(
              OnHost.class, "instances[].host", (one, of) -> readsOnly(one) || fits(one.on())),
          new Rule<>(FetchWal.class, "instances[].host", (one, of) -> fits(one.from())),
          new Rule<>(
              WatchedSite.class,
              "instances[].host",
              (one, of) -> one.hosts().stream().allMatch(ClusterEntries::fits)),
          new Rule<>(
              Server.class,
              "hosts[].address",
              (one, of) -> one.address().equals(address(of, one.instance()))),
          new Rule<>(
              Upstream.class,
              "hosts[].address",
              (one, of) -> isPlace(of, of.member(one.instance()), one.host(), one.port())),
          new Rule<>(
              TryFromHost.class,
              "hosts[].address",
              (one, of) ->
                  of.members().stream()
                      .anyMatch(i -> isPlace(of, Optional.of(i), one.address(), one.port()))),
          new Rule<>(RunCommand.class, "replication.onRoleChange", ClusterEntries::isCommand),
          new Rule<>(Copy.class, "sites[].archive.restoreCommand", ClusterEntries::isCopy),
          new Rule<>(
              Follow.class,
              "sites[].archive.restoreCommand",
              (one, of) -> isRestore(of, one.on(), one.restoreCommand())),
          new Rule<>(
              ObservePrimary.class,
              "sites[].archive.directory",
              (one, of) -> isArchive(of, one.on(), one.archive())),
          new Rule<>(SetPrimary.class, "sites[].archive.directory", ClusterEntries::isSetting),
          new Rule<>(
              EnsureAccess.class,
              "replication.user",
              (one, of) -> one.lines().stream().allMatch(EnsureAccess::writes)),
          new Rule<>(
              ObserveAdmission.class,
              "database.name",
              (one, of) -> one.database().equals(of.policies().database().database())),
          new Rule<>(
              Follow.class,
              "database.name",
              (one, of) -> one.database().equals(of.policies().database().database())),
          new Rule<>(FenceHost.class, "failover.fences", ClusterEntries::isFence),
          new Rule<>(
              PauseToSee.class,
              "endpoints[].pgbouncer.host",
              (one, of) -> one.host().name().equals(one.endpoint().host())),
          new Rule<>(
              Account.class,
              "replication.user",
              (one, of) ->
                  of.streaming().stream()
                      .map(streaming -> streaming.replication().login())
                      .anyMatch(
                          login ->
                              login.user().equals(one.user())
                                  && login.password().equals(one.password()))));

  /** What a setup may set of a primary. */
  private static final String NUMBER = "[1-9][0-9]{0,5}";

  /** What a setup raises them to: others stop the archive, or the next start. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "wal_level", "replica|logical",
          "max_replication_slots", NUMBER,
          "max_wal_senders", NUMBER,
          "hot_standby", "on",
          "wal_log_hints", "on",
          "archive_mode", "on|always");

  private static final Set<Class<?>> PLAIN =
      Set.of(String.class, Integer.class, Long.class, Boolean.class, Double.class);

  private static final ClassValue<List<Method>> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
          return type.isRecord()
              ? Stream.of(type.getRecordComponents()).map(RecordComponent::getAccessor).toList()
              : List.of();
        }
      };

  private final Cluster cluster;
  private final Set<Object> entries = new HashSet<>();

  private ClusterEntries(Cluster cluster) {
    this.cluster = cluster;
  }

  /** The entries of that file. */
  public static ClusterEntries of(Cluster cluster) {
    ClusterEntries of = new ClusterEntries(cluster);
    of.walk(cluster, of::keep);
    EvidencePolicy evidence = cluster.policies().evidence();
    evidence.oneByOne().forEach(of::keep);
    for (Site site : cluster.sites()) {
      of.keep(evidence.at(site.name()));
      evidence.at(site.name()).oneByOne().forEach(of::keep);
    }
    for (NoticePolicy notices : cluster.policies().notices()) {
      notices.ofThose(Severity.CRITICAL).channels().forEach(of::keep);
    }
    return of;
  }

  /** That file. */
  public Cluster cluster() {
    return cluster;
  }

  /** The digest of that file. */
  public String digest() {
    return cluster.digest();
  }

  /**
   * The setting of the cluster file that the request names otherwise than the file, as {@code
   * hosts.east-0}; empty if there is none.
   */
  public Optional<String> differing(Object request) {
    Differing found = new Differing();
    walk(request, found);
    return found.first;
  }

  /** Whether a value of that type is an entry of its own. */
  static boolean isEntry(Class<?> type) {
    return ENTRIES.stream().anyMatch(entry -> entry.type().isAssignableFrom(type));
  }

  private final class Differing implements Consumer<Object> {
    private Optional<String> first = Optional.empty();

    @Override
    public void accept(Object value) {
      if (first.isEmpty()) {
        first =
            entry(value)
                .map(entry -> shown(entry.nameOf(value)))
                .filter(name -> !entries.contains(value))
                .or(() -> broken(value));
      }
    }
  }

  /** A name that the request made up comes to a log. */
  private static String shown(String name) {
    return name.replaceAll("[^\\w.\\[\\]-]", "?");
  }

  private Optional<String> broken(Object value) {
    return RULES.stream()
        .filter(rule -> rule.isBroken(value, cluster))
        .map(Rule::entry)
        .findFirst();
  }

  private void keep(Object value) {
    if (entry(value).isPresent()) {
      entries.add(value);
    }
  }

  private static Optional<Entry<?>> entry(Object value) {
    return ENTRIES.stream()
        .<Entry<?>>map(e -> e)
        .filter(e -> e.type().isInstance(value))
        .findFirst();
  }

  /** Each record below a value, what is in it first; nothing that is in an entry. */
  private void walk(Object value, Consumer<Object> each) {
    if (value instanceof Collection<?> several) {
      several.forEach(one -> walk(one, each));
      return;
    }
    Class<?> type = value.getClass();
    if (!type.isRecord() && !isPlain(type)) {
      throw new IllegalArgumentException("a request has a value of " + type);
    }
    if (entry(value).isEmpty()) {
      COMPONENTS.get(type).forEach(component -> walk(of(value, component), each));
    }
    each.accept(value);
  }

  /** Whether nothing is below a value of that type. */
  static boolean isPlain(Class<?> type) {
    return Enum.class.isAssignableFrom(type)
        || type.isPrimitive()
        || type.getPackageName().equals("java.time")
        || PLAIN.contains(type);
  }

  private static Object of(Object value, Method component) {
    try {
      return component.invoke(value);
    } catch (IllegalAccessException | InvocationTargetException impossible) {
      throw new IllegalStateException("a payload is a public record", impossible);
    }
  }

  /** A host that sees the archive of an instance reads it, wherever that instance is. */
  private static boolean readsOnly(OnHost request) {
    return request.getClass().getEnclosingClass() == ArchiveActivities.class;
  }

  private static boolean fits(HostWork work) {
    return work.instances().stream().allMatch(one -> one.host().equals(work.host().name()));
  }

  private static String address(Cluster cluster, Instance instance) {
    return cluster.host(instance.host()).access().address();
  }

  private static boolean isPlace(Cluster cluster, Optional<Instance> of, String address, int port) {
    return of.filter(one -> one.port() == port && address(cluster, one).equals(address))
        .isPresent();
  }

  private static boolean isCommand(RunCommand request, Cluster cluster) {
    return cluster.streaming().stream()
        .flatMap(
            policy ->
                Stream.concat(
                    policy.resilver().commands().stream()
                        .flatMap(own -> Stream.of(own.before(), own.after())),
                    Stream.of(Role.values())
                        .map(role -> policy.replication().onRoleChange(role, cluster.name()))))
        .anyMatch(request.template()::equals);
  }

  private static boolean isCopy(Copy request, Cluster cluster) {
    Instance standby = request.on().instances().get(0);
    List<OwnSetting> own =
        List.of(
            new OwnSetting("port", String.valueOf(standby.port())),
            new OwnSetting("listen_addresses", address(cluster, standby)));
    return own.containsAll(request.own())
        && request.source().database().equals(cluster.policies().database().database())
        && isRestore(cluster, request.on(), request.source().restoreCommand());
  }

  private static boolean isRestore(Cluster cluster, HostWork on, String command) {
    return command.isEmpty()
        || on.instances().stream()
            .allMatch(one -> archive(cluster, one).restoreCommandOf(one.content()).equals(command));
  }

  private static boolean isArchive(Cluster cluster, HostWork on, String directory) {
    return directory.isEmpty()
        || on.instances().stream()
            .allMatch(one -> archive(cluster, one).directoryOf(one.content()).equals(directory));
  }

  private static boolean isSetting(SetPrimary request, Cluster cluster) {
    Instance primary = request.on().instances().get(0);
    String command = archive(cluster, primary).archiveCommandOf(primary.content());
    return isArchive(cluster, request.on(), request.archive())
        && request.settings().stream()
            .allMatch(
                one ->
                    one.name().equals("archive_command")
                        ? one.value().equals(command)
                        : one.value().matches(SETTINGS.getOrDefault(one.name(), "(?!)")));
  }

  private static Site.Archive archive(Cluster cluster, Instance instance) {
    return cluster.site(instance.site()).orElseThrow().archive();
  }

  /** It becomes part of file names on hosts. */
  private static boolean isWord(String run) {
    return run.matches("[0-9A-Za-z_-]*");
  }

  private static boolean isFence(FenceHost request, Cluster cluster) {
    List<Host> from =
        request.fence().from() instanceof FenceCommand.From.OnHost on
            ? List.of(cluster.host(on.name()))
            : List.of();
    InstanceId there = request.instance();
    return request.host().name().equals(request.fence().host())
        && request.from().equals(from)
        && cluster.instances().stream()
            .anyMatch(one -> one.id().equals(there) && one.host().equals(request.host().name()));
  }
}
