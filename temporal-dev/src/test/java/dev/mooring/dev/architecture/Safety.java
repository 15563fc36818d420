package dev.mooring.dev.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.mooring.port.ForCall;
import dev.mooring.port.InstanceActivities;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.Instance;
import io.temporal.activity.ActivityInterface;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** Laws that types and calls can keep. */
final class Safety {
  private static final String CHANGES = "(ensure|revert|release)[A-Z]\\w*";
  private static final String VERBS = "(observe|read|await|ensure|revert|release)[A-Z]\\w*";

  /** Who may compare positions, and why both are of one content. */
  private static final Map<String, String> COMPARE_POSITIONS =
      Map.ofEntries(
          Map.entry("postgres", "positions within one timeline history, or of one instance"),
          Map.entry("activities.archive.NeededWal", "bytes of one content's files and its target"),
          Map.entry("activities.archive.HostArchiveActivities", "an instance and its own target"),
          Map.entry("runbook.consume.RecoveryFloors", "one instance's floor and its replay"),
          Map.entry("runbook.consume.TargetCheck", "an instance's floor and its content's target"),
          Map.entry("runbook.consume.ParkedProof", "an instance's end and its content's target"),
          Map.entry(
              "runbook.resilver.RejoinMethodCheck", "two members of one content, up to their fork"),
          Map.entry("runbook.resilver.TargetReading", "two members of one content's WAL"),
          Map.entry("runbook.failover.Candidates", "standbys of one primary, on its timeline"),
          Map.entry(
              "runbook.failover.FetchMissingWal", "a standby and its own primary, on its timeline"),
          Map.entry("runbook.checks.Preflight", "what one instance received and replayed"),
          Map.entry("runbook.switchover.Outage", "the end of a timeline that two members share"),
          Map.entry("activities.archive.ArchivedTransactions", "an instance's own records"),
          Map.entry(
              "runbook.publish.TornPointCheck", "an instance's records and its own positions"),
          Map.entry("runbook.publish.PointManifest", "a content's switch and its own target"),
          Map.entry("runbook.publish.IdentityCheck", "a server and its content's last target"),
          Map.entry("evidence.ManifestSelection", "a content's floor and that content's target"),
          Map.entry("evidence.ForeignSelection", "a content's floor and that content's target"),
          Map.entry("wire.ManifestTree", "a content's switch and its own target"),
          Map.entry("watch.SiteLook", "what a standby replayed, and received of its own sender"),
          Map.entry("starter.status", "an instance and its content's target"),
          Map.entry("dev", "the lab's laws, which are judges and no part of the product"));

  private Safety() {}

  static List<Rule> all() {
    return List.of(
        new Rule(
            "positions are compared within one content only",
            Safety::positions,
            "runbook.ComparesContents"),
        new Rule(
            "a member is called in replication what its cluster says",
            Safety::replicationNames,
            "runbook.NamesByItself"),
        new Rule("no flag turns a check off", Safety::flags, "topology.ForceFlag"),
        new Rule("no option turns a check off", Safety::options, "starter.ForceOption"),
        new Rule(
            "whatever changes a host says who changes it",
            Safety::called,
            "port.AnonymousActivities"),
        new Rule("a port's verb tells its contract", Safety::verbs, "port.AnonymousActivities"),
        new Rule(
            "whatever changes a host shows its token there",
            Safety::claimed,
            "activities.instance.UnfencedInstances"),
        new Rule(
            "main classes alone read the environment",
            Safety::environment,
            "wire.ReadsTheEnvironment"),
        new Rule("the command line alone prints", Safety::printing, "activities.jdbc.Prints"));
  }

  private static ArchRule positions(String root) {
    return noClasses()
        .that(
            DescribedPredicate.describe(
                "have no reason to compare positions", type -> !mayCompare(root, type)))
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe("positions are compared", access -> compares(access)))
        .because("positions of different instances mean nothing to each other (law 3)");
  }

  private static boolean mayCompare(String root, JavaClass type) {
    String name = type.getName();
    return COMPARE_POSITIONS.keySet().stream()
        .map(allowed -> root + "." + allowed)
        .anyMatch(
            allowed ->
                name.equals(allowed)
                    || name.startsWith(allowed + "$")
                    || name.startsWith(allowed + "."));
  }

  private static boolean compares(JavaAccess<?> access) {
    return access.getTargetOwner().isEquivalentTo(Lsn.class)
        && Set.of("compareTo", "isBefore", "isAfter", "bytesSince")
            .contains(access.getTarget().getName());
  }

  private static ArchRule replicationNames(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackages(root + ".topology..", root + ".clusterfile..")
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "a name is made of an id",
                access ->
                    access.getTargetOwner().isEquivalentTo(Instance.class)
                        && access.getTarget().getName().equals("replicationName")))
        .because("Patroni names the connections and slots of its members otherwise");
  }

  private static ArchRule flags(String root) {
    return fields()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage(root + "..")
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(Product.ROOT + ".dev.ledger..")
        .should()
        .haveNameNotMatching(
            "(?i)(force|skip|ignore|unsafe|nocheck|disable)[A-Z_]\\w*|(?i)(force|forced|unsafe)")
        .because("an override is named, has a reason and stands in the receipt (law 12)");
  }

  private static ArchRule options(String root) {
    return fields()
        .that()
        .areAnnotatedWith(Option.class)
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage(root + "..")
        .should(
            new ArchCondition<com.tngtech.archunit.core.domain.JavaField>("not be a force option") {
              @Override
              public void check(
                  com.tngtech.archunit.core.domain.JavaField field, ConditionEvents events) {
                for (String name : field.getAnnotationOfType(Option.class).names()) {
                  boolean bad =
                      name.matches("--?(force|skip|ignore|unsafe|no-check|disable)\\b.*|-f");
                  events.add(
                      new SimpleConditionEvent(field, !bad, field.getFullName() + " is " + name));
                }
              }
            })
        .because("there is no --force (law 12)");
  }

  private static ArchRule called(String root) {
    return methods()
        .that()
        .areDeclaredInClassesThat(portsOfSites(root))
        .and()
        .haveNameMatching(CHANGES)
        .should()
        .haveRawParameterTypes(
            DescribedPredicate.describe(
                "one record with its call",
                types -> types.size() == 1 && types.get(0).isAssignableTo(ForCall.class)))
        .because("epoch, step and run are what a host compares and a log is read by (law 11)");
  }

  private static ArchRule verbs(String root) {
    return methods()
        .that()
        .areDeclaredInClassesThat(portsOfSites(root))
        .should()
        .haveNameMatching(VERBS)
        .because("the verb tells whether a call changes anything, and its undo");
  }

  /** Ports but those that speak to Temporal itself or read the cluster file. */
  private static DescribedPredicate<JavaClass> portsOfSites(String root) {
    return DescribedPredicate.describe(
        "are ports of hosts, servers, archives and stores",
        type ->
            type.isAnnotatedWith(ActivityInterface.class)
                && type.getPackageName().equals(root + ".port")
                && !Set.of("RunActivities", "ClusterActivities").contains(type.getSimpleName()));
  }

  private static ArchRule claimed(String root) {
    return classes()
        .that()
        .areAssignableTo(InstanceActivities.class)
        .and()
        .areNotInterfaces()
        .and()
        .resideInAPackage(root + ".activities..")
        .should(
            new ArchCondition<JavaClass>("claim the host in each change") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                type.getMethods().stream()
                    .filter(method -> method.getName().matches(CHANGES))
                    .forEach(
                        method ->
                            events.add(
                                new SimpleConditionEvent(
                                    method, claims(method), method.getFullName())));
              }
            })
        .because("Temporal is a gate, not a fence (law 11)");
  }

  private static boolean claims(JavaMethod method) {
    return method.getMethodCallsFromSelf().stream()
        .anyMatch(
            call ->
                call.getTargetOwner().getSimpleName().equals("Token")
                    && call.getName().equals("claim"));
  }

  private static ArchRule environment(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackage(Product.ROOT + ".dev.lab..")
        .and()
        .haveSimpleNameNotEndingWith("Main")
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "the environment is read",
                access ->
                    access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("getenv", "getProperty", "getProperties")
                            .contains(access.getTarget().getName())))
        .because("configuration is built in main, whole, and printed there");
  }

  private static ArchRule printing(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackages(
            root + ".starter..", Product.ROOT + ".dev.lab..", Product.ROOT + ".dev.ledger..")
        .and()
        .haveSimpleNameNotEndingWith("Main")
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "System.out or System.err is used",
                access ->
                    access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("out", "err").contains(access.getTarget().getName())))
        .because("what is not for the person at the terminal is a log line with its run and step");
  }
}
