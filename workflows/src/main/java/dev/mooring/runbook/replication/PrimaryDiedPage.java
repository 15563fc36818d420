package dev.mooring.runbook.replication;

import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page docs/operations/the-primary-died.md, with the commands of one cluster. */
public final class PrimaryDiedPage {
  /** The page of the cluster strait, whose primary is east-0. */
  public static final String TEXT =
      """
      # The primary died

      What to type, in this order. `strait` is your cluster, `east-0` the dead primary. [How to decide](deciding.md) has each answer in full.

      1. **Look.** It changes nothing, and takes some 10 s.

         ```
         mooring plan failover strait
         ```

         Without Temporal or workers: `mooring plan failover strait --by-hand`, the same from your machine, with the commands to type.

      2. **Decide** by the verdict: it is after the primary's id in the first line, or under `observed:`, in the line *observe the primary from several witnesses …*.

         | verdict | do |
         | --- | --- |
         | `POSTMASTER_DEAD` | start it again, if its disk is well: `mooring plan start-primary strait`, then `mooring start-primary strait --digest DIGEST --reason WHY`; it loses nothing. Otherwise step 3 |
         | `FROZEN`, `ORPHANS` | step 3 |
         | `HOST_DEAD` | get its SSH back, or make sure that its host stays off until step 5. Then plan again with `--override after-reboot --reason WHY`; if the plan names no fence, also with `--lost 'east-0 is lost: HOW YOU KNOW'` |
         | `WRITES` | no failover; `mooring status strait` |
         | `SLOW` | `mooring status strait`; if it hangs and can't be freed: plan again with `--override primary-gone --reason WHY` |
         | `CUT_OFF` | no failover; repair the network |
         | `TURNS_AWAY` | wait for its recovery; look at its log, its disk, `max_connections` |
         | `UNKNOWN` | look yourself; it never means dead. If you know that it can't write: as `HOST_DEAD`, overriding `primary-gone,after-reboot` |

      3. **Read what would be lost**, in the column *lost with it*. *No commit that was acknowledged*: continue. *Unknown*, or too many bytes: ask who may decide that, and plan again with the override that it names.

      4. **Approve** exactly that plan. Repeat each `--to`, `--from`, `--lost` and `--override` that it was made with. Another person approves too, if the plan asks for two.

         ```
         mooring failover strait --digest DIGEST --reason WHY
         ```

         At a terminal it asks for the last four digits of the system identifier; `mooring whois strait` shows them.

         If an alert started the run already, as in [one such night](../on-call.md), it waits with its plan: `mooring follow RUN`, then `mooring approve RUN --digest DIGEST --reason WHY`. If it says `approving this plan overrides after-reboot`, first make sure that the host stays off.

         If another run has the lock, end that run as shown, and type this again. If it *holds*, its last line is the next command. Before PROMOTE, `mooring roll-back RUN --reason WHY` ends it with nothing promoted.

      5. **Afterwards.** The old primary is fenced and stays down. Power its host on only if nothing starts its server as a primary. Until it follows again there is one standby less:

         ```
         mooring status strait
         mooring plan resilver strait --instances east-0
         mooring resilver strait --instances east-0 --digest DIGEST --reason WHY
         ```

         The resilver keeps and lists what only the old primary had.
      """;

  private static final Pattern LINK = Pattern.compile("\\[([^\\]]+)\\]\\(([^)]+)\\)");
  private static final Pattern NAME = Pattern.compile("\\b(?:strait|east-0)\\b");

  private PrimaryDiedPage() {}

  /** The page for that cluster; a link names the page it leads to. */
  static String of(ClusterName cluster, InstanceId primary) {
    String unlinked =
        LINK.matcher(TEXT).replaceAll(link -> link.group(1) + " (" + page(link.group(2)) + ")");
    return NAME.matcher(unlinked)
        .replaceAll(
            name ->
                Matcher.quoteReplacement(
                    name.group().equals("strait") ? cluster.value() : primary.value()));
  }

  private static String page(String link) {
    return link.startsWith("../") ? "docs/" + link.substring(3) : "docs/operations/" + link;
  }
}
