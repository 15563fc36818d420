package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kind of a WAL archive that is no directory of the hosts: how it is read. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ArchiveKind.Asked.class, name = "asked"),
  @JsonSubTypes.Type(value = ArchiveKind.PgBackRest.class, name = "pgbackrest"),
  @JsonSubTypes.Type(value = ArchiveKind.S3.class, name = "s3"),
  @JsonSubTypes.Type(value = ArchiveKind.Sftp.class, name = "sftp")
})
public sealed interface ArchiveKind {

  /**
   * Commands on the worker's machine check each file. Contents without a command are in a directory
   * that the instances' hosts reach.
   *
   * @param command for contents without a command of their own; empty if there is none
   * @param contents commands of single contents, by content
   * @param success the proof that a file is there
   */
  record Asked(String command, List<OfContent> contents, Success success) implements ArchiveKind {
    public Asked {
      contents = List.copyOf(contents);
    }

    /** The command that checks a content's files, if there is one. */
    public Optional<String> commandOf(ContentId content) {
      return contents.stream()
          .filter(own -> own.content().equals(content))
          .map(OfContent::command)
          .findFirst()
          .or(() -> Optional.of(command).filter(any -> !any.isEmpty()));
    }
  }

  record OfContent(ContentId content, String command) {}

  /** The proof that a file is there. */
  enum Success {
    /** Exit status 0. */
    STATUS,
    /** The reference tool's rule: {@code EXISTS} anywhere in the command's output. */
    OUTPUT
  }

  /**
   * A pgBackRest repository, read by its own program on the instances' hosts.
   *
   * @param stanza its name, with {@code {content}} for the content id
   * @param config the configuration file there; empty for the program's own default
   * @param program its path there
   */
  record PgBackRest(String stanza, String config, String program) implements ArchiveKind {}

  /**
   * A bucket that speaks the S3 protocol and holds each WAL file as PostgreSQL wrote it, under its
   * own name: the workers list it, and the restore command on the instances' hosts reads it.
   *
   * @param prefix the prefix of all keys, without a slash at its ends, with {@code {content}} for
   *     the content id; may be empty
   * @param endpoint the server's address, empty for Amazon's own of that region
   * @param credentials the workers'; hosts have their own
   */
  record S3(
      String bucket,
      String prefix,
      String region,
      String endpoint,
      EvidenceStore.Addressing addressing,
      EvidenceStore.Credentials credentials)
      implements ArchiveKind {

    /** The prefix of the keys of a content's files. */
    public String keysOf(ContentId content) {
      return prefix.isEmpty() ? "" : prefix.replace("{content}", content.toString()) + "/";
    }

    /** The URL of the prefix, which the files are fetched below. */
    public String url() {
      String domain = region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
      String server = endpoint.isEmpty() ? "https://s3." + region + domain : endpoint;
      String root =
          addressing == EvidenceStore.Addressing.PATH
              ? server + "/" + bucket
              : server.replaceFirst("://", "://" + bucket + ".");
      return prefix.isEmpty() ? root : root + "/" + prefix;
    }
  }

  /**
   * A directory on a host of the cluster file, read over SFTP from the instances' hosts by the
   * account that runs them.
   *
   * @param address where its SSH server is reached
   * @param port of that server
   * @param user the directory's owner
   * @param identityFile the private key on the instances' hosts; empty for the account's own
   * @param knownHostsFile the known hosts there; empty for the account's own
   */
  record Sftp(String address, int port, String user, String identityFile, String knownHostsFile)
      implements ArchiveKind {

    /** The address in the form of {@code sftp}: an address with colons is in brackets. */
    public String destination() {
      return address.contains(":") ? "[" + address + "]" : address;
    }

    /** The server, for people. */
    public String place() {
      return "sftp://" + user + "@" + destination() + ":" + port;
    }

    /** The options of the program {@code sftp} beside the destination. */
    public List<String> options() {
      List<String> options = new ArrayList<>();
      options.add("-oBatchMode=yes");
      options.add("-oStrictHostKeyChecking=yes");
      options.add("-oConnectTimeout=10");
      options.add("-oPort=" + port);
      if (!identityFile.isEmpty()) {
        options.add("-oIdentityFile=" + identityFile);
      }
      if (!knownHostsFile.isEmpty()) {
        options.add("-oUserKnownHostsFile=" + knownHostsFile);
      }
      return options;
    }
  }
}
