package dev.mooring.dev.scale;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;

/** One SSH server on every address of the fleet's hosts; which host it is is the address asked. */
final class SshFleet implements AutoCloseable {
  static final int PORT = 15_022;

  private final Map<String, HostAnswers> hosts;
  private final Toll toll;
  private final KeyPair hostKey;
  private final SshServer server = SshServer.setUpDefaultServer();

  SshFleet(Map<String, HostAnswers> hosts, Toll toll) {
    this.hosts = hosts;
    this.toll = toll;
    try {
      KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
      keys.initialize(new ECGenParameterSpec("secp256r1"));
      hostKey = keys.generateKeyPair();
      server.setHost("0.0.0.0");
      server.setPort(PORT);
      server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
      server.setPublickeyAuthenticator((user, key, session) -> true);
      server.setCommandFactory((channel, command) -> new ScriptRun());
      server.start();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no host key could be made", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines by which the worker knows the hosts. */
  String knownHosts() {
    String key = PublicKeyEntry.toString(hostKey.getPublic());
    StringBuilder lines = new StringBuilder();
    hosts.keySet().forEach(address -> lines.append("[%s]:%d %s%n".formatted(address, PORT, key)));
    return lines.toString();
  }

  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One shell that was handed a script. */
  private final class ScriptRun implements Command {
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private ExitCallback whenEnded = (status, message, closeImmediately) -> {};

    @Override
    public void start(ChannelSession channel, Environment environment) {
      InetSocketAddress here =
          (InetSocketAddress) channel.getSession().getIoSession().getLocalAddress();
      String address = here.getAddress().getHostAddress();
      Thread thread = new Thread(() -> run(address), "shell on " + address);
      thread.setDaemon(true);
      thread.start();
    }

    private void run(String address) {
      HostAnswers host = hosts.get(address);
      if (host == null) {
        whenEnded.onExit(255, "no host has the address " + address);
        return;
      }
      toll.enter("scripts");
      toll.enter("scripts on " + address);
      try {
        HostScript script = HostScript.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        out.write(host.to(script));
        out.flush();
        whenEnded.onExit(0);
      } catch (IOException | RuntimeException failure) {
        failure.printStackTrace();
        whenEnded.onExit(1, String.valueOf(failure));
      } finally {
        toll.leave("scripts on " + address);
        toll.leave("scripts");
      }
    }

    @Override
    public void destroy(ChannelSession channel) {}

    @Override
    public void setInputStream(InputStream stream) {
      in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
      out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {}

    @Override
    public void setExitCallback(ExitCallback callback) {
      whenEnded = callback;
    }
  }
}
