package dev.mooring.dev.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Of a test that fails, what its labs' servers said until then is kept beside its report, in {@code
 * target/kept-logs/CLASS.TEST/LAB/HOST/}: a lab is removed with all its files when its class ends.
 */
public final class KeptLogs implements TestWatcher {
  private static final Path KEPT = Path.of("target", "kept-logs");

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    String test =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName();
    Lab.up().forEach(lab -> keep(lab, KEPT.resolve(test)));
  }

  /** The files, also where the lab is broken: whatever can be read of it. */
  static List<Path> keep(Lab lab, Path kept) {
    return lab.hosts().stream()
        .flatMap(host -> keep(host, kept.resolve(lab.name())).stream())
        .toList();
  }

  private static List<Path> keep(LabHost host, Path kept) {
    try (Stream<Path> logs = Files.list(host.logs())) {
      Path to = Files.createDirectories(kept.resolve(host.name()));
      return logs.filter(Files::isRegularFile).map(log -> copy(log, to)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the logs of " + host.name() + " were not kept", e);
    }
  }

  private static Path copy(Path log, Path to) {
    try {
      return Files.copy(log, to.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(log + " was not kept", e);
    }
  }
}
