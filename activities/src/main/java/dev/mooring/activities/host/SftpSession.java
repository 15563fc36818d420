package dev.mooring.activities.host;

import com.jcraft.jsch.ChannelSftp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Files of a host over SFTP, in the session its scripts use. One thread at a time; closing it ends
 * the channel and keeps the session. So does a time limit, because a host that answers keepalives
 * alone would hold a read for ever.
 */
public final class SftpSession implements AutoCloseable {
  private final ChannelSftp channel;
  private final Runnable release;
  private final Duration atMost;
  private CompletableFuture<Void> silence = new CompletableFuture<>();

  SftpSession(ChannelSftp channel, Runnable release, Duration atMost) {
    this.channel = channel;
    this.release = release;
    this.atMost = atMost;
  }

  /** The open channel, for one call whose time begins now; it ends with an error once it is up. */
  public ChannelSftp channel() {
    silence.cancel(false);
    silence = new CompletableFuture<>();
    CompletableFuture<Void> unused =
        silence
            .completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS)
            .thenRunAsync(
                channel::disconnect, end -> DaemonThreads.named("sftp-end").newThread(end).start());
    return channel;
  }

  @Override
  public void close() {
    silence.cancel(false);
    channel.disconnect();
    release.run();
  }
}
