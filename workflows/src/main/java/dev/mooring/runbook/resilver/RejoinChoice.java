package dev.mooring.runbook.resilver;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.checks.ArchiverRow;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.runbook.checks.VersionRow;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.resilver.CopyCheck.Copied;
import dev.mooring.runbook.resilver.Members.Outdated;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Choice;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Source;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a run saw, and chose by it: the primary, and each outdated instance with its method. */
final class RejoinChoice {
  private static final List<String> NAMING_NONE = List.of(Authority.NOBODY, PatroniHooks.DECIDES);

  private final Members members;
  private final MemberObserved answer;
  private final DirectorySeen directory;
  private final Source source;
  private final List<Rated> rated;
  private final MemberRoles hosts;
  private List<String> archivesUnread = List.of();
  private List<String> broken = List.of();
  private final List<Receipt.ProofRecord> proofs = new ArrayList<>();

  RejoinChoice(
      Members members,
      MemberObserved answer,
      DirectorySeen directory,
      Source source,
      List<Rated> rated,
      MemberRoles hosts) {
    this.members = members;
    this.answer = answer;
    this.directory = directory;
    this.source = source;
    this.rated = List.copyOf(rated);
    this.hosts = hosts;
  }

  /**
   * An instance and the rejoin method it needs.
   *
   * @param end where its own WAL ends, if that is known
   */
  record Rated(Outdated outdated, Choice choice, Optional<Lsn> end) {
    Instance instance() {
      return outdated.instance();
    }
  }

  /** The primary, as it answered. */
  MemberObserved answer() {
    return answer;
  }

  /** Who may write, as the hosts said. */
  MemberRoles hosts() {
    return hosts;
  }

  /** The highest epoch on the hosts that answered. */
  Epoch highestEpoch() {
    return hosts.highest();
  }

  /**
   * The members that could not be asked who may write, one sentence each. What is resilvered is not
   * among them: a lost directory is why it is.
   */
  List<String> unread() {
    List<String> unread = new ArrayList<>(archivesUnread);
    hosts.unread().stream()
        .filter(one -> all().stream().noneMatch(r -> r.instance().id().equals(one.instance())))
        .forEach(one -> unread.add(one.instance() + ": " + one.message()));
    return unread;
  }

  /**
   * Keeps the instances whose archive was not read: whether it leads to another timeline is
   * unknown.
   */
  void archivesUnread(List<InstanceFailure> unread) {
    archivesUnread =
        unread.stream()
            .map(
                one ->
                    String.format(
                        "the archive that %s restores from was not read: %s",
                        one.instance(), one.message()))
            .toList();
  }

  /** Keeps the rules that a person broke by their names. */
  void broken(List<String> rules) {
    broken = List.copyOf(rules);
  }

  /** Those rules, one sentence each. */
  List<String> broken() {
    return broken;
  }

  /**
   * Which instances have programs of another minor version than the primary, a sentence each. It
   * refuses nothing: minor versions read each other's WAL and data directories.
   */
  List<String> otherVersions() {
    Optional<ServerVersion> runs = answer.version();
    return rated.stream()
        .map(one -> one.outdated().directory())
        .filter(one -> !VersionRow.isOne(runs, Optional.of(one.programs().server())))
        .map(
            one ->
                String.format(
                    "%s has programs of version %s, the primary %s runs %s: bring both to one"
                        + " version, the standby first",
                    one.instance(),
                    one.programs().server(),
                    answer.instance(),
                    runs.map(ServerVersion::toString).orElse("an unknown version")))
        .toList();
  }

  Instance primary() {
    return members.instance(answer.instance());
  }

  Members members() {
    return members;
  }

  /** The instance that each standby is to stream from. */
  Upstreams upstreams() {
    return members.upstreams(answer.instance(), rated.stream().map(Rated::instance).toList());
  }

  /** All of them, each after the instance that it streams from. */
  List<Rated> fromTheTop() {
    Upstreams upstreams = upstreams();
    return rated.stream()
        .sorted(Comparator.comparingInt(one -> upstreams.depth(one.instance())))
        .toList();
  }

  /** Whether it is one of those that are made good again. */
  boolean resilvers(Instance instance) {
    return rated.stream().anyMatch(one -> one.instance().id().equals(instance.id()));
  }

  List<Rated> all() {
    return rated;
  }

  /** The authority that holds: of the primary's host, if that names it; else of epoch 0. */
  Authority authority() {
    return hosts.roles().stream()
        .filter(role -> role.instance().equals(answer.instance()))
        .map(InstanceRole::authority)
        .filter(said -> said.writer().equals(answer.instance().value()))
        .findFirst()
        .orElse(new Authority(Authority.NOBODY, 0, "", ""));
  }

  /**
   * Those whose host may name an instance that was recorded before: no adoption and no move wrote
   * there since. The host of the primary is none of them.
   */
  List<Instance> onStaleHosts() {
    return rated.stream()
        .map(Rated::instance)
        .filter(one -> !new Move(members.cluster(), primary(), one).sharesHost())
        .filter(one -> named(one).map(writer -> !writer.isEmpty()).orElse(true))
        .toList();
  }

  /** Another than no instance whom its host names; empty if none, nothing if it was not read. */
  private Optional<String> named(Instance instance) {
    return hosts.roles().stream()
        .filter(role -> role.instance().equals(instance.id()))
        .map(role -> role.authority().writer())
        .map(writer -> NAMING_NONE.contains(writer) ? "" : writer)
        .findFirst();
  }

  /** Whether any of them has WAL that the primary may not have. */
  boolean discardsWal() {
    return rated.stream().anyMatch(one -> one.choice().keep().isPresent());
  }

  List<Rated> on(RejoinMethod method) {
    return rated.stream().filter(one -> one.choice().method() == method).toList();
  }

  /** Where the primary has its tablespaces. */
  List<Elsewhere> elsewhere() {
    return directory.space().tablespaces();
  }

  /**
   * The instance's slot on the primary, unless it follows another instance or the slot is in use.
   */
  String freeSlot(Rated one) {
    String name = members.cluster().slotName(one.instance());
    boolean held = answer.slots().stream().anyMatch(s -> s.name().equals(name) && s.active());
    boolean ofPrimary =
        upstreams()
            .of(one.instance())
            .filter(upstream -> upstream.id().equals(answer.instance()))
            .isPresent();
    return held || !ofPrimary ? "" : name;
  }

  /** Whether that slot was there when its server was asked. */
  boolean hadSlot(InstanceId upstream, String name) {
    return members.answerOf(upstream).stream()
        .flatMap(seen -> seen.slots().stream())
        .map(Slot::name)
        .anyMatch(name::equals);
  }

  String restoreCommand(Instance instance) {
    return new MemberActs(members.cluster()).restoreCommand(instance);
  }

  /** Of each instance, what it may be given by the archive. */
  List<ArchiveCheck> archives() {
    return rated.stream()
        .map(
            one ->
                new ArchiveCheck(
                    one.instance().id(),
                    source.instance(),
                    one.choice().twin(),
                    restoreCommand(one.instance())))
        .toList();
  }

  /** What an approval binds to, per instance. */
  List<String> objects() {
    List<String> objects = new ArrayList<>();
    objects.add(
        String.format(
            "%s: primary of system %s on timeline %s",
            source.instance(), source.system(), source.history().of()));
    for (Instance one : onStaleHosts()) {
      named(one)
          .map(writer -> one.id() + ": no instance may write; it names " + writer)
          .ifPresent(line -> objects.add("the host of " + line));
    }
    for (Rated one : rated) {
      objects.add(
          one.instance().id()
              + ": "
              + one.choice().method()
              + " from "
              + source.instance()
              + RejoinMethodCheck.discarded(one.choice(), one.end())
              + instead(one.instance())
              + one.outdated().member().map(StreamingRows::lateInWords).orElse(""));
      commands().forEach(own -> objects.add(one.instance().id() + ": " + own.inWords()));
    }
    return objects;
  }

  private String instead(Instance standby) {
    return upstreams().replaced(standby).isEmpty()
        ? ""
        : "; becomes " + upstreams().becomes(standby);
  }

  private List<OwnCommand> commands() {
    List<OwnCommand> commands = new ArrayList<>(OwnCommand.before(members.cluster()));
    commands.addAll(OwnCommand.after(members.cluster()));
    return commands;
  }

  /** The checkpoint that its observation made. */
  Receipt.Fact checkpoint() {
    return new Receipt.Fact("checkpoint", "made on " + source.instance() + " to read its timeline");
  }

  /** What is shown beside it. */
  List<Receipt.Fact> measured() {
    List<Receipt.Fact> facts = new ArrayList<>();
    facts.add(
        new Receipt.Fact(source.instance() + " holds", directory.space().size().all() + " bytes"));
    facts.add(checkpoint());
    for (Rated one : rated) {
      facts.add(new Receipt.Fact(one.instance().id() + " because", one.choice().why()));
      facts.add(
          new Receipt.Fact(
              "free beside " + one.instance().id(),
              one.outdated().directory().space().freeBytes() + " bytes"));
      if (CopyCheck.takesConfiguration(CopyCheck.of(one.outdated()))) {
        facts.add(new Receipt.Fact(one.instance().id() + "'s configuration", takenConfiguration()));
      }
      if (one.choice().method() == RejoinMethod.REWIND) {
        facts.add(copyInstead(one));
      }
      if (one.choice().method() != RejoinMethod.FOLLOW) {
        InstanceId id = one.instance().id();
        ArchiverRow.afterRewind(id, members.answerOf(id).orElse(answer)).ifPresent(facts::add);
      }
    }
    return facts;
  }

  /** A rewind is not refused for it: most end well, and the base backup checks again. */
  private Receipt.Fact copyInstead(Rated rewound) {
    List<Copied> together = new ArrayList<>();
    on(RejoinMethod.BASE_BACKUP).forEach(one -> together.add(CopyCheck.of(one.outdated())));
    together.add(CopyCheck.of(rewound.outdated()));
    return CopyCheck.mounted(rewound.instance(), rewound.outdated().directory())
        .or(() -> CopyCheck.roomless(together, directory))
        .map(why -> new Receipt.Fact("no copy if the rewind fails, since", why))
        .orElse(
            new Receipt.Fact(
                "room for a copy of " + rewound.instance().id() + " if the rewind fails", "yes"));
  }

  /** Of an instance that is copied and has none of its own. */
  private String takenConfiguration() {
    return "none was found on its host: taken from "
        + source.instance()
        + ", but for port, listen_addresses and the places of files";
  }

  /** Keeps for the receipt what was seen of an instance. */
  void proof(Rated one, String name, String value) {
    proofs.add(
        new Receipt.ProofRecord(
            one.instance().id().value(), List.of(new Receipt.Fact(name, value))));
  }

  /** What was seen, an instance's facts together, in the order of the members. */
  List<Receipt.ProofRecord> proofs() {
    List<Receipt.ProofRecord> together = new ArrayList<>();
    for (Rated one : rated) {
      String name = one.instance().id().value();
      List<Receipt.Fact> facts = new ArrayList<>();
      facts.add(new Receipt.Fact("method", one.choice().method() + ": " + one.choice().why()));
      if (CopyCheck.takesConfiguration(CopyCheck.of(one.outdated()))) {
        facts.add(new Receipt.Fact("configuration", takenConfiguration()));
      }
      proofs.stream()
          .filter(proof -> proof.subject().equals(name))
          .forEach(proof -> facts.addAll(proof.facts()));
      together.add(new Receipt.ProofRecord(name, facts));
    }
    return together;
  }
}
