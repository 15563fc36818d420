package dev.mooring.activities.evidence;

import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Token;
import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ReceiptHead;
import dev.mooring.port.Call;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest receipt that hosts of a cluster recorded. All are asked at once, and for a bounded
 * time: a host that does not answer by then is left out, and may still record.
 */
public final class ReceiptHeads {
  private static final Logger log = LoggerFactory.getLogger(ReceiptHeads.class);

  /** What stands before a receipt that a host recorded and the store lacks. */
  static final String CUT = "evidence was cut at its end: ";

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(DaemonThreads.named("receipt-head"));

  /** For those who ask beside what they do anyway. */
  static final Duration BESIDE = Duration.ofSeconds(1);

  private final HostShell shell;
  private final ClusterName cluster;
  private final Duration within;

  /**
   * @param within how long all hosts together are waited for
   */
  public ReceiptHeads(HostShell shell, ClusterName cluster, Duration within) {
    this.shell = shell;
    this.cluster = cluster;
    this.within = within;
  }

  /** What these hosts recorded; a host without a record is left out. */
  public List<ReceiptHead> read(List<Host> hosts) {
    return begin(hosts).get();
  }

  /** Begins to ask hosts; the answers are those of {@link #read}. */
  Supplier<List<ReceiptHead>> begin(List<Host> hosts) {
    return begin(hosts, script -> script.call("report_head", List.of()));
  }

  /**
   * A sentence for each recorded receipt that is not in the store any more, and each record that
   * can't be read. Nothing is said of a receipt that can't be read in the store: only {@code
   * mooring verify} fails on it.
   *
   * @param before stands before a receipt
   * @param digests those of the receipts in the store, by their number, read after the hosts
   */
  static List<String> faults(
      String before, List<ReceiptHead> heads, LongFunction<Optional<String>> digests) {
    LongFunction<Optional<String>> once = once(digests);
    List<String> sentences = new ArrayList<>();
    for (ReceiptHead head : heads) {
      try {
        head.fault(once).map(why -> sentence(before, head, why)).ifPresent(sentences::add);
      } catch (RuntimeException unread) {
        log.warn("receipt {} was not compared with host {}", head.sequence(), head.host(), unread);
      }
    }
    return sentences;
  }

  private static String sentence(String before, ReceiptHead head, String why) {
    return head.isRead() ? before + head.document() + ": " + why : why;
  }

  /** Reads each receipt once, however many hosts recorded it. */
  private static LongFunction<Optional<String>> once(LongFunction<Optional<String>> digests) {
    Map<Long, Optional<String>> read = new HashMap<>();
    return sequence -> read.computeIfAbsent(sequence, digests::apply);
  }

  /**
   * Records a written receipt on hosts. The record of a receipt that the store lacks, and one that
   * can't be read, stays until a person removes it: no later run hides what happened.
   *
   * @param sha256 the digest of the receipt's bytes
   * @param digests those of the receipts in the store, by their number
   * @return a sentence for each host whose record stays
   */
  List<String> record(
      List<Host> hosts,
      ChainedReceipt written,
      String sha256,
      LongFunction<Optional<String>> digests) {
    LongFunction<Optional<String>> once = once(digests);
    List<String> sentences = new ArrayList<>();
    List<Supplier<List<ReceiptHead>>> behind = new ArrayList<>();
    long before = written.sequence() - 1;
    String previous = written.previousSha256();
    for (ReceiptHead there : begin(hosts, put(written, sha256, before, previous)).get()) {
      boolean known = there.sequence() == before && there.sha256().equals(previous);
      Optional<String> fault = known ? Optional.empty() : there.fault(once);
      fault.map(why -> sentence(CUT, there, why)).ifPresent(sentences::add);
      if (!known && fault.isEmpty() && there.sequence() < written.sequence()) {
        behind.add(
            begin(
                hosts.stream().filter(host -> host.name().equals(there.host())).toList(),
                put(written, sha256, there.sequence(), there.sha256())));
      }
    }
    behind.stream().map(Supplier::get).forEach(one -> log.debug("recorded behind {}", one));
    return sentences;
  }

  private static Consumer<Script> put(
      ChainedReceipt written, String sha256, long replaced, String replacedSha256) {
    return script ->
        script.call(
            "record_head",
            List.of(
                String.valueOf(written.sequence()),
                sha256,
                String.valueOf(replaced),
                replacedSha256));
  }

  private Supplier<List<ReceiptHead>> begin(List<Host> hosts, Consumer<Script> what) {
    long end = System.nanoTime() + within.toNanos();
    List<Future<Optional<ReceiptHead>>> asked =
        hosts.stream().map(host -> THREADS.submit(() -> asked(host, what))).toList();
    return () -> answers(asked, end);
  }

  private List<ReceiptHead> answers(List<Future<Optional<ReceiptHead>>> asked, long end) {
    List<ReceiptHead> heads = new ArrayList<>();
    for (Future<Optional<ReceiptHead>> one : asked) {
      try {
        one.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS).ifPresent(heads::add);
      } catch (ExecutionException | TimeoutException silent) {
        log.debug("a host of {} did not answer with its newest receipt", cluster, silent);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return heads;
      }
    }
    return heads;
  }

  private Optional<ReceiptHead> asked(Host host, Consumer<Script> what) {
    Script script = Script.of("receipt head", ReceiptHeads.class, List.of("head.sh"));
    what.accept(
        Token.inCluster(script, new Call(cluster, "mooring", "RECEIPT", 0, Epoch.NONE), host));
    String line = shell.run(host, script, within).host().text("evidence_head");
    return line.isEmpty() ? Optional.empty() : Optional.of(ReceiptHead.parse(host.name(), line));
  }
}
