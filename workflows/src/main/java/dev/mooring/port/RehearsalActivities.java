package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityInterface;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether what keeps a former primary from writing holds on a host: tried there on a scratch
 * instance that is made for it and removed again. Nothing of the instances it represents is
 * changed: no authority file is written, no lock of an act is taken, no epoch is shown, and no
 * server of theirs is started, stopped or asked anything.
 */
@ActivityInterface
public interface RehearsalActivities {

  /** Reads when each instance's fences were rehearsed last, and with what result. */
  RehearsalsObserved observeRehearsed(ObserveRehearsed request);

  /**
   * Makes a scratch instance by the server programs of each instance, tries on it what is to refuse
   * a start, and that it starts when nothing refuses it; of one that Patroni runs a directory
   * alone, on which it tries what is to refuse a promotion. Removes it, and records the result
   * beside the authority file, whole or not at all. What an attempt that was killed left, running
   * or not, is removed first by the next one, which rehearses anew. One rehearsal of an instance
   * goes on at a time; all of it takes a minute at most.
   *
   * <p>That something did not refuse is an answer, no failure. {@link FailureCode#OUTCOME_UNKNOWN}
   * while another rehearsal of the instance goes on, or when it was not over in its time; {@link
   * FailureCode#NO_ROOM} if Mooring's directory has no room for it. After a failure the record of
   * the last rehearsal stands as it was.
   */
  Rehearsed ensureRehearsed(Rehearse request);

  record ObserveRehearsed(Call call, HostWork on) implements OnHost {}

  /**
   * What was found of one host's instances.
   *
   * @param last of the instances that were rehearsed; one that is neither here nor among the
   *     failures was never rehearsed
   * @param failures of instances whose record can't be read
   */
  record RehearsalsObserved(
      HostName host, List<LastRehearsal> last, List<InstanceFailure> failures) {
    public RehearsalsObserved {
      last = List.copyOf(last);
      failures = List.copyOf(failures);
    }

    /** The last rehearsal of one of them; empty of one that was never rehearsed. */
    public Optional<LastRehearsal> of(InstanceId instance) {
      return last.stream().filter(one -> one.instance().equals(instance)).findFirst();
    }
  }

  /**
   * The last rehearsal that came to its end.
   *
   * @param at when, by the time of the workflow that asked for it, not by the host's clock
   * @param passed whether nothing that was rehearsed failed: that says nothing of what was not
   * @param run which asked for it
   * @param words what refused, what did not, and what was not rehearsed
   * @param shown what was shown; a record of before that was kept has none
   * @param notRehearsed what was not rehearsed, by one launcher at least
   */
  record LastRehearsal(
      InstanceId instance,
      Instant at,
      boolean passed,
      String run,
      String words,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Proof> shown,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Proof> notRehearsed) {
    public LastRehearsal {
      shown = List.copyOf(shown);
      notRehearsed = List.copyOf(notRehearsed);
    }

    /** The proofs that it does not show. */
    public List<Proof> lacking(List<Proof> needed) {
      return needed.stream().filter(one -> !shown.contains(one)).toList();
    }
  }

  /**
   * Asks for a rehearsal.
   *
   * @param on none of a Greenplum, whose servers no fence of ours keeps
   * @param at the time that is recorded
   * @param power what the check of its fence command said of this host just now, which is on; one,
   *     or none if it has no such command
   */
  record Rehearse(
      Call call,
      HostWork on,
      Instant at,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<PowerObserved> power)
      implements OnHost {
    public Rehearse {
      power = List.copyOf(power);
    }
  }

  record Rehearsed(
      HostName host, List<InstanceRehearsed> rehearsed, List<InstanceFailure> failures) {
    public Rehearsed {
      rehearsed = List.copyOf(rehearsed);
      failures = List.copyOf(failures);
    }
  }

  /** What was tried for one instance, in the order it was. */
  record InstanceRehearsed(InstanceId instance, List<Shown> shown) {
    public InstanceRehearsed {
      shown = List.copyOf(shown);
    }

    /** Whether nothing that was rehearsed failed. */
    public boolean passed() {
      return shown.stream().noneMatch(one -> one.ended() == Ended.FAILED);
    }
  }

  /**
   * One thing that was tried.
   *
   * @param words what was seen, or why it was not rehearsed
   */
  record Shown(Proof proof, Ended ended, String words) {}

  enum Proof {
    /** The server program itself ends at the configuration fence. */
    FENCE,
    /** A launcher does not start a fenced server. */
    LAUNCHER,
    /** A launcher asks the guard, and does not start what another may write instead of. */
    GUARDED_LAUNCHER,
    /** The guard refuses one that is fenced, and one that is not named, and no other. */
    GUARD,
    /** The guard that is asked so refuses one that was named before its host started last. */
    BOOT,
    /** Patroni's pre_promote hook refuses a member that the authority does not name. */
    HOOK,
    /** The restore gate serves nothing beyond its target, and what lies before it. */
    GATE,
    /** The same instance starts when nothing is against it: else no refusal would say anything. */
    CONTROL,
    /**
     * The unit that starts the real server at boot: its own start check is read and run before the
     * scratch instance, which it refuses as the guard must; the unit itself is never started.
     */
    UNIT,
    /** The check of the fence command says that a host is on which is: else none that is off. */
    POWER,
    /**
     * What starts the real server at boot asks the guard, and so that it refuses the instance that
     * was named before: of a unit by its start check, which was run. Only of a host that a fence
     * command powers off.
     */
    AFTER_REBOOT;

    /** What a fence on a host that answers rests on. */
    public static final List<Proof> OF_A_FENCE_ON_ITS_HOST = List.of(FENCE, LAUNCHER, CONTROL);

    /** What a fence by a command rests on. */
    public static final List<Proof> OF_A_FENCE_COMMAND = List.of(POWER, AFTER_REBOOT);

    /** As a list in a sentence. */
    public static String inWords(List<Proof> proofs) {
      return proofs.stream()
          .map(proof -> proof.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", "));
    }
  }

  enum Ended {
    SHOWN,
    FAILED,
    NOT_REHEARSED
  }
}
