package dev.mooring.activities.host;

import dev.mooring.topology.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Runs scripts as processes of the worker's own machine. Their environment is that of a session
 * over SSH: a server that is started must not pass the worker's secrets on to every program that it
 * starts.
 */
final class LocalProcesses {
  private static final Pattern OF_A_SESSION =
      Pattern.compile("PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LANGUAGE|LC_[A-Z]+");

  RunningScript start(Host host, Script script) {
    try {
      ProcessBuilder shell = new ProcessBuilder(Hosts.shell(host)).redirectErrorStream(true);
      shell.environment().keySet().removeIf(name -> !isOfASession(name));
      Process process = shell.start();
      Output output = new Output(script.answerAtMost());
      pump(host, process.getInputStream(), output);
      OutputStream stdin = process.getOutputStream();
      send(stdin, script.text().getBytes(StandardCharsets.UTF_8), !script.asks());
      return new RunningScript() {
        @Override
        public Output output() {
          return output;
        }

        @Override
        public void say(String word) {
          send(stdin, Input.line(word), true);
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

  /** Whether a script gets the variable of that name. */
  static boolean isOfASession(String variable) {
    return OF_A_SESSION.matcher(variable).matches();
  }

  /** A shell that ended early has reported why; that is read, not the broken pipe. */
  private static void send(OutputStream stdin, byte[] text, boolean last) {
    try {
      stdin.write(text);
      stdin.flush();
      if (last) {
        stdin.close();
      }
    } catch (IOException ended) {
      return;
    }
  }

  private static void pump(Host host, InputStream from, Output to) {
    DaemonThreads.named("local-shell-" + host.name())
        .newThread(
            () -> {
              try (from;
                  to) {
                byte[] bytes = new byte[8192];
                int length = from.read(bytes);
                while (length >= 0 && !to.overrun()) {
                  to.write(bytes, 0, length);
                  length = from.read(bytes);
                }
              } catch (IOException ended) {
                to.close();
              }
            })
        .start();
  }
}
