package dev.mooring.runbook.watch;

import static java.util.stream.Collectors.joining;

import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.checks.CommitsRow;
import dev.mooring.runbook.watch.SiteState.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The diagnoses from the steady signs of all sites. The unknown is neither good nor bad. */
final class Diagnoses {
  /** The codes of a host that answers, and can't read one instance. */
  private static final List<String> OF_THE_INSTANCE =
      List.of(FailureCode.STATE_UNREADABLE.name(), FailureCode.HOST_PROGRAM_MISSING.name());

  private final Cluster cluster;
  private final ClusterName name;
  private final StreamingPolicy policy;
  private final List<SiteState> sites;
  private final MemberSigns signs;
  private final List<Diagnosis> before;
  private final Instant now;
  private final List<Diagnosis> found = new ArrayList<>();

  private Diagnoses(Cluster cluster, List<SiteState> sites, List<Diagnosis> before, Instant now) {
    this.cluster = cluster;
    this.name = cluster.name();
    this.policy = cluster.streaming().orElseThrow();
    this.sites = sites;
    this.signs = new MemberSigns(cluster, sites);
    this.before = before;
    this.now = now;
  }

  /**
   * The open diagnoses, the worst first.
   *
   * @param before the earlier ones: a diagnosis that goes on keeps the time at which it began
   */
  static List<Diagnosis> of(
      Cluster cluster, List<SiteState> sites, List<Diagnosis> before, Instant now) {
    Diagnoses all = new Diagnoses(cluster, sites, before, now);
    all.unwatched();
    all.silent();
    all.ofDrSites();
    List<Instance> writers = all.signs.writers();
    if (writers.size() > 1) {
      all.twoWritable(writers);
    } else if (writers.size() == 1) {
      all.ofOne(writers.get(0));
    } else if (all.signs.isPrimaryDown()) {
      all.primaryDown();
    }
    all.ofEach();
    all.ofEvidence();
    all.found.addAll(StillOpen.of(all.signs, all.found, before, now));
    if (writers.size() > 1) {
      all.found.replaceAll(one -> one.whileTwoWrite(all.name));
    }
    all.found.sort(Diagnosis.WORST_FIRST);
    return List.copyOf(all.found);
  }

  private void open(DiagnosisKind kind, String subject, String sentence, String remedy) {
    Instant since =
        before.stream()
            .filter(one -> one.isOf(kind, subject))
            .map(Diagnosis::since)
            .findFirst()
            .orElse(now);
    found.add(new Diagnosis(kind, subject, sentence, remedy, since));
  }

  private Optional<String> value(Kind kind, Instance member) {
    return signs.value(kind, member);
  }

  private void unwatched() {
    for (SiteState site : sites) {
      if (site.seen() == Seen.LOST) {
        open(
            DiagnosisKind.SITE_NOT_WATCHED,
            site.site().value(),
            StillOpen.notWatched(site),
            "`systemctl start mooring-worker@" + site.site() + "` on its worker's machine");
      }
    }
  }

  private void silent() {
    for (Instance member : cluster.members()) {
      signs
          .silence(member)
          .ifPresent(
              code ->
                  open(
                      DiagnosisKind.MEMBER_SILENT,
                      member.id().value(),
                      member.id() + " does not answer over SQL: " + code,
                      Commands.status(name)));
      host(member);
    }
  }

  private void host(Instance instance) {
    value(Kind.HOST, instance)
        .filter(host -> !host.equals(Sign.ANSWERS))
        .ifPresent(
            code ->
                open(
                    DiagnosisKind.HOST_SILENT,
                    instance.id().value(),
                    OF_THE_INSTANCE.contains(code)
                        ? instance.id() + " can't be read on host " + instance.host() + ": " + code
                        : "host "
                            + instance.host()
                            + " of "
                            + instance.id()
                            + " is not read: "
                            + code,
                    Commands.status(name)));
  }

  /** One in recovery that a consume started is as it should be, however long it replays. */
  private void ofDrSites() {
    for (Instance instance : signs.ofDrSites()) {
      host(instance);
      value(Kind.PROCESS, instance)
          .filter(process -> !process.equals(Sign.NONE))
          .ifPresent(process -> ofDrSite(instance, process));
    }
  }

  private void ofDrSite(Instance instance, String process) {
    String its = instance.id() + " of the DR site " + instance.site();
    switch (process) {
      case Sign.RUNS ->
          open(
              DiagnosisKind.DR_INSTANCE_OPENED,
              instance.id().value(),
              its + " runs, and is no standby",
              signs.writers().isEmpty()
                  ? "do not stop it: it may be the only instance that accepts writes; "
                      + Commands.whois(name)
                  : "ask who opened it, and whether clients write there; only if nobody uses it:"
                      + " stop it, and make it anew from a base backup");
      case Sign.ORPHANED ->
          open(
              DiagnosisKind.DR_INSTANCE_STARTED,
              instance.id().value(),
              its + " has no postmaster, and a server process remains",
              "find the process in its data directory on host "
                  + instance.host()
                  + ", and end it with SIGTERM");
      default ->
          open(
              DiagnosisKind.DR_INSTANCE_STARTED,
              instance.id().value(),
              its + " runs, and no consume started it",
              "stop it, then "
                  + Commands.consume(name, instance.site())
                  + "; if that is refused with BEYOND_TARGET, make it anew from a base backup");
    }
  }

  private void primaryDown() {
    open(
        DiagnosisKind.PRIMARY_DOWN,
        name.value(),
        "no member of "
            + name
            + " that was read accepts writes: "
            + cluster.members().stream().map(this::roleInWords).collect(joining(", ")),
        Commands.planFailover(name));
  }

  private String roleInWords(Instance member) {
    return member.id()
        + value(Kind.ROLE, member)
            .map(
                role ->
                    role.equals(Sign.STANDS_BY) ? " is in recovery" : " does not answer, " + role)
            .orElse(" has an unknown role");
  }

  private void twoWritable(List<Instance> writers) {
    String all = writers.stream().map(one -> one.id().value()).collect(joining(", "));
    open(
        DiagnosisKind.TWO_WRITABLE,
        all,
        all + " accept writes, and one member may",
        Commands.whois(name) + "; " + OneWriter.END_THAT_FIRST);
  }

  private void ofOne(Instance writer) {
    boolean alone =
        signs.hasStandbysThatStream(writer.id())
            && value(Kind.STANDBYS, writer).filter(some -> !some.equals(Sign.SOME)).isPresent();
    Optional<String> hang = value(Kind.COMMITS, writer).filter(how -> !how.equals(Sign.RETURN));
    if (alone || hang.isPresent()) {
      standbys(writer, alone, hang);
    }
    commits(writer);
    authority(writer);
    for (Instance member : cluster.members()) {
      if (!member.equals(writer)) {
        lineage(writer, member, alone);
        settings(writer, member);
      }
    }
  }

  /** While commits hang, that no standby streams is a part of that diagnosis. */
  private void standbys(Instance writer, boolean alone, Optional<String> hang) {
    String what =
        hang.map(how -> "commits on " + writer.id() + " hang: " + how)
            .orElseGet(
                () ->
                    "no standby streams from " + writer.id() + ": what it commits is on it alone");
    StringBuilder sentence = new StringBuilder(what);
    List<String> remedies = new ArrayList<>();
    for (Instance member : cluster.members()) {
      if (alone && !member.equals(writer) && isOfLineage(writer, member)) {
        cause(writer, member)
            .filter(cause -> !cause.words().isEmpty())
            .ifPresent(
                cause -> {
                  sentence.append("; ").append(member.id()).append(": ").append(cause.words());
                  remedies.add(cause.remedy());
                });
      }
    }
    if (hang.isPresent()) {
      String names = value(Kind.WAITS_FOR, writer).orElse("");
      remedies.add(CommitsRow.remedy(cluster, writer, names, signs.streamingFrom(writer)));
    }
    open(
        hang.isPresent() ? DiagnosisKind.COMMITS_HANG : DiagnosisKind.NO_STANDBY_STREAMING,
        writer.id().value(),
        sentence.toString(),
        remedies.isEmpty()
            ? Commands.status(name)
            : remedies.stream().distinct().collect(joining("; ")));
  }

  private boolean isOfLineage(Instance writer, Instance member) {
    return Stream.of(Kind.SYSTEM, Kind.TIMELINE)
        .noneMatch(kind -> differs(value(kind, member), value(kind, writer)));
  }

  /** None for one that streams, or is not to. */
  private Optional<ReceiverCause> cause(Instance writer, Instance member) {
    return value(Kind.RECEIVER, member)
        .filter(state -> !state.equals(Sign.STREAMS))
        .map(state -> ReceiverCause.of(signs, writer, member, state));
  }

  private void commits(Instance writer) {
    if (policy.replication().synchronous().method() != Synchronous.Method.NONE
        && value(Kind.WAITS_FOR, writer).filter(String::isEmpty).isPresent()) {
      open(
          DiagnosisKind.SYNC_SET_EMPTY,
          writer.id().value(),
          "commits on "
              + writer.id()
              + " wait for no standby, and replication.synchronous names some",
          Commands.setUp(name));
    }
    value(Kind.ARCHIVER, writer)
        .filter(archiver -> !archiver.equals(Sign.ARCHIVES))
        .ifPresent(
            archiver ->
                open(
                    DiagnosisKind.ARCHIVING_FAILING,
                    writer.id().value(),
                    archiver(writer.id(), archiver),
                    Commands.check(name)));
  }

  private String archiver(InstanceId writer, String state) {
    return switch (state) {
      case "behind" ->
          String.format(
              "more than %d WAL files of %s wait for its archiver",
              policy.replication().limits().archiveFiles(), writer);
      case "fails" -> "the archiver of " + writer + " fails";
      case "hangs" ->
          String.format(
              "the archiver of %s has archived nothing for more than twice the shorter of"
                  + " archive_timeout and publish.every (%s), and reports no failure; WAL files"
                  + " wait for it",
              writer, DurationText.of(cluster.policies().publish().every()));
      default -> "whether " + writer + " archives could not be read";
    };
  }

  /** By the authority files; they show nothing if no run ever moved the primary. */
  private void authority(Instance writer) {
    value(Kind.AUTHORITY, writer)
        .filter(named -> !named.isEmpty() && !named.equals(writer.id().value()))
        .ifPresent(
            named ->
                open(
                    DiagnosisKind.PROMOTED_BY_HAND,
                    writer.id().value(),
                    String.format(
                        "%s accepts writes, and the authority file of its host names %s",
                        writer.id(), named),
                    Commands.adopt(name, writer.id())));
    for (Instance member : cluster.members()) {
      value(Kind.AUTHORITY, member)
          .filter(named -> !member.equals(writer) && isAnother(named, writer.id()))
          .ifPresent(
              named ->
                  open(
                      DiagnosisKind.AUTHORITY_DRIFT,
                      member.id().value(),
                      String.format(
                          "the authority file of %s's host names %s, and %s accepts writes",
                          member.id(), named, writer.id()),
                      Commands.adopt(name, writer.id())));
    }
  }

  private static boolean isAnother(String named, InstanceId writer) {
    return !named.isEmpty() && !named.equals(Authority.NOBODY) && !named.equals(writer.value());
  }

  private void lineage(Instance writer, Instance member, boolean alone) {
    Optional<String> system = value(Kind.SYSTEM, member);
    if (differs(system, value(Kind.SYSTEM, writer))) {
      open(
          DiagnosisKind.IDENTITY_DRIFT,
          member.id().value(),
          String.format(
              "%s is system %s, %s is system %s",
              member.id(), system.orElse(""), writer.id(), value(Kind.SYSTEM, writer).orElse("")),
          Commands.status(name));
      return;
    }
    Optional<String> receiver =
        value(Kind.RECEIVER, member).filter(state -> !state.equals(Sign.STREAMS));
    Optional<String> timeline = value(Kind.TIMELINE, member);
    if (receiver.isEmpty()) {
      return;
    }
    if (!receiver.get().equals(Sign.REPLAYS_FIRST)
        && differs(timeline, value(Kind.TIMELINE, writer))) {
      Optional<ReceiverCause> slot = ReceiverCause.ofSlot(signs, writer, member);
      String resilver = Commands.resilver(name, member.id());
      open(
          DiagnosisKind.TIMELINE_DRIFT,
          member.id().value(),
          String.format(
              "%s does not stream and is on timeline %s, %s is on timeline %s%s",
              member.id(),
              timeline.orElse(""),
              writer.id(),
              value(Kind.TIMELINE, writer).orElse(""),
              slot.map(cause -> "; " + cause.words()).orElse("")),
          slot.map(cause -> orElse(cause.remedy(), resilver)).orElse(resilver));
    } else if (!alone) {
      receiver(member, receiver.get(), ReceiverCause.of(signs, writer, member, receiver.get()));
    }
  }

  private static String orElse(String remedy, String resilver) {
    return remedy.endsWith(resilver)
        ? remedy
        : remedy + "; if it does not stream then: " + resilver;
  }

  private void receiver(Instance member, String receiver, ReceiverCause cause) {
    open(
        DiagnosisKind.RECEIVER_NOT_STREAMING,
        member.id().value(),
        String.format(
            "%s does not stream: its WAL receiver %s%s%s",
            member.id(), inWords(receiver), cause.words().isEmpty() ? "" : "; ", cause.words()),
        cause.remedy());
  }

  private void settings(Instance writer, Instance member) {
    List<String> its = settings(writer);
    List<String> seen = settings(member);
    String other = seen.stream().filter(one -> !its.contains(one)).collect(joining(", "));
    if (!its.isEmpty() && !other.isEmpty()) {
      open(
          DiagnosisKind.CONFIGURATION_DRIFT,
          member.id().value(),
          String.format(
              "%s has %s; the primary %s has %s",
              member.id(),
              other,
              writer.id(),
              its.stream().filter(one -> !seen.contains(one)).collect(joining(", "))),
          Commands.check(name));
    }
  }

  private List<String> settings(Instance member) {
    return value(Kind.SETTINGS, member)
        .filter(all -> !all.isEmpty())
        .map(all -> List.of(all.split(", ")))
        .orElseGet(List::of);
  }

  private static boolean differs(Optional<String> one, Optional<String> other) {
    return one.isPresent() && other.isPresent() && !one.equals(other);
  }

  private static String inWords(String receiver) {
    return switch (receiver) {
      case "none" -> "does not run";
      case Sign.SILENT -> "gets no message from its sender";
      case Sign.REPLAYS_FIRST -> "starts once it has replayed the WAL that it has";
      default -> "is " + receiver;
    };
  }

  private void ofEach() {
    for (SiteState site : sites) {
      for (Sign sign : site.signs()) {
        ofSign(sign);
      }
    }
  }

  private void ofSign(Sign sign) {
    InstanceId id = sign.subject();
    switch (sign.kind()) {
      case REPLAY, CONFLICTS -> ofReplay(sign);
      case DISK -> disk(sign);
      case LAGS ->
          open(
              DiagnosisKind.LAG_BYTES,
              id + "/" + sign.words(),
              String.format(
                  "%s has more than %d bytes of %s's WAL unconfirmed",
                  sign.words(), policy.replication().limits().lagBytes(), id),
              Commands.status(name));
      case LATE ->
          open(
              DiagnosisKind.LAG_SECONDS,
              id.value(),
              String.format(
                  "%s has WAL to replay, and its last replayed commit is more than %s s old",
                  id, DurationText.seconds(policy.watch().lag())),
              Commands.status(name));
      case SLOT_LARGE, SLOT_UNUSED, SLOT_LOST -> ofSlot(sign);
      default -> {
        // it is judged with others
      }
    }
  }

  private void ofReplay(Sign sign) {
    InstanceId id = sign.subject();
    if (sign.kind() == Kind.CONFLICTS) {
      open(
          DiagnosisKind.RECOVERY_CONFLICTS,
          id.value(),
          "recovery on " + id + " cancels queries again and again",
          "end long queries on "
              + id
              + ", or set hot_standby_feedback or max_standby_streaming_delay there");
    } else if (sign.showsTrouble()) {
      open(
          DiagnosisKind.REPLAY_PAUSED,
          id.value(),
          "replay of " + id + " is paused",
          "find the cause of the pause, then SELECT pg_catalog.pg_wal_replay_resume() on " + id);
    }
  }

  private void disk(Sign sign) {
    InstanceId id = sign.subject();
    if (!sign.showsTrouble()) {
      return;
    }
    open(
        DiagnosisKind.DISK_FILLING,
        id.value(),
        sign.words().equals(Sign.UNREAD)
            ? "how full the file systems of " + id + " are could not be read"
            : String.format(
                "the file system of %s is almost full: %s; the limit is %d %%",
                id, sign.words(), policy.watch().diskUsed()),
        "find what fills it by docs/operations/disk-filling.md; delete no file in pg_wal");
  }

  /** A site that reads LATEST in time is enough: a store of another may lag. */
  private void ofEvidence() {
    List<String> latest = signs.ofLatest();
    if (!latest.contains(Sign.IN_TIME)) {
      latest.stream().max(Comparator.naturalOrder()).ifPresent(this::ofLatest);
    }
    for (SiteName site : cluster.consumers()) {
      signs
          .ofProof(site)
          .filter(point -> !point.equals(Sign.IN_TIME))
          .ifPresent(point -> ofProof(site, point));
    }
  }

  private void ofLatest(String point) {
    PublishPolicy publish = cluster.policies().publish();
    open(
        DiagnosisKind.RESTORE_POINT_TOO_OLD,
        publish.site().value(),
        String.format(
            "the newest READY restore point, %s, is more than %s old; one is due every %s",
            point,
            DurationText.of(EvidenceLimits.point(cluster)),
            DurationText.of(publish.every())),
        Commands.publish(name));
  }

  private void ofProof(SiteName site, String point) {
    open(
        DiagnosisKind.PROOF_TOO_OLD,
        site.value(),
        String.format(
            "%s was last proved at %s, which is more than %s old; a newer point is READY",
            site,
            point,
            DurationText.of(EvidenceLimits.proof(cluster, cluster.site(site).orElseThrow()))),
        Commands.consume(name, site));
  }

  private void ofSlot(Sign sign) {
    InstanceId id = sign.subject();
    SlotRemedy slots = new SlotRemedy(signs);
    switch (sign.kind()) {
      case SLOT_LARGE ->
          open(
              DiagnosisKind.SLOT_OVER_LIMIT,
              id + "/" + sign.words(),
              String.format(
                  "slot %s of %s keeps more than %d bytes of WAL",
                  sign.words(), id, policy.watch().slotBytes()),
              slots.large(sign.words()));
      case SLOT_UNUSED ->
          open(
              DiagnosisKind.SLOT_INACTIVE,
              id + "/" + sign.words(),
              "slot " + sign.words() + " of " + id + " is not in use and keeps WAL",
              slots.unused(sign.words()));
      case SLOT_LOST ->
          open(
              DiagnosisKind.SLOT_LOST,
              id + "/" + sign.words(),
              "slot " + sign.words() + " of " + id + " has lost WAL that it was to keep",
              slots.lost(id, sign.words()));
      default -> throw new IllegalArgumentException(sign + " is of no slot");
    }
  }
}
