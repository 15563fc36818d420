package dev.mooring.activities.evidence;

import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A store in a directory that every worker reaches: local, or mounted from one server. Bytes are
 * written to a temporary file, synced, and named by one rename or link, and the directory is synced
 * too: after a power cut the old file is there or the new one.
 */
final class DirectoryFiles implements EvidenceFiles {
  private final Path root;

  DirectoryFiles(Path root) {
    this.root = root;
  }

  @Override
  public String where(String path) {
    return root.resolve(path).toString();
  }

  @Override
  public List<String> list(String directory) {
    Path path = root.resolve(directory);
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith(".")) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException notMadeYet) {
      requireRoot();
    } catch (DirectoryIteratorException e) {
      throw failure("list", path, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw failure("list", path, e);
    }
    return names;
  }

  @Override
  public Optional<byte[]> read(String name) {
    Path path = root.resolve(name);
    try {
      // to open a named pipe waits for its writer
      if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
        throw EvidenceFailures.of(
            FailureCode.EVIDENCE_UNREADABLE, "can't read " + path + ": it is no regular file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        return Optional.of(in.readNBytes(EvidencePaths.bytesAtMost(name) + 1));
      }
    } catch (NoSuchFileException notThere) {
      requireRoot();
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read", path, e);
    }
  }

  @Override
  public void writeAtomically(String name, byte[] bytes) {
    Path path = root.resolve(name);
    try {
      Path aside = writeAside(path, bytes);
      try {
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(aside);
      }
      force(parent(path));
    } catch (IOException e) {
      throw failure("write", path, e);
    }
  }

  @Override
  public boolean createExclusive(String name, byte[] bytes) {
    Path path = root.resolve(name);
    try {
      Path aside = writeAside(path, bytes);
      try {
        Files.createLink(path, aside);
      } catch (FileAlreadyExistsException another) {
        return false;
      } finally {
        Files.deleteIfExists(aside);
      }
      force(parent(path));
    } catch (IOException | UnsupportedOperationException e) {
      throw failure("create", path, e);
    }
    return true;
  }

  @Override
  public void remove(String name) {
    Path path = root.resolve(name);
    try {
      if (Files.deleteIfExists(path)) {
        force(parent(path));
      }
    } catch (IOException e) {
      throw failure("remove", path, e);
    }
  }

  @Override
  public void close() {}

  private Path writeAside(Path path, byte[] bytes) throws IOException {
    ensureDirectory(parent(path));
    Path aside = path.resolveSibling("." + path.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(aside);
      throw e;
    }
    if (!Arrays.equals(Files.readAllBytes(aside), bytes)) {
      throw EvidenceFailures.notAsWritten(aside.toString());
    }
    return aside;
  }

  private void ensureDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    requireRoot();
    ensureDirectory(parent(directory));
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException madeMeanwhile) {
      return;
    }
    force(parent(directory));
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? root : parent;
  }

  private void requireRoot() {
    if (!Files.isDirectory(root)) {
      throw EvidenceFailures.noRoot(root.toString());
    }
  }

  private static ApplicationFailure failure(String act, Path path, Exception cause) {
    String fact = "can't " + act + " " + path + ": " + cause;
    return cause instanceof AccessDeniedException || cause instanceof UnsupportedOperationException
        ? EvidenceFailures.of(FailureCode.EVIDENCE_UNREADABLE, fact)
        : EvidenceFailures.passing(FailureCode.EVIDENCE_UNREADABLE, fact);
  }
}
