package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a lab has beside streaming standbys, as servers, hosts and fronts show it: a cascade below
 * west-0, east-1 fed by the archive alone, a tablespace, pg_wal on another file system's path, and
 * an endpoint of each kind.
 */
final class MovedShapes {
  private static final String DEVICE = "eth0";
  private static final String OTHER = ", restoreCommand: 'cp \"/of the east/%f\" \"%p\"'";
  private static final String PLACED = "fast";
  private static final String ROWS = "SELECT count(*) FROM lab.placed";

  private final Lab lab;
  private final Sites sites;

  MovedShapes(Lab lab) {
    this.lab = lab;
    this.sites = new Sites(lab);
  }

  /** Its WAL lies beside its data directory, and a link leads there. */
  void linkWal(String id) {
    LabInstance instance = lab.instance(id);
    lab.stop(instance);
    lab.run(
        instance.host(),
        "sh",
        "-c",
        "mv \"$0/pg_wal\" \"$0.wal\" && ln -s \"$0.wal\" \"$0/pg_wal\"",
        instance.dataDirectory().toString());
    lab.start(instance);
  }

  /** A table of every member lies in a directory of its host's own. */
  void makeTablespace() {
    String place = lab.onEachHost(PLACED).toString();
    for (LabInstance member : lab.instances()) {
      lab.run(member.host(), "mkdir", place);
    }
    sites.change("CREATE TABLESPACE " + PLACED + " LOCATION '" + place + "'");
    sites.change("CREATE TABLE lab.placed (n int) TABLESPACE " + PLACED);
  }

  /** Lets the workers configure the network of every member's host. */
  void allowAddresses() {
    for (LabInstance member : lab.instances()) {
      lab.faults().killSshAndSessions(member.host());
      lab.faults().startSshThatMayConfigureTheNetwork(member.host());
    }
  }

  /** An address and a command beside the endpoints that the cluster file has. */
  String withEndpoints(String clusterFile) {
    String address =
        "  - {name: address, virtualIp: {address: %s/24, device: %s}}%n"
            .formatted(address(), DEVICE);
    String command =
        "  - {name: dns, command: {host: f0, route: \"printf '%%s\\\\n' '{kept}' {instance} {address} {port} | paste -sd' ' >>%s\", observe: \"tail -n 1 %s | cut -d' ' -f2\"}}%n"
            .formatted(calls(), calls());
    return clusterFile + address + command;
  }

  /** Standbys of the east restore from an archive of their own, which nobody fills. */
  String withAnotherArchiveInTheEast(String clusterFile) {
    return clusterFile.replace(eastsArchive(), eastsArchive() + OTHER);
  }

  /** The same undone. */
  String withTheArchiveOfAll(String clusterFile) {
    return clusterFile.replace(eastsArchive() + OTHER, eastsArchive());
  }

  private String eastsArchive() {
    return "{name: east, archive: {directory: \"" + lab.archive(0).getParent() + "/{content}\"";
  }

  /** What a person does with the address and the command, who promoted another. */
  void leadByHand(String from, String to) {
    if (holders().contains(from)) {
      lab.faults().takeAddress(lab.instance(from).host(), address() + "/24", DEVICE);
    }
    lab.faults().giveAddress(lab.instance(to).host(), address() + "/24", DEVICE);
    lab.run(front(), "sh", "-c", "echo \"$1\" >>\"$0\"", calls().toString(), called(to));
  }

  private String address() {
    return lab.host("e0").address().replaceAll("\\.\\d+$", ".200");
  }

  private Path calls() {
    return front().directory().resolve("led");
  }

  private LabHost front() {
    return lab.host("f0");
  }

  /** A line that the command writes for that instance. */
  private String called(String id) {
    LabInstance instance = lab.instance(id);
    return "{kept} %s %s %d".formatted(id, instance.host().address(), instance.port());
  }

  private List<String> holders() {
    return lab.instances().stream()
        .filter(
            member ->
                lab.run(
                        member.host(),
                        "sh",
                        "-c",
                        "PATH=$PATH:/usr/sbin:/sbin; ip -4 -o addr show " + DEVICE)
                    .contains(" " + address() + "/"))
        .map(LabInstance::id)
        .toList();
  }

  /** Of each kind of endpoint, after that many moves by whoever. */
  void assertEndpointsLeadTo(String primary, int lines) {
    assertThat(holders()).containsExactly(primary);
    List<String> called =
        lab.run(front(), "cat", calls().toString()).lines().collect(Collectors.toList());
    assertThat(called).hasSize(lines);
    assertThat(called.get(lines - 1)).isEqualTo(called(primary));
    LabFronts fronts = lab.fronts().orElseThrow();
    List<String> others =
        lab.instances().stream().map(LabInstance::id).filter(id -> !id.equals(primary)).toList();
    assertThat(inUse(fronts, "writes")).containsExactly(primary);
    Soon.soon(
        "reads go to all but " + primary,
        () ->
            inUse(fronts, "reads").containsAll(others)
                && !inUse(fronts, "reads").contains(primary));
  }

  /** The servers of a backend that HAProxy sends clients to. */
  private static List<String> inUse(LabFronts fronts, String backend) {
    return fronts
        .tellBalancer("show stat")
        .lines()
        .map(line -> line.split(",", -1))
        .filter(fields -> fields[0].equals(backend) && fields.length > 17)
        .filter(fields -> fields[17].startsWith("UP"))
        .filter(fields -> !List.of("FRONTEND", "BACKEND").contains(fields[1]))
        .map(fields -> fields[1])
        .toList();
  }

  /** It streams from west-0, whoever the primary is, on the timeline that the primary is on. */
  void assertCascade(String primary, int timeline) {
    Soon.soon(
        "west-1 streams from west-0",
        () ->
            sites
                .ask(
                    lab.instance("west-0"),
                    "SELECT coalesce(string_agg(application_name, ' ' ORDER BY 1), '') FROM"
                        + " pg_stat_replication WHERE state = 'streaming' AND application_name ="
                        + " 'west_1'")
                .equals("west_1"));
    assertThat(
            sites.ask(
                lab.instance("west-1"),
                "SELECT sender_host || ' ' || received_tli FROM pg_stat_wal_receiver"))
        .isEqualTo(lab.host("w0").address() + " " + timeline);
    assertThat(sites.ask(lab.instance(primary), "SELECT pg_is_in_recovery()")).isEqualTo("f");
  }

  /** Nobody sends it WAL, and it replays what is written now. */
  void assertFedByTheArchive(String primary) {
    LabInstance fed = lab.instance("east-1");
    assertThat(sites.ask(fed, "SELECT current_setting('primary_conninfo')")).isEmpty();
    assertThat(sites.ask(fed, "SELECT count(*) FROM pg_stat_wal_receiver")).isEqualTo("0");
    String written =
        sites.ask(
            lab.instance(primary),
            "WITH row AS (INSERT INTO lab.placed VALUES (1) RETURNING n) SELECT n FROM row");
    assertThat(written).isEqualTo("1");
    String end = sites.ask(lab.instance(primary), "SELECT pg_current_wal_lsn()");
    sites.ask(lab.instance(primary), "SELECT pg_switch_wal()");
    Soon.soon(
        "east-1 replayed " + end,
        () ->
            sites.ask(fed, "SELECT pg_last_wal_replay_lsn() >= '" + end + "'::pg_lsn").equals("t"));
  }

  /** Each member has them, where the tablespace is, and all rows of the clients, who are silent. */
  void assertSameRows(String primary) {
    sites.ask(lab.instance(primary), "SELECT pg_switch_wal()");
    sites.assertSameRows(primary);
    String rows = sites.ask(lab.instance(primary), ROWS);
    assertThat(rows).doesNotStartWith("0");
    for (LabInstance member : lab.instances()) {
      Soon.soon(member.id() + " has " + rows, () -> sites.ask(member, ROWS).equals(rows));
    }
    for (LabInstance member : lab.instances()) {
      assertThat(sites.ask(member, "SELECT pg_relation_filepath('lab.placed')"))
          .startsWith("pg_tblspc/");
      String link =
          lab.run(
                  member.host(),
                  "sh",
                  "-c",
                  "readlink \"$0\"/pg_tblspc/*",
                  member.dataDirectory().toString())
              .strip();
      assertThat(member.host().data().resolve(PLACED))
          .as("where " + member.id() + "'s tablespace leads by " + link)
          .isNotEmptyDirectory();
      assertThat(Path.of(link).getFileName()).hasToString(PLACED);
    }
  }

  /** Whether its pg_wal is a link still, and to the place that it had. */
  void assertWalIsLinked(String id) {
    LabInstance instance = lab.instance(id);
    String data = instance.dataDirectory().toString();
    assertThat(lab.run(instance.host(), "readlink", data + "/pg_wal").strip())
        .isEqualTo(data + ".wal");
  }
}
