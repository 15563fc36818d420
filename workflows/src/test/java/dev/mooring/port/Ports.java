package dev.mooring.port;

import io.temporal.activity.ActivityInterface;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The ports, as they stand in the package. */
public final class Ports {
  private Ports() {}

  /** Each of them. */
  public static List<Class<?>> all()
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path classes =
        Path.of(ForCall.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> ports = new ArrayList<>();
    try (Stream<Path> files = Files.list(classes.resolve("dev/mooring/port"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith("Activities.class")) {
          Class<?> type = Class.forName("dev.mooring.port." + name.replace(".class", ""));
          if (type.isAnnotationPresent(ActivityInterface.class)) {
            ports.add(type);
          }
        }
      }
    }
    if (ports.size() <= 20) {
      throw new IllegalStateException("few ports in " + classes + ": " + ports);
    }
    return ports;
  }
}
