package dev.mooring.dev.host;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabHost;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Every host of a lab but the one that a test acts upon: a test that changes a file there, starts
 * or stops a server there fails, also where hosts have no namespaces of their own.
 */
final class OtherHosts implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
  private final Supplier<Lab> lab;
  private final String actedUpon;
  private Map<String, String> before = Map.of();

  OtherHosts(Supplier<Lab> lab, String actedUpon) {
    this.lab = lab;
    this.actedUpon = actedUpon;
  }

  /** Takes them as they are now. */
  void look() {
    before = fingerprints();
  }

  /** Fails if one of them is not as it was. */
  void requireUntouched() {
    List<String> changed =
        fingerprints().entrySet().stream()
            .filter(host -> !host.getValue().equals(before.get(host.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    if (!changed.isEmpty()) {
      throw new AssertionError(
          "only %s was to be acted upon, and %s changed".formatted(actedUpon, changed));
    }
  }

  @Override
  public void beforeTestExecution(ExtensionContext test) {
    look();
  }

  @Override
  public void afterTestExecution(ExtensionContext test) {
    requireUntouched();
  }

  private Map<String, String> fingerprints() {
    Map<String, String> all = new TreeMap<>();
    for (LabHost host : lab.get().hosts()) {
      if (!host.name().equals(actedUpon)) {
        all.put(host.name(), lab.get().fingerprintOf(host));
      }
    }
    return all;
  }
}
