package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The member of a streaming cluster that accepts writes: there must be exactly one. */
public final class OneWriter {
  /** What is said where two or more accept writes, and nowhere else. */
  public static final String END_THAT_FIRST = "end that first, docs/operations/split-brain.md";

  /** The remedy of a row that says so. */
  public static final String END = FailureCode.TWO_PRIMARIES.hint() + "; " + END_THAT_FIRST;

  private OneWriter() {}

  /** Never: two or more accept writes, as the sentence says. */
  public static <T> Verdict<T> two(String sentence) {
    return Verdict.never(FailureCode.TWO_PRIMARIES, sentence + ": " + END_THAT_FIRST);
  }

  /**
   * What is advised of everything else meanwhile: what helps a primary helps the one that is to be
   * stopped too.
   */
  public static String firstEnd(ClusterName cluster) {
    return "first end the split brain, then " + Commands.status(cluster);
  }

  /**
   * The verdict: never, unless exactly one accepts writes.
   *
   * @param members those that answered
   * @param silent those that did not, and why
   */
  public static Verdict<MemberObserved> of(
      Cluster cluster, List<MemberObserved> members, List<InstanceFailure> silent) {
    List<MemberObserved> writers =
        members.stream().filter(member -> !member.standing().inRecovery()).toList();
    if (writers.size() == 1) {
      return Verdict.proceed(writers.get(0));
    }
    if (writers.isEmpty()) {
      FailureCode code = codeOfNone(members.isEmpty(), silent);
      return Verdict.never(
          code,
          code == FailureCode.AUTHENTICATION_REFUSED
              ? refusedEverywhere(silent)
              : "no member of "
                  + cluster.name()
                  + " is known to accept writes: "
                  + String.join(
                      "; ",
                      cluster.members().stream().map(i -> state(i, members, silent)).toList()));
    }
    List<InstanceId> names = writers.stream().map(MemberObserved::instance).toList();
    return two(names + " accept writes, all of them");
  }

  /** Each message once, with its instances: whether one of them accepts writes is unknown. */
  public static String refusedEverywhere(List<InstanceFailure> silent) {
    Map<String, List<String>> instances = new LinkedHashMap<>();
    silent.forEach(
        one ->
            instances
                .computeIfAbsent(one.message(), message -> new ArrayList<>())
                .add(one.instance().value()));
    return instances.entrySet().stream()
        .map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
        .collect(Collectors.joining("; "));
  }

  /**
   * The failure code if no instance is known to accept writes. If all instances refused the login,
   * or could not read their own state, a primary may still run, and starting one would fix nothing.
   *
   * @param noneAnswered whether no instance answered
   * @param silent why the instances did not answer
   */
  public static FailureCode codeOfNone(boolean noneAnswered, List<InstanceFailure> silent) {
    List<FailureCode> codes = silent.stream().map(InstanceFailure::code).distinct().toList();
    return noneAnswered && codes.size() == 1 && isOfOneThatRuns(codes.get(0))
        ? codes.get(0)
        : FailureCode.NO_PRIMARY;
  }

  /** The same for a code by its name. */
  public static boolean isOfOneThatRuns(String code) {
    return FailureCode.named(code).filter(OneWriter::isOfOneThatRuns).isPresent();
  }

  private static boolean isOfOneThatRuns(FailureCode code) {
    return code == FailureCode.AUTHENTICATION_REFUSED || code == FailureCode.STATE_UNREADABLE;
  }

  private static String state(
      Instance instance, List<MemberObserved> members, List<InstanceFailure> silent) {
    Optional<String> why =
        silent.stream()
            .filter(failure -> failure.instance().equals(instance.id()))
            .map(InstanceFailure::message)
            .findFirst();
    boolean answered = members.stream().anyMatch(m -> m.instance().equals(instance.id()));
    return instance.id() + ": " + why.orElse(answered ? "in recovery" : "it was not observed");
  }
}
