package dev.mooring.activities.host;

import com.jcraft.jsch.ChannelSftp;

/**
 * Files of a host over SFTP, in the session its scripts use. One thread at a time; closing it ends
 * the channel and keeps the session.
 */
public final class SftpSession implements AutoCloseable {
  private final ChannelSftp channel;
  private final Runnable release;

  SftpSession(ChannelSftp channel, Runnable release) {
    this.channel = channel;
    this.release = release;
  }

  /** The open channel. */
  public ChannelSftp channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.disconnect();
    release.run();
  }
}
