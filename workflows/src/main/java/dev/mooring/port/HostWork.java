package dev.mooring.port;

import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One host and the instances of a step on it: the unit of fan-out.
 *
 * @param host the host
 * @param instances the instances, none twice
 */
public record HostWork(Host host, List<Instance> instances) {
  private static final int MOST_RANGES = 8;

  public HostWork {
    instances = List.copyOf(instances);
  }

  /** The site of its instances, whose workers reach the host. */
  public SiteName site() {
    return instances.get(0).site();
  }

  /**
   * The host and its instances for an activity's summary: {@code sdw3: contents 0, 8 to 15}, or the
   * instances' names if there is one, or several have one content.
   */
  public String inWords() {
    List<Integer> contents =
        instances.stream().map(one -> one.content().value()).distinct().sorted().toList();
    if (instances.size() == 1 || contents.size() < instances.size()) {
      int more = instances.size() - MOST_RANGES;
      return instances.stream()
              .limit(MOST_RANGES)
              .map(one -> one.id().value())
              .collect(Collectors.joining(", ", host.name() + ": ", ""))
          + (more > 0 ? " and " + more + " more" : "");
    }
    return host.name() + (contents.size() == 1 ? ": content " : ": contents ") + ranges(contents);
  }

  private static String ranges(List<Integer> contents) {
    List<String> ranges = new ArrayList<>();
    int first = 0;
    for (int at = 0; at < contents.size() && ranges.size() < MOST_RANGES; at++) {
      boolean goesOn = at + 1 < contents.size() && contents.get(at + 1) == contents.get(at) + 1;
      if (!goesOn) {
        int from = contents.get(first);
        int to = contents.get(at);
        ranges.add(from == to ? "" + from : from + (to == from + 1 ? ", " : " to ") + to);
        first = at + 1;
      }
    }
    int more = contents.size() - first;
    return String.join(", ", ranges) + (more == 0 ? "" : " and " + more + " more");
  }
}
