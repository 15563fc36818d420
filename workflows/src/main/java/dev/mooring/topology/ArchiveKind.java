package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What kind of place a WAL archive is that is no directory of the hosts: how it is read. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ArchiveKind.Asked.class, name = "asked"),
  @JsonSubTypes.Type(value = ArchiveKind.PgBackRest.class, name = "pgbackrest"),
  @JsonSubTypes.Type(value = ArchiveKind.Sftp.class, name = "sftp")
})
public sealed interface ArchiveKind {

  /**
   * Commands on the worker's machine are asked, file by file. Contents for which there is none are
   * in a directory that the instances' hosts see.
   *
   * @param command for contents without one of their own; empty when there is none
   * @param contents commands of single contents, by content
   * @param success what tells that a file is there
   */
  record Asked(String command, List<OfContent> contents, Success success) implements ArchiveKind {
    public Asked {
      contents = List.copyOf(contents);
    }

    /** What is asked about a content's files, if anything. */
    public Optional<String> commandOf(ContentId content) {
      return contents.stream()
          .filter(own -> own.content().equals(content))
          .map(OfContent::command)
          .findFirst()
          .or(() -> Optional.of(command).filter(any -> !any.isEmpty()));
    }
  }

  /** The command of one content. */
  record OfContent(ContentId content, String command) {}

  /** What tells that a file is there. */
  enum Success {
    /** Exit status 0. */
    STATUS,
    /** The reference tool's rule: {@code EXISTS} anywhere in what the command prints. */
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
   * A directory on a host of the cluster file, read over SFTP from the instances' hosts by the
   * account that runs them.
   *
   * @param address where its SSH server is reached
   * @param port of that server
   * @param user whose directory it is
   * @param identityFile the private key on the instances' hosts; empty for the account's own
   * @param knownHostsFile the known hosts there; empty for the account's own
   */
  record Sftp(String address, int port, String user, String identityFile, String knownHostsFile)
      implements ArchiveKind {

    /** The address as {@code sftp} takes it: one with colons stands in brackets. */
    public String destination() {
      return address.contains(":") ? "[" + address + "]" : address;
    }

    /** The server, for people. */
    public String place() {
      return "sftp://" + user + "@" + destination() + ":" + port;
    }

    /** What the program {@code sftp} is told beside the destination. */
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
