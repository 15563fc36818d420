package dev.mooring.activities.host;

import dev.mooring.topology.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Runs scripts as processes of the worker's own machine. */
final class LocalProcesses {

  RunningScript start(Host host, Script script) {
    try {
      Process process = new ProcessBuilder("/bin/sh", "-s").redirectErrorStream(true).start();
      Output output = new Output();
      pump(host, process.getInputStream(), output);
      send(process.getOutputStream(), script);
      return new RunningScript() {
        @Override
        public Output output() {
          return output;
        }

        @Override
        public void close() {
          process.destroy();
        }
      };
    } catch (IOException failure) {
      throw HostFailures.starting(host, failure);
    }
  }

  /**
   * A shell that ends before it read everything has said why; that is read, not the broken pipe.
   */
  private static void send(OutputStream stdin, Script script) {
    try (stdin) {
      stdin.write(script.text().getBytes(StandardCharsets.UTF_8));
    } catch (IOException ended) {
      return;
    }
  }

  private static void pump(Host host, InputStream from, Output to) {
    Thread thread =
        new Thread(
            () -> {
              try (from;
                  to) {
                from.transferTo(to);
              } catch (IOException ended) {
                to.close();
              }
            },
            "local-shell-" + host.name());
    thread.setDaemon(true);
    thread.start();
  }
}
