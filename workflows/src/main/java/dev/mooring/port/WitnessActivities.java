package dev.mooring.port;

import io.temporal.activity.ActivityInterface;
import java.util.List;

/**
 * What hosts report about a primary that may be gone: its own host about its processes, another
 * host about a connection to it. Nothing is changed, and no lock of a host is waited for.
 */
@ActivityInterface
public interface WitnessActivities {

  /**
   * Asks the host of an instance about its server's processes, that many times; each attempt begins
   * one second after the one before. No answer within two seconds is silence. It never fails
   * because of what the host does: that is the result.
   */
  HostAsked observeOnHost(AskHost request);

  /**
   * Makes the host of one instance connect to the database of another, as {@link
   * ConnectionActivities} does from a worker; it does not ask whether the server accepts writes,
   * because that host may have no password.
   *
   * <p>{@link FailureCode#HOST_PROGRAM_MISSING} if it has no program to distinguish a closed port
   * from silence.
   */
  ConnectionActivities.ConnectionTried observeFromHost(TryFromHost request);

  /**
   * The request to a host.
   *
   * @param on one instance, whose processes are asked about
   * @param times how many attempts, one after another
   */
  record AskHost(Call call, HostWork on, int times) implements OnHost {}

  /**
   * The host that connects, and its target.
   *
   * @param on one instance of the host that connects
   * @param address of the target host
   * @param port of the database there
   * @param times how many attempts, one after another
   */
  record TryFromHost(Call call, HostWork on, String address, int port, int times)
      implements OnHost {}

  /**
   * A host's answers.
   *
   * @param answers in order
   */
  record HostAsked(List<Answer> answers) {
    public HostAsked {
      answers = List.copyOf(answers);
    }
  }

  /**
   * The result of one attempt.
   *
   * @param words the answer, for people
   */
  record Answer(Witnessed.OnHost host, String words) {}
}
