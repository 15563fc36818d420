package dev.mooring.dev.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.lang.ArchRule;
import io.temporal.activity.ActivityInterface;
import io.temporal.workflow.WorkflowInterface;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Which package may know which. */
final class Edges {
  /** What reads, judges and orders, and touches nothing. */
  private static final String DECISIONS =
      "\\.runbook\\..*(Check|Proof|Floors|Readiness|Judge|Rows)";

  private static final String[] EFFECTS = {
    "io.temporal..",
    "java.sql..",
    "java.net..",
    "java.io..",
    "java.nio.file..",
    "java.nio.channels..",
    "java.util.concurrent.."
  };

  private Edges() {}

  static List<Rule> all() {
    return Stream.of(modules(), decisions(), adapters(), places()).flatMap(List::stream).toList();
  }

  private static List<Rule> modules() {
    return List.of(
        new Rule(
            "the domain and the runbooks know no adapter and no program",
            root -> knowsNothingOf(root, List.of(WORKFLOWS), "activities", "worker", "starter"),
            "runbook.KnowsAnAdapter"),
        new Rule(
            "adapters know no program",
            root -> knowsNothingOf(root, List.of("activities"), "worker", "starter"),
            "activities.jdbc.KnowsTheWorker"),
        new Rule(
            "the worker does not know the command line",
            root -> knowsNothingOf(root, List.of("worker"), "starter"),
            "worker.KnowsTheStarter"),
        new Rule(
            "the command line knows the worker only where it brings one of its own",
            Edges::ownWorker,
            "starter.KnowsTheWorker"),
        new Rule(
            "nothing that is shipped knows the lab",
            root ->
                knowsNothingOf(
                    root,
                    Stream.concat(
                            Stream.of(WORKFLOWS), Stream.of("activities", "worker", "starter"))
                        .toList(),
                    "dev"),
            "worker.KnowsTheLab"),
        new Rule(
            "the command line uses adapters only where it must see",
            Edges::eyes,
            "starter.Publishes"));
  }

  private static final String[] WORKFLOWS = {
    "postgres",
    "topology",
    "evidence",
    "authority",
    "quoting",
    "clusterfile",
    "port",
    "wire",
    "runbook"
  };

  private static ArchRule knowsNothingOf(String root, List<String> from, String... others) {
    return noClasses()
        .that()
        .resideInAnyPackage(from.stream().map(p -> root + "." + p + "..").toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            Stream.of(others).map(p -> root + "." + p + "..").toArray(String[]::new))
        .because("module edges point to workflows, and from the composition roots only");
  }

  private static ArchRule ownWorker(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + ".starter..")
        .and(
            DescribedPredicate.not(
                HasName.Predicates.nameMatching(".*\\.temporal\\.EmbeddedTemporal")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(root + ".worker..")
        .because("a worker goes on when its terminal goes away");
  }

  /** Those that answer without Temporal, from hosts and the evidence store alone. */
  private static ArchRule eyes(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + ".starter..")
        .and(
            DescribedPredicate.not(
                HasName.Predicates.nameMatching(
                    ".*\\.starter\\.((Whois|Setup|Verify|Logs|Report)Command"
                        + "|ApprovalKey|Evidence|(Kept|Report)Histories|HistoriesAudit"
                        + "|whois\\.\\w+|init\\.(CopyDbids|Login))(\\$.*)?")))
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage(root + ".activities..")
                .and(
                    DescribedPredicate.not(
                        HasName.Predicates.nameMatching(
                            ".*\\.activities\\.temporal\\.Service(Profile|Refused)"))))
        .because(
            "all else goes through a run, whose receipt says what was seen and done; and the way to"
                + " the runs is the workers' own");
  }

  private static List<Rule> decisions() {
    return List.of(
        new Rule(
            "the domain and the decisions have no effects", Edges::pure, "postgres.ReadsAFile"),
        new Rule("decisions know no clock", Edges::timeless, "runbook.ClockCheck"),
        new Rule(
            "runbooks know the cluster file's text no more",
            root ->
                noClasses()
                    .that()
                    .resideInAPackage(root + ".runbook..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(root + ".clusterfile..")
                    .because("an activity reads the file, and its result stands in the history"),
            "runbook.ParsesTheClusterFile"));
  }

  private static List<Rule> adapters() {
    return List.of(
        new Rule(
            "adapters are no workflows",
            root ->
                noClasses()
                    .that()
                    .resideInAPackage(root + ".activities..")
                    .should()
                    .dependOnClassesThat(
                        DescribedPredicate.describe(
                            "are made for workflows",
                            type -> isUnder(type, "io.temporal.workflow") || runs(root, type)))
                    .because("an adapter may start and find runs, and is none"),
            "activities.jdbc.SleepsDurably"),
        new Rule(
            "adapters know the hosts, clients of S3 and no other adapter",
            Edges::adapters,
            "activities.jdbc.KnowsTheArchive"));
  }

  private static List<Rule> places() {
    return List.of(
        new Rule(
            "ports alone are activities",
            root ->
                classes()
                    .that()
                    .areAnnotatedWith(ActivityInterface.class)
                    .should()
                    .resideInAPackage(root + ".port")
                    .because("what a runbook may ask of the world stands in one place"),
            "activities.jdbc.PrivateActivities"),
        new Rule(
            "runbooks alone are workflows",
            root ->
                classes()
                    .that()
                    .areAnnotatedWith(WorkflowInterface.class)
                    .should()
                    .resideInAPackage(root + ".runbook..")
                    .because("what an operator can start stands in one place"),
            "port.StrayWorkflow"),
        new Rule(
            "no package knows itself over another one",
            root ->
                slices()
                    .matching(root + ".(**)")
                    .should()
                    .beFreeOfCycles()
                    .because("a package is understood after those it uses"),
            "starter.KnowsTheWorker"));
  }

  private static ArchRule pure(String root) {
    return noClasses()
        .that(domainAndDecisions(root))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(EFFECTS)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Random.class)
        .because("a decision is tried with values, in no world at all");
  }

  private static ArchRule timeless(String root) {
    return noClasses()
        .that(domainAndDecisions(root))
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe("a clock is read", access -> readsAClock(access)))
        .because("a decision is given the time");
  }

  private static boolean readsAClock(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    return owner.equals("java.lang.System")
        ? name.matches("currentTimeMillis|nanoTime")
        : owner.startsWith("java.time.") && name.matches("now|system.*");
  }

  private static DescribedPredicate<JavaClass> domainAndDecisions(String root) {
    return DescribedPredicate.describe(
        "are of the domain or decide",
        type ->
            Stream.of("postgres", "topology", "evidence", "authority", "quoting")
                    .anyMatch(p -> isUnder(type, root + "." + p))
                || type.getName()
                    .matches(java.util.regex.Pattern.quote(root) + DECISIONS + "(\\$.*)?"));
  }

  private static boolean isUnder(JavaClass type, String of) {
    return (type.getPackageName() + ".").startsWith(of + ".");
  }

  private static boolean runs(String root, JavaClass type) {
    return isUnder(type, root + ".runbook")
        && !type.isAnnotatedWith(WorkflowInterface.class)
        && !type.getSimpleName().equals("SearchAttributes");
  }

  private static ArchRule adapters(String root) {
    return slices()
        .matching(root + ".activities.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            DescribedPredicate.alwaysTrue(),
            JavaClass.Predicates.resideInAnyPackage(
                root + ".activities.host..", root + ".activities.s3.."))
        .because("an adapter is one technology; what two need belongs to neither");
  }
}
