package dev.mooring.dev.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What makes a workflow run otherwise when it is replayed.
 *
 * @param name what is forbidden
 * @param breaches how a class breaks it, a line each
 * @param control the class under {@link Product#CONTROL_ROOT} that it must catch
 */
record Prohibition(String name, Function<JavaClass, List<String>> breaches, String control) {
  private static final Set<String> HARMLESS =
      Set.of("java.io.Serializable", "java.io.IOException", "java.io.UncheckedIOException");

  @Override
  public String toString() {
    return name;
  }

  static List<Prohibition> all() {
    return Stream.of(worlds(), orders()).flatMap(List::stream).toList();
  }

  /** What a replay would see otherwise. */
  private static List<Prohibition> worlds() {
    return List.of(
        calls("no clock but the workflow's", Prohibition::readsAClock, "runbook.replay.Clocks"),
        calls(
            "no clock by reference either",
            Prohibition::readsAClock,
            "runbook.replay.ClockReference"),
        calls("no chance", Prohibition::isRandom, "runbook.replay.Dice"),
        calls(
            "no names made up", a -> is(a, "java.util.UUID", "randomUUID"), "runbook.replay.Names"),
        calls("no environment", Prohibition::readsTheEnvironment, "runbook.replay.Environment"),
        uses(
            "no files", "java.io.", "java.nio.file.", "java.nio.channels.", "runbook.replay.Files"),
        uses("no network", "java.net.", "runbook.replay.Network"),
        uses("no database", "java.sql.", "javax.sql.", "runbook.replay.Database"),
        calls(
            "no log but the workflow's, which is silent in a replay",
            a -> owner(a).matches("org\\.slf4j\\.LoggerFactory|java\\.util\\.logging\\..*"),
            "runbook.replay.Logs"));
  }

  /** What would happen in another order, or beside the run. */
  private static List<Prohibition> orders() {
    return List.of(
        calls(
            "no thread",
            a -> owner(a).matches("java\\.(lang\\.Thread|util\\.Timer)"),
            "runbook.replay.Threads"),
        uses("nothing concurrent", "java.util.concurrent.", "runbook.replay.Futures"),
        calls(
            "no parallel stream",
            a -> Set.of("parallelStream", "parallel").contains(a.getTarget().getName()),
            "runbook.replay.Streams"),
        calls(
            "no map or set whose order is chance",
            Prohibition::hasNoOrder,
            "runbook.replay.Hashes"),
        calls(
            "no collector into such a one",
            Prohibition::collectsWithoutOrder,
            "runbook.replay.Collects"),
        new Prohibition("no state outside the run", Prohibition::statics, "runbook.replay.Statics"),
        new Prohibition("no lock", Monitors::in, "runbook.replay.Monitor"),
        new Prohibition("no locked method", Monitors::in, "runbook.replay.MonitorMethod"),
        calls(
            "nothing a run calls does it either",
            Prohibition::readsAClock,
            "postgres.ClockBehind"));
  }

  private static Prohibition calls(
      String name, Predicate<JavaAccess<?>> forbidden, String control) {
    return new Prohibition(
        name,
        type ->
            type.getAccessesFromSelf().stream()
                .filter(forbidden)
                .map(JavaAccess::getDescription)
                .toList(),
        control);
  }

  /** The last word is the control; the others are the beginnings of forbidden names. */
  private static Prohibition uses(String name, String... beginningsAndControl) {
    List<String> words = List.of(beginningsAndControl);
    List<String> beginnings = words.subList(0, words.size() - 1);
    return new Prohibition(
        name,
        type ->
            type.getDirectDependenciesFromSelf().stream()
                .filter(dependency -> isAmong(dependency, beginnings))
                .map(Dependency::getDescription)
                .toList(),
        words.get(words.size() - 1));
  }

  private static boolean isAmong(Dependency dependency, Collection<String> beginnings) {
    String target = dependency.getTargetClass().getName();
    return !HARMLESS.contains(target) && beginnings.stream().anyMatch(target::startsWith);
  }

  private static String owner(JavaAccess<?> access) {
    return access.getTargetOwner().getName();
  }

  private static boolean is(JavaAccess<?> access, String owner, String name) {
    return owner(access).equals(owner) && access.getTarget().getName().equals(name);
  }

  private static boolean readsAClock(JavaAccess<?> access) {
    String name = access.getTarget().getName();
    return (owner(access).startsWith("java.time.") && name.matches("now|system.*|tick.*"))
        || is(access, "java.lang.System", "currentTimeMillis")
        || is(access, "java.lang.System", "nanoTime");
  }

  private static boolean isRandom(JavaAccess<?> access) {
    return is(access, "java.lang.Math", "random")
        || owner(access)
            .matches("java\\.util\\.(Splittable)?Random|java\\.security\\.SecureRandom");
  }

  private static boolean readsTheEnvironment(JavaAccess<?> access) {
    return is(access, "java.lang.System", "getenv")
        || is(access, "java.lang.System", "getProperty")
        || owner(access).matches("java\\.lang\\.(Runtime|ProcessHandle|ProcessBuilder)");
  }

  private static boolean hasNoOrder(JavaAccess<?> access) {
    String owner = owner(access);
    String name = access.getTarget().getName();
    return owner.matches("java\\.util\\.(Map|Set)")
        ? name.matches("of|copyOf|ofEntries")
        : owner.matches("java\\.util\\.(HashMap|HashSet|IdentityHashMap|WeakHashMap|Hashtable)")
            && name.equals("<init>");
  }

  private static boolean collectsWithoutOrder(JavaAccess<?> access) {
    boolean given =
        access.getTarget()
                instanceof com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget call
            && call.getRawParameterTypes().stream()
                .anyMatch(type -> type.isEquivalentTo(java.util.function.Supplier.class));
    return owner(access).equals("java.util.stream.Collectors")
        && access.getTarget().getName().matches("to(Unmodifiable)?(Set|Map)|groupingBy")
        && !given;
  }

  private static List<String> statics(JavaClass type) {
    return type.getFields().stream()
        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
        .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC))
        .filter(Prohibition::changes)
        .map(JavaMember::getFullName)
        .toList();
  }

  private static boolean changes(JavaField field) {
    JavaClass type = field.getRawType();
    return !field.getModifiers().contains(JavaModifier.FINAL)
        || type.isAssignableTo(Map.class)
        || type.isAssignableTo(Set.class)
        || type.isEquivalentTo(StringBuilder.class)
        || type.isArray();
  }
}
