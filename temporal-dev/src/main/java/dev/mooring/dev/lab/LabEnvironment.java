package dev.mooring.dev.lab;

import java.util.Map;
import java.util.TreeMap;

/** The environment in which worker and command line work on a lab. */
final class LabEnvironment {
  private LabEnvironment() {}

  static Map<String, String> of(Layout layout) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("MOORING_CONFIG_DIR", layout.config().toString());
    environment.put("PGPASSFILE", new WorkerFiles(layout).passwords().toString());
    return environment;
  }
}
