package dev.mooring.starter.init;

import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.activities.instance.HostDbids;
import dev.mooring.activities.instance.HostDbids.Dbid;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;
import dev.mooring.starter.whois.WhoisLook;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The dbids of a Greenplum's copies, which no catalogue has: read from {@code internal.auto.conf}
 * of each copy, as the workers will reach its host by the cluster file that is being written.
 *
 * @param byContent the dbids that were read
 * @param unread of which copies none was, and why, one sentence each
 */
public record CopyDbids(Map<Integer, Integer> byContent, List<String> unread) {
  private static final Duration WITHIN = Duration.ofSeconds(5);

  public CopyDbids {
    byContent = Map.copyOf(byContent);
    unread = List.copyOf(unread);
  }

  /** The access to hosts that the head of the new cluster file declares. */
  public static HostAccess asWritten(String account) {
    return new HostAccess(
        HostAccess.Kind.SSH,
        "",
        22,
        account,
        "/etc/mooring/id_ed25519",
        "/etc/mooring/known_hosts",
        List.of());
  }

  /**
   * Reads all hosts at once; a copy without a known host is skipped.
   *
   * @param ssh how a host is reached, but for its address, which is its copies'
   */
  public static CopyDbids read(List<DrCopy> copies, HostAccess ssh) {
    Map<String, List<DrCopy>> byHost = new LinkedHashMap<>();
    copies.stream()
        .filter(copy -> !copy.host().isEmpty())
        .forEach(copy -> byHost.computeIfAbsent(copy.host(), a -> new ArrayList<>()).add(copy));
    Map<Integer, Integer> read = new TreeMap<>();
    List<String> unread = new ArrayList<>();
    try (Hosts hosts = new Hosts(WITHIN);
        WhoisLook looking = new WhoisLook(WITHIN)) {
      HostDbids dbids = new HostDbids(hosts, WITHIN);
      List<Runnable> takes = new ArrayList<>();
      byHost.forEach(
          (address, here) -> {
            Supplier<Observed<PerInstance<Dbid>>> look =
                looking.at(
                    "host " + address,
                    FailureCode.HOST_UNREACHABLE,
                    () -> dbids.observe(host(here.get(0), ssh), directories(here)));
            takes.add(() -> take(here, look.get(), read, unread));
          });
      takes.forEach(Runnable::run);
    }
    return new CopyDbids(read, unread);
  }

  private static void take(
      List<DrCopy> here,
      Observed<PerInstance<Dbid>> observed,
      Map<Integer, Integer> read,
      List<String> unread) {
    if (observed instanceof Observed.Unseen<?> unseen) {
      here.forEach(copy -> unread.add(unread(copy.id(), unseen.why())));
      return;
    }
    observed
        .seen()
        .ifPresent(
            seen -> {
              seen.failures().forEach(f -> unread.add(unread(f.instance().value(), f.message())));
              seen.results().forEach(dbid -> read.put(contentOf(dbid, here), dbid.dbid()));
            });
  }

  private static int contentOf(Dbid dbid, List<DrCopy> here) {
    return here.stream()
        .filter(copy -> copy.id().equals(dbid.instance().value()))
        .findFirst()
        .orElseThrow()
        .content();
  }

  private static String unread(String copy, String why) {
    return "the dbid of " + copy + " was not read: " + why.replace("\n", " ");
  }

  private static Host host(DrCopy copy, HostAccess ssh) {
    HostAccess access =
        copy.isLocal()
            ? HostAccess.local(copy.host(), List.of())
            : new HostAccess(
                ssh.kind(),
                copy.host(),
                ssh.port(),
                ssh.user(),
                ssh.identityFile(),
                ssh.knownHostsFile(),
                List.of());
    return new Host(new HostName(GreenplumInstances.plain(copy.host())), access, "/");
  }

  private static Map<InstanceId, String> directories(List<DrCopy> here) {
    Map<InstanceId, String> directories = new LinkedHashMap<>();
    here.forEach(copy -> directories.put(new InstanceId(copy.id()), copy.dataDirectory()));
    return directories;
  }
}
