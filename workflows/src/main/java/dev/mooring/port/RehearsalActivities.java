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
 * Whether the fences against a former primary hold on a host: tried there on a scratch instance
 * that is created for it and removed again. Nothing of the real instances is changed: no authority
 * file is written, no lock of an act is taken, no epoch is shown, and none of their servers is
 * started, stopped or asked anything.
 */
@ActivityInterface
public interface RehearsalActivities {

  /** Reads when each instance's fences were last rehearsed, and the result. */
  RehearsalsObserved observeRehearsed(ObserveRehearsed request);

  /**
   * Creates a scratch instance with the server programs of each instance, tries on it what must
   * refuse a start, and that it starts when nothing refuses it; for an instance that Patroni
   * manages, only a directory, on which it tries what must refuse a promotion. Removes it, and
   * records the result beside the authority file, as a whole or not at all. What a killed attempt
   * left, running or not, the next one removes first, and rehearses anew. Only one rehearsal of an
   * instance runs at a time; all of it takes a minute at most.
   *
   * <p>A fence that did not refuse is a result, not a failure. {@link FailureCode#OUTCOME_UNKNOWN}
   * while another rehearsal of the instance runs, or if it was not over in time; {@link
   * FailureCode#NO_ROOM} if Mooring's directory has no room for it. After a failure the record of
   * the last rehearsal stays unchanged.
   */
  Rehearsed ensureRehearsed(Rehearse request);

  record ObserveRehearsed(Call call, HostWork on) implements OnHost {}

  /**
   * The records of one host's instances.
   *
   * @param last of the instances that were rehearsed; an instance that is neither here nor in the
   *     failures was never rehearsed
   * @param failures of instances whose record can't be read
   */
  record RehearsalsObserved(
      HostName host, List<LastRehearsal> last, List<InstanceFailure> failures) {
    public RehearsalsObserved {
      last = List.copyOf(last);
      failures = List.copyOf(failures);
    }

    /** The last rehearsal of that instance; empty if there was none. */
    public Optional<LastRehearsal> of(InstanceId instance) {
      return last.stream().filter(one -> one.instance().equals(instance)).findFirst();
    }
  }

  /**
   * The last rehearsal that was completed.
   *
   * @param at by the time of the workflow that requested it, not by the host's clock
   * @param passed whether nothing that was rehearsed failed; it says nothing about the rest
   * @param run that requested it
   * @param words what refused, what did not, and what was not rehearsed
   * @param shown the proofs; a record from before this field has none
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

    /** The proofs among these that it does not show. */
    public List<Proof> lacking(List<Proof> needed) {
      return needed.stream().filter(one -> !shown.contains(one)).toList();
    }
  }

  /**
   * Requests a rehearsal.
   *
   * @param on without a Greenplum's instances, for which Mooring has no fence
   * @param at the time that is recorded
   * @param power the current result of its fence command's check for this host, which is on; one,
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

  /** What was tried for one instance, in order. */
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
   * @param words the result, or why it was not rehearsed
   */
  record Shown(Proof proof, Ended ended, String words) {}

  enum Proof {
    /** The server program itself refuses to start with the configuration fence. */
    FENCE,
    /** A launcher does not start a fenced server. */
    LAUNCHER,
    /** A launcher asks the guard, and does not start an instance that another one replaced. */
    GUARDED_LAUNCHER,
    /** The guard refuses an instance that is fenced, or not named, and no other. */
    GUARD,
    /** The guard with --this-boot refuses an instance that was named before the last boot. */
    BOOT,
    /** Patroni's pre_promote hook refuses a member that the authority file does not name. */
    HOOK,
    /** The restore gate serves nothing beyond its target, and everything before it. */
    GATE,
    /** The same instance starts if nothing refuses it; otherwise no refusal proves anything. */
    CONTROL,
    /**
     * The unit that starts the real server at boot: its own start check is read and run before the
     * scratch instance, which it must refuse as the guard does; the unit itself is never started.
     */
    UNIT,
    /** The check says on for a host that is on; otherwise its off is no proof. */
    POWER,
    /**
     * What starts the real server at boot asks the guard in such a way that it refuses an instance
     * that was named before; for a unit, its start check was run. Only for a host that a fence
     * command powers off.
     */
    AFTER_REBOOT;

    /** The proofs that a fence on a host that answers needs. */
    public static final List<Proof> OF_A_FENCE_ON_ITS_HOST = List.of(FENCE, LAUNCHER, CONTROL);

    /** The proofs that a fence by a command needs. */
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
