package dev.mooring.clusterfile;

import dev.mooring.quoting.ConfigurationValue;
import dev.mooring.quoting.ShellWord;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.Site;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A site's archive as the file describes it, with the restore command that its kind goes with. */
final class ArchiveAssembly {
  private final Function<Setting, Host> host;
  private final List<Setting> hosts;

  /**
   * @param host reads a host of the file
   * @param hosts all of them
   */
  ArchiveAssembly(Function<Setting, Host> host, List<Setting> hosts) {
    this.host = host;
    this.hosts = hosts;
  }

  Site.Archive archive(Setting archive) {
    Setting command = archive.at("restoreCommand");
    if (archive.at("pgbackrest").given()) {
      ArchiveKind.PgBackRest repository = pgbackrest(archive.at("pgbackrest"));
      return new Site.Archive(
          "pgbackrest:" + repository.stanza(),
          command.given() ? command.text() : archiveGet(repository),
          List.of(repository));
    }
    if (archive.at("s3").given()) {
      ArchiveKind.S3 bucket = BucketSettings.archive(archive.at("s3"));
      return new Site.Archive(
          bucket.url(),
          command.given()
              ? command.text()
              : s3Get(bucket.region(), archive.at("s3").at("curlConfig").path()),
          List.of(bucket));
    }
    if (archive.at("sftp").given()) {
      ArchiveKind.Sftp sftp = sftp(archive.at("sftp"));
      return new Site.Archive(
          archive.at("sftp").at("directory").path(),
          command.given() ? command.text() : sftpGet(sftp),
          List.of(sftp));
    }
    return new Site.Archive(
        archive.at("directory").path(),
        command.given() ? command.text() : "cp \"{archive}/%f\" \"%p\"",
        archive.at("walCheck").given() ? List.of(asked(archive.at("walCheck"))) : List.of());
  }

  private static ArchiveKind.PgBackRest pgbackrest(Setting setting) {
    return new ArchiveKind.PgBackRest(
        setting.at("stanza").text(), path(setting.at("config")), setting.at("bin").path());
  }

  /** Its paths and names hold no quotes, backslashes or dollars: the schema refuses them. */
  private static String archiveGet(ArchiveKind.PgBackRest repository) {
    String config =
        repository.config().isEmpty()
            ? ""
            : " " + ShellWord.inDoubleQuotes("--config=" + repository.config());
    return ConfigurationValue.inCommand(ShellWord.inDoubleQuotes(repository.program()) + config)
        + " --stanza="
        + repository.stanza()
        + " archive-get %f \"%p\"";
  }

  private ArchiveKind.Sftp sftp(Setting setting) {
    HostAccess access =
        hosts.stream()
            .filter(known -> known.at("name").text().equals(setting.at("host").text()))
            .findFirst()
            .map(host)
            .orElseThrow()
            .access();
    return new ArchiveKind.Sftp(
        access.address(),
        access.port(),
        access.user(),
        path(setting.at("identityFile")),
        path(setting.at("knownHostsFile")));
  }

  private static String sftpGet(ArchiveKind.Sftp sftp) {
    StringBuilder command = new StringBuilder("sftp -q");
    sftp.options().forEach(option -> command.append(' ').append(ShellWord.inDoubleQuotes(option)));
    return ConfigurationValue.inCommand(command.toString())
        + " \""
        + sftp.user()
        + "@"
        + sftp.destination()
        + ":{archive}/%f\" \"%p\"";
  }

  /**
   * Only the server's answer that there is no such object is the status 1. If less of an object
   * came than the server announced curl fails.
   */
  private static String s3Get(String region, String curlConfig) {
    return "s=$(curl -sS -K "
        + ConfigurationValue.inCommand(ShellWord.inDoubleQuotes(curlConfig))
        + " --aws-sigv4 aws:amz:"
        + region
        + ":s3 -H x-amz-content-sha256:UNSIGNED-PAYLOAD --connect-timeout 10 --speed-limit 1"
        + " --speed-time 20 -o \"%p\" -w \"%%{http_code}\" \"{archive}/%f\")"
        + " && [ \"$s\" = 200 ] || { c=$(grep -o \"<Code>[A-Za-z]*\" \"%p\" 2>/dev/null);"
        + " rm -f \"%p\"; [ \"$s$c\" != \"404<Code>NoSuchKey\" ] || exit 1;"
        + " case $s in 000|200|'') ;; *) echo \"HTTP status $s $c\" >&2 ;; esac; exit 2; }";
  }

  private static ArchiveKind.Asked asked(Setting setting) {
    Setting command = setting.at("command");
    return new ArchiveKind.Asked(
        command.given() ? command.text() : "",
        setting.at("contents").names().stream()
            .map(
                name ->
                    new ArchiveKind.OfContent(
                        new ContentId(Integer.parseInt(name)),
                        setting.at("contents").at(name).text()))
            .sorted(Comparator.comparing(ArchiveKind.OfContent::content))
            .toList(),
        ArchiveKind.Success.valueOf(setting.at("success").text().toUpperCase(Locale.ROOT)));
  }

  private static String path(Setting setting) {
    return setting.given() ? setting.path() : "";
  }
}
