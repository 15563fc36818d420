package dev.mooring.port;

import io.temporal.activity.ActivityInterface;
import java.util.List;

/**
 * What hosts report of a primary that may be gone: its own host of its processes, and another one
 * of the way to it. Nothing is changed, and no lock of a host is waited for.
 */
@ActivityInterface
public interface WitnessActivities {

  /**
   * Asks the host of an instance how the processes of its server stand, so often; each time begins
   * a second after the one before. What comes to nothing within two seconds is silence. It never
   * fails for what the host does, or leaves undone: that is what is reported.
   */
  HostAsked observeOnHost(AskHost request);

  /**
   * Makes the host of one instance connect to the database of another, as {@link KnockActivities}
   * does from a worker; whether it accepts writes is not asked, for that host may have no password.
   *
   * <p>{@link FailureCode#HOST_PROGRAM_MISSING} if it has no program to distinguish a closed port
   * from silence.
   */
  KnockActivities.Knocked observeFromHost(KnockFromHost request);

  /**
   * Which host is asked.
   *
   * @param on one instance, the one that is asked about
   * @param times how often, one after another
   */
  record AskHost(Call call, HostWork on, int times) implements OnHost {}

  /**
   * The host that connects, and its target.
   *
   * @param on one instance of the host that connects
   * @param address of the host that is connected to
   * @param port of the database there
   * @param times how often, one after another
   */
  record KnockFromHost(Call call, HostWork on, String address, int port, int times)
      implements OnHost {}

  /**
   * What a host said.
   *
   * @param answers in their order
   */
  record HostAsked(List<Answer> answers) {
    public HostAsked {
      answers = List.copyOf(answers);
    }
  }

  /**
   * The result of one question.
   *
   * @param words what was said, for people
   */
  record Answer(Witnessed.OnHost host, String words) {}
}
