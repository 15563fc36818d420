package dev.mooring.activities.role;

import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Token;
import dev.mooring.port.FailoverActivities.FenceHost;
import dev.mooring.port.FailoverActivities.Power;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.port.FailoverActivities.PoweredOff;
import dev.mooring.quoting.ShellTemplate;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Powers hosts off by commands of the cluster file, on the worker's own machine or on a host. There
 * each host that is powered off has a directory of its own, with its own lock and its own record of
 * the highest token; on a worker's machine nothing keeps a late call away, and one only makes sure
 * again.
 */
final class HostPower {
  private static final String DIRECTORY = "/fences/";

  /** The checks before and after the command, and a wait for the lock. */
  private static final Duration BESIDE = Duration.ofSeconds(50);

  /** More than a check has. */
  private static final Duration CHECKED_WITHIN = Duration.ofSeconds(15);

  private final HostShell shell;

  HostPower(HostShell shell) {
    this.shell = shell;
  }

  PoweredOff off(FenceHost request, Token token) {
    FenceCommand fence = request.fence();
    Template of = new Template(request.host(), request.instance());
    String name = request.host().name().value();
    Script script = Script.of("power " + name + " off", HostPower.class, List.of("power.sh"));
    for (Host from : request.from()) {
      token.claim(
          script, new Host(from.name(), from.access(), from.directory() + DIRECTORY + name), name);
    }
    script.each(
        name,
        "power_off",
        List.of(seconds(fence.within()), of.filled(fence.check()), of.filled(fence.command())));
    Host on = request.from().stream().findFirst().orElseGet(() -> worker(request.host()));
    Said said = shell.run(on, script, fence.within().plus(BESIDE)).of(name);
    try {
      said.requireDone();
      return new PoweredOff(request.host().name(), said.yes("was_off"), said.text("said").strip());
    } catch (InstanceRefusal refusal) {
      throw HostFailures.of(refusal.code(), fence.inWords() + ": " + refusal.getMessage(), refusal);
    }
  }

  PowerObserved look(FenceHost request) {
    FenceCommand fence = request.fence();
    String name = request.host().name().value();
    Script script = Script.of("power of " + name, HostPower.class, List.of("power.sh"));
    script.each(
        name,
        "observe_power",
        List.of(new Template(request.host(), request.instance()).filled(fence.check())));
    Host on = request.from().stream().findFirst().orElseGet(() -> worker(request.host()));
    Said said = shell.run(on, script, CHECKED_WITHIN).of(name);
    String power = said.word("power", List.of("on", "off", "unknown"));
    return new PowerObserved(
        request.host().name(),
        Power.valueOf(power.toUpperCase(Locale.ROOT)),
        said.text("said").strip());
  }

  /** The values for the braces of a command. */
  private record Template(Host host, InstanceId instance) {
    String filled(String template) {
      return ShellTemplate.fill(
          template,
          Map.of(
              "host", host.name().value(),
              "address", host.access().address(),
              "instance", instance.value()));
    }
  }

  /** This machine, under the name of the given host: it has no name of its own in the file. */
  private static Host worker(Host about) {
    return new Host(about.name(), HostAccess.local("", List.of()), about.directory());
  }

  private static String seconds(Duration duration) {
    return String.valueOf(Math.max(1, duration.plusMillis(999).toSeconds()));
  }
}
