package dev.mooring.activities.host;

import static java.util.stream.Collectors.joining;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Logger;
import com.jcraft.jsch.Session;
import dev.mooring.port.FailureCode;
import dev.mooring.quoting.ShellWord;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * SSH sessions, one per account of a host and more if its server lets a session have few channels,
 * kept open between calls. A host is believed to be itself only by the key its known-hosts file has
 * for exactly that address and port.
 */
final class SshSessions implements AutoCloseable {
  /** OpenSSH's MaxSessions is 10 unless set; two are left for people. */
  private static final int CHANNELS_AT_ONCE = 8;

  private static final int ALIVE_EVERY_MILLIS = 3_000;
  private static final int ALIVE_MISSED_AT_MOST = 3;
  private static final int SSH_PORT = 22;

  private final Duration connect;
  private final Map<HostAccess, Link> links = new ConcurrentHashMap<>();

  /**
   * @param connect how long connecting, and opening a channel, may take
   */
  SshSessions(Duration connect) {
    this.connect = connect;
  }

  /** The sessions of one account, and the limit of its channels. */
  private static final class Link {
    private final Semaphore room = new Semaphore(CHANNELS_AT_ONCE);
    private final List<Kept> sessions = new ArrayList<>();
  }

  /** A session, its channels, and how many its server was seen to allow: MaxSessions of sshd. */
  private static final class Kept {
    private final Session session;
    private final AtomicInteger channels = new AtomicInteger();
    private int atMost = CHANNELS_AT_ONCE;
    private boolean opened;
    private volatile boolean retired;

    private Kept(Session session) {
      this.session = session;
    }

    /** Returns how many are left; a retired session ends with its last one. */
    private int closeOne() {
      int left = channels.decrementAndGet();
      if (left == 0 && retired) {
        session.disconnect();
      }
      return left;
    }
  }

  /** The server answered, and opens no further channel in this session; the others go on. */
  private static final class Refused extends JSchException {
    private static final long serialVersionUID = 1;

    private Refused() {
      super("its SSH server opens no session on a new connection (MaxSessions of sshd_config)");
    }
  }

  /**
   * Keeps the error of a connection that was lost in the login: JSch (2.28) logs it alone, and
   * calls that a refused key too. A host that closes the connection itself may have refused the
   * account.
   */
  private static final class LoginLog implements Logger {
    private @Nullable IOException lost;

    @Override
    public boolean isEnabled(int level) {
      return level >= WARN;
    }

    @Override
    public void log(int level, String message) {
      // of interest is only what has a cause
    }

    @Override
    public void log(int level, String message, @Nullable Throwable cause) {
      if (cause instanceof SocketTimeoutException || cause instanceof SocketException) {
        lost = (IOException) cause;
      }
    }
  }

  /** Opens a channel in a session; what is given is run once the channel is closed. */
  private interface Opening<C> {
    C in(Session session, Runnable closed) throws JSchException, InterruptedException;
  }

  RunningScript start(Host host, Script script) throws InterruptedException {
    return opened(host, (session, closed) -> exec(host, session, closed, script));
  }

  SftpSession sftp(Host host, Duration atMost) throws InterruptedException {
    return opened(host, (session, closed) -> sftp(session, closed, atMost));
  }

  private <C> C opened(Host host, Opening<C> opening) throws InterruptedException {
    Link link = links.computeIfAbsent(host.access(), access -> new Link());
    link.room.acquire();
    try {
      return open(host, link, opening);
    } catch (RuntimeException failure) {
      link.room.release();
      throw failure;
    }
  }

  /**
   * A kept session may have died unseen; then nothing was sent and a new one is made, once. It is
   * not ended, because it may be alive and slow, and the acts of others run in it. So they do in
   * one that refuses a channel, which stays: another one takes the channel.
   */
  private <C> C open(Host host, Link link, Opening<C> opening) throws InterruptedException {
    boolean again = true;
    while (true) {
      Kept kept = withRoom(host, link);
      try {
        C channel = opening.in(kept.session, () -> closed(link, kept));
        kept.opened = true;
        return channel;
      } catch (Refused refused) {
        if (leave(link, kept) == 0 && !kept.opened) {
          throw HostFailures.connecting(host, refused);
        }
      } catch (JSchException unanswered) {
        retire(link, kept);
        if (!again) {
          throw HostFailures.connecting(host, unanswered);
        }
        again = false;
      }
    }
  }

  /** Waits for nobody: the link may be held by one who connects. */
  private static void closed(Link link, Kept kept) {
    kept.closeOne();
    link.room.release();
  }

  /** Learns from a refusal how many channels a session may have; one without any is no use. */
  private static int leave(Link link, Kept kept) {
    synchronized (link) {
      int left = kept.closeOne();
      kept.atMost = left;
      if (left == 0) {
        kept.session.disconnect();
        link.sessions.remove(kept);
      }
      return left;
    }
  }

  private SftpSession sftp(Session session, Runnable closed, Duration atMost)
      throws JSchException, InterruptedException {
    ChannelSftp channel = (ChannelSftp) channel(session, "sftp");
    openInTime(channel, closed);
    return new SftpSession(channel, closed, atMost);
  }

  /** A server that refuses a channel gives a reason, which JSch (2.28) keeps as its exit status. */
  private static JSchException refusedOr(Channel channel, JSchException failure) {
    return channel.getExitStatus() > 0 ? new Refused() : failure;
  }

  private RunningScript exec(Host host, Session session, Runnable closed, Script script)
      throws JSchException, InterruptedException {
    ChannelExec channel = (ChannelExec) channel(session, "exec");
    Output output = new Output(script.answerAtMost());
    Input input = new Input(script);
    channel.setCommand(
        "exec " + Hosts.shell(host).stream().map(ShellWord::quote).collect(joining(" ")));
    channel.setOutputStream(output);
    channel.setExtOutputStream(output);
    channel.setInputStream(input);
    try {
      openInTime(channel, closed);
    } catch (JSchException | InterruptedException notOpened) {
      input.close();
      throw notOpened;
    }
    input.begin();
    return new RunningScript() {
      @Override
      public Output output() {
        return output;
      }

      @Override
      public void say(String word) {
        input.say(word);
      }

      @Override
      public void close() {
        input.close();
        channel.disconnect();
        closed.run();
      }
    };
  }

  /**
   * Opens a channel in the time that connecting may take. With a time limit of its own, JSch (2.28)
   * asks whether the shell began and looks for the answer every 10 ms, twice within an outage, and
   * takes an interrupt for a refusal: a shell that never begins is noticed by the script's
   * deadline.
   *
   * <p>A channel that is opened after all is closed then, and one that nobody waits for any more
   * counts until then.
   */
  private void openInTime(Channel channel, Runnable closed)
      throws JSchException, InterruptedException {
    CompletableFuture<Boolean> opening = new CompletableFuture<>();
    DaemonThreads.named("ssh-open").newThread(() -> open(channel, opening)).start();
    try {
      opening.get(connect.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException refused) {
      throw refused.getCause() instanceof JSchException why
          ? refusedOr(channel, why)
          : new JSchException(String.valueOf(refused.getCause()), refused);
    } catch (TimeoutException notOpened) {
      after(opening, channel::disconnect);
      throw new JSchException("no channel was opened in " + connect.toMillis() + " ms", notOpened);
    } catch (InterruptedException stopped) {
      after(
          opening,
          () -> {
            channel.disconnect();
            closed.run();
          });
      throw stopped;
    }
  }

  /** Runs an act once the opening has ended, however it ended. */
  private static void after(CompletableFuture<Boolean> opening, Runnable act) {
    CompletableFuture<Boolean> unused = opening.whenComplete((opened, failure) -> act.run());
  }

  private static void open(Channel channel, CompletableFuture<Boolean> opening) {
    try {
      channel.connect();
      opening.complete(true);
    } catch (JSchException | RuntimeException failure) {
      opening.completeExceptionally(failure);
    }
  }

  /** JSch returns no channel for a session that dies at this very moment. */
  private static Channel channel(Session session, String type) throws JSchException {
    Channel channel = session.openChannel(type);
    if (channel == null) {
      throw new JSchException("session is down");
    }
    return channel;
  }

  /** One with room for a channel, which is counted from now on. */
  private Kept withRoom(Host host, Link link) {
    synchronized (link) {
      link.sessions.removeIf(kept -> !kept.session.isConnected());
      Kept found = null;
      for (Kept kept : link.sessions) {
        if (kept.channels.get() < kept.atMost) {
          found = kept;
          break;
        }
      }
      if (found == null) {
        try {
          found = new Kept(connected(host));
        } catch (JSchException failure) {
          throw HostFailures.connecting(host, failure);
        }
        link.sessions.add(found);
      }
      found.channels.incrementAndGet();
      return found;
    }
  }

  /** Opens no further channel in a session, whose channels of others go on. */
  private static void retire(Link link, Kept kept) {
    synchronized (link) {
      link.sessions.remove(kept);
    }
    kept.retired = true;
    kept.closeOne();
  }

  private Session connected(Host host) throws JSchException {
    HostAccess access = host.access();
    LoginLog login = new LoginLog();
    JSch jsch = new JSch();
    jsch.setInstanceLogger(login);
    requireReadable(host, FailureCode.HOST_KEY_REFUSED, access.knownHostsFile());
    requireReadable(host, FailureCode.AUTHENTICATION_REFUSED, access.identityFile());
    jsch.setKnownHosts(access.knownHostsFile());
    try {
      Secrets.requirePrivate("private key", Path.of(access.identityFile()));
      jsch.addIdentity(access.identityFile());
      if (jsch.getIdentityRepository().getIdentities().get(0).isEncrypted()) {
        throw new JSchException("it has a passphrase, which nobody types; give a key without one");
      }
    } catch (Secrets.Unusable | JSchException unreadable) {
      throw HostFailures.ownFile(
          host, FailureCode.AUTHENTICATION_REFUSED, access.identityFile(), unreadable);
    }
    Session session = jsch.getSession(access.user(), access.address(), access.port());
    session.setConfig("StrictHostKeyChecking", "yes");
    session.setConfig("PreferredAuthentications", "publickey");
    session.setDaemonThread(true);
    session.setServerAliveInterval(ALIVE_EVERY_MILLIS);
    session.setServerAliveCountMax(ALIVE_MISSED_AT_MOST);
    try {
      session.connect((int) connect.toMillis());
    } catch (RuntimeException garbled) {
      // JSch reads what the other side says without a check of its lengths
      throw new JSchException(garbled.toString(), garbled);
    } catch (JSchException failure) {
      IOException lost = login.lost;
      throw lost == null ? failure : new JSchException("no answer to the login: " + lost, lost);
    }
    requireOfPort(host, session, jsch.getHostKeyRepository());
    return session;
  }

  /**
   * JSch (2.28) and OpenSSH also take the key of an address at port 22 for its other ports, where
   * another account may serve. Those lines follow the lines of the port itself. A certificate is
   * for a name, not for a port.
   */
  private static void requireOfPort(Host host, Session session, HostKeyRepository known) {
    String address = host.access().address();
    int port = host.access().port();
    HostKey[] keys = known.getHostKey("[" + address + "]:" + port, null);
    int ofPort = keys.length - known.getHostKey(address, null).length;
    HostKey shown = session.getHostKey();
    if (port != SSH_PORT
        && shown != null
        && Stream.of(keys).limit(ofPort).noneMatch(key -> key.getKey().equals(shown.getKey()))) {
      session.disconnect();
      String needed =
          String.format(
              "it has the host's key for port 22 alone; add the line of `ssh-keyscan -p %d %s`,"
                  + " once it is compared with the host's own key",
              port, address);
      throw HostFailures.ownFile(
          host,
          FailureCode.HOST_KEY_REFUSED,
          host.access().knownHostsFile(),
          new JSchException(needed));
    }
  }

  private static void requireReadable(Host host, FailureCode code, String file) {
    if (!Files.isReadable(Path.of(file))) {
      throw HostFailures.ownFile(
          host, code, file, new NoSuchFileException(file, null, "not there or not readable"));
    }
  }

  @Override
  public void close() {
    links
        .values()
        .forEach(
            link -> {
              synchronized (link) {
                link.sessions.forEach(kept -> kept.session.disconnect());
              }
            });
  }
}
