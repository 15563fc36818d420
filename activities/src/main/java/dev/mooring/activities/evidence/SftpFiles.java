package dev.mooring.activities.evidence;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.ChannelSftp.LsEntrySelector;
import com.jcraft.jsch.SftpException;
import com.jcraft.jsch.SftpProgressMonitor;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.SftpSession;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Host;
import io.temporal.failure.ApplicationFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in a directory of a host that is reached over SFTP. Bytes are written to a temporary file
 * and named by OpenSSH's own rename, which replaces, or link, which doesn't: a write is visible
 * whole or not at all, and of several writers one creates an exclusive file.
 *
 * <p>The library's SFTP can't sync a file. If the account may run commands, {@code sync} is run for
 * the file and its directory, and then a write survives a power cut of the host. If it may not, the
 * last writes may be lost with the power: what is read later is older, or refused as broken, never
 * wrong.
 */
final class SftpFiles implements EvidenceFiles {
  private static final Logger LOG = LoggerFactory.getLogger(SftpFiles.class);
  private static final Duration CALL_AT_MOST = Duration.ofMinutes(2);
  private static final Duration SYNC_AT_MOST = Duration.ofSeconds(15);
  private static final List<String> EXTENSIONS =
      List.of("posix-rename@openssh.com", "hardlink@openssh.com");

  private final Hosts hosts;
  private final Host host;
  private final String root;
  private final SftpSession session;
  private boolean runsCommands = true;

  private SftpFiles(Hosts hosts, Host host, String root, SftpSession session) {
    this.hosts = hosts;
    this.host = host;
    this.root = root;
    this.session = session;
  }

  static SftpFiles open(Hosts hosts, Host host, String root) {
    SftpSession session = hosts.sftp(host, CALL_AT_MOST);
    for (String extension : EXTENSIONS) {
      if (session.channel().getExtension(extension) == null) {
        session.close();
        throw EvidenceFailures.of(
            FailureCode.EVIDENCE_UNREADABLE,
            "the SFTP server of host "
                + host.name()
                + " has no "
                + extension
                + ", without which a write is not whole or nothing");
      }
    }
    return new SftpFiles(hosts, host, root, session);
  }

  @Override
  public String where(String path) {
    return host.name() + ":" + at(path);
  }

  @Override
  public List<String> list(String directory) {
    List<String> names = new ArrayList<>();
    try {
      channel()
          .ls(
              quoted(at(directory)),
              entry -> {
                if (!entry.getFilename().startsWith(".")) {
                  names.add(entry.getFilename());
                }
                return LsEntrySelector.CONTINUE;
              });
    } catch (SftpException e) {
      if (!isAbsent(e)) {
        throw failure("list", directory, e);
      }
      requireRoot();
    }
    return names;
  }

  @Override
  public Optional<byte[]> read(String path) {
    try {
      // to open a named pipe waits for its writer
      if (!channel().stat(quoted(at(path))).isReg()) {
        throw EvidenceFailures.of(
            FailureCode.EVIDENCE_UNREADABLE,
            "can't read " + where(path) + ": it is no regular file");
      }
      return Optional.of(bytes(at(path), EvidencePaths.bytesAtMost(path)));
    } catch (SftpException e) {
      if (!isAbsent(e)) {
        throw failure("read", path, e);
      }
      requireRoot();
      return Optional.empty();
    }
  }

  @Override
  public void writeAtomically(String path, byte[] bytes) {
    String aside = putAside(path, bytes);
    try {
      channel().rename(quoted(aside), quoted(at(path)));
    } catch (SftpException e) {
      removeAside(aside);
      throw failure("write", path, e);
    }
    force(path);
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) {
    String aside = putAside(path, bytes);
    try {
      channel().hardlink(quoted(aside), quoted(at(path)));
    } catch (SftpException e) {
      if (isThere(path)) {
        return false;
      }
      throw failure("create", path, e);
    } finally {
      removeAside(aside);
    }
    force(path);
    return true;
  }

  @Override
  public void remove(String path) {
    try {
      channel().rm(quoted(at(path)));
    } catch (SftpException e) {
      if (!isAbsent(e)) {
        throw failure("remove", path, e);
      }
      requireRoot();
    }
  }

  @Override
  public void close() {
    session.close();
  }

  /** Once it has more bytes than these the host is asked for no more. */
  private byte[] bytes(String file, int atMost) throws SftpException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    channel()
        .get(
            quoted(file),
            bytes,
            new SftpProgressMonitor() {
              @Override
              public void init(int op, String from, String to, long size) {}

              @Override
              public boolean count(long more) {
                return bytes.size() <= atMost;
              }

              @Override
              public void end() {}
            });
    return bytes.toByteArray();
  }

  private String putAside(String path, byte[] bytes) {
    int slash = path.lastIndexOf('/');
    ensureDirectory(path.substring(0, Math.max(0, slash)));
    String aside =
        at(path.substring(0, slash + 1))
            + "."
            + path.substring(slash + 1)
            + "."
            + UUID.randomUUID()
            + ".tmp";
    try {
      channel().put(new ByteArrayInputStream(bytes), quoted(aside));
      if (Arrays.equals(bytes(aside, bytes.length), bytes)) {
        return aside;
      }
    } catch (SftpException e) {
      removeAside(aside);
      throw failure("write", path, e);
    }
    removeAside(aside);
    throw EvidenceFailures.notAsWritten(host.name() + ":" + aside);
  }

  /** A temporary file that can't be removed is never listed, so it does no harm. */
  private void removeAside(String aside) {
    try {
      channel().rm(quoted(aside));
    } catch (SftpException e) {
      LOG.debug("left {} on {}: {}", aside, host.name(), e.getMessage());
    }
  }

  private void ensureDirectory(String directory) {
    if (directory.isEmpty() || isThere(directory)) {
      requireRoot();
      return;
    }
    ensureDirectory(directory.substring(0, Math.max(0, directory.lastIndexOf('/'))));
    try {
      channel().mkdir(at(directory));
    } catch (SftpException e) {
      if (!isThere(directory)) {
        throw failure("make", directory, e);
      }
    }
  }

  /** Syncs the file and its name on the host's disk, if the account may do so. */
  private void force(String path) {
    if (!runsCommands) {
      return;
    }
    String file = at(path);
    Script script =
        Script.of("force evidence to disk", SftpFiles.class, List.of("force.sh"))
            .call("force", List.of(file, file.substring(0, file.lastIndexOf('/'))));
    try {
      hosts.run(host, script, SYNC_AT_MOST);
    } catch (ApplicationFailure failure) {
      if (!isWithoutShell(failure)) {
        throw failure;
      }
      runsCommands = false;
      LOG.warn(
          "the evidence store's account on {} runs no commands: a power cut there may lose the"
              + " newest documents",
          host.name());
    }
  }

  /** An account for SFTP alone answers a command with something else, or just ends the channel. */
  private static boolean isWithoutShell(ApplicationFailure failure) {
    return FailureCode.HOST_REFUSED.name().equals(failure.getType())
        || FailureCode.OUTCOME_UNKNOWN.name().equals(failure.getType());
  }

  private void requireRoot() {
    try {
      if (channel().stat(quoted(root)).isDir()) {
        return;
      }
    } catch (SftpException e) {
      if (!isAbsent(e)) {
        throw failure("read", "", e);
      }
    }
    throw EvidenceFailures.noRoot(host.name() + ":" + root);
  }

  private boolean isThere(String path) {
    try {
      channel().stat(quoted(at(path)));
      return true;
    } catch (SftpException e) {
      if (!isAbsent(e)) {
        throw failure("read", path, e);
      }
      return false;
    }
  }

  private ChannelSftp channel() {
    return session.channel();
  }

  private String at(String path) {
    return root + "/" + path;
  }

  /** The library takes these characters of a path for patterns, in every call but mkdir. */
  private static String quoted(String path) {
    return path.replaceAll("([\\\\*?])", "\\\\$1");
  }

  private static boolean isAbsent(SftpException failure) {
    return failure.id == ChannelSftp.SSH_FX_NO_SUCH_FILE;
  }

  private ApplicationFailure failure(String act, String path, SftpException failure) {
    String fact = "can't " + act + " " + where(path) + ": " + failure.getMessage();
    if (failure.id == ChannelSftp.SSH_FX_PERMISSION_DENIED) {
      return EvidenceFailures.of(FailureCode.EVIDENCE_UNREADABLE, fact);
    }
    boolean lost = failure.getCause() instanceof IOException || !session.channel().isConnected();
    return EvidenceFailures.passing(
        lost ? FailureCode.HOST_UNREACHABLE : FailureCode.EVIDENCE_UNREADABLE, fact);
  }
}
