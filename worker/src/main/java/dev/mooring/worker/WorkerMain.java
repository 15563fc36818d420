package dev.mooring.worker;

import dev.mooring.quoting.Printable;
import dev.mooring.wire.JsonLimits;
import dev.mooring.worker.WorkerArguments.UsageException;
import dev.mooring.worker.hooks.HookFile;
import dev.mooring.worker.hooks.HookServer;
import dev.mooring.worker.page.ClusterPages;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program {@code mooring-worker}. */
public final class WorkerMain {
  private static final String LOGBACK_FILE = "logback.configurationFile";
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final Duration PAGE_WITHIN = Duration.ofSeconds(12);
  private static final long STOPPED_WITHIN_SECONDS = 30;

  private WorkerMain() {}

  /** Runs until SIGTERM or SIGINT. */
  public static void main(String[] arguments) {
    JsonLimits.set();
    int status = run(List.of(arguments), System.getenv(), System.out, System.err);
    if (status != 0) {
      System.exit(status);
    }
  }

  private static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (arguments.contains("--help")) {
      out.print(WorkerArguments.USAGE);
      return 0;
    }
    if (arguments.contains("--version")) {
      out.println("mooring-worker " + release().orElse("unpackaged"));
      return 0;
    }
    try {
      serve(WorkerArguments.read(arguments, environment), environment);
      return 0;
    } catch (UsageException unusable) {
      err.println(unusable.getMessage());
      err.print(WorkerArguments.USAGE);
      return USAGE;
    } catch (StartRefused refused) {
      err.println("mooring-worker: " + Printable.escaped(String.valueOf(refused.getMessage())));
      err.println("HINT: " + refused.hint());
      return FAILED;
    } catch (RuntimeException unexpected) {
      // threads of libraries would keep a worker that serves nothing alive, and unnoticed
      log().error("the worker ends, unexpected", unexpected);
      return FAILED;
    }
  }

  /** The log's form must be set before the first logger is made. */
  private static void logAs(WorkerConfig.LogFormat format) {
    if (format == WorkerConfig.LogFormat.JSON && System.getProperty(LOGBACK_FILE) == null) {
      System.setProperty(LOGBACK_FILE, "logback-json.xml");
    }
  }

  private static Logger log() {
    return LoggerFactory.getLogger(WorkerMain.class);
  }

  private static void serve(WorkerConfig config, Map<String, String> environment) {
    logAs(config.log());
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    try (WorkerMetrics metrics = new WorkerMetrics();
        TemporalService temporal =
            TemporalService.connect(config.temporal(), environment, metrics.scope())) {
      log().info("mooring-worker {}: {}", release().orElse("unpackaged"), config);
      RegisteredAttributes.require(temporal.client());
      Optional<HookFile> hookFile = hookFile(config);
      Path home = Path.of(System.getProperty("user.home"));
      EvidenceMetrics evidence = metrics.ofEvidence(config.figures().reference());
      try (MooringWorker worker =
              new MooringWorker(
                  temporal.client(), config, environment, home, metrics.interceptors(evidence));
          EvidenceWatch watch =
              EvidenceWatch.begin(
                  config.figures().evidenceEvery(), config.sites(), worker.adapters(), evidence);
          WatchFigures watches = WatchFigures.begin(temporal.client(), worker.adapters());
          ClusterPages pages = pages(temporal, worker, hookFile);
          WorkerHttp http = http(config, temporal, worker, metrics, pages);
          Hooks hooks = hooks(hookFile, environment, temporal, worker, metrics)) {
        worker.report(metrics.registry());
        metrics.ofWatches(watches::all);
        log().info("serving {} of Temporal {}; {}; {}", worker.queues(), temporal, watch, hooks);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, stopped), "shutdown"));
        stop.await();
        log().info("stopping ({}): running activities have 20 s", http);
      }
    } catch (InterruptedException nobodyInterruptsMain) {
      throw new IllegalStateException(nobodyInterruptsMain);
    } finally {
      stopped.countDown();
    }
  }

  private static ClusterPages pages(
      TemporalService temporal, MooringWorker worker, Optional<HookFile> hookFile) {
    Adapters adapters = worker.adapters();
    return new ClusterPages(
        temporal.client(),
        adapters.clusterFiles(),
        adapters.runs(),
        hookFile.map(HookFile::webUi).orElse(""),
        PAGE_WITHIN);
  }

  private static WorkerHttp http(
      WorkerConfig config,
      TemporalService temporal,
      MooringWorker worker,
      WorkerMetrics metrics,
      ClusterPages pages) {
    return WorkerHttp.serve(
        config.http(),
        new WorkerHttp.Answers(
            metrics::text,
            () -> health(temporal, worker),
            worker.adapters().observedRoles()::is,
            pages::page,
            config.temporal().codecOrigins()));
  }

  /** Read before anything is served. */
  private static Optional<HookFile> hookFile(WorkerConfig config) {
    if (config.hooks().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(HookFile.read(config.hooks().get()));
    } catch (HookFile.Unusable unusable) {
      throw refused(unusable);
    }
  }

  /** The calls that are taken, if any are. */
  private record Hooks(Optional<HookServer> server) implements AutoCloseable {
    @Override
    public String toString() {
      return server.map(on -> "hooks on port " + on.port()).orElse("no hooks");
    }

    @Override
    public void close() {
      server.ifPresent(HookServer::close);
    }
  }

  /** Takes calls if a file of hooks is given; else nothing. */
  private static Hooks hooks(
      Optional<HookFile> file,
      Map<String, String> environment,
      TemporalService temporal,
      MooringWorker worker,
      WorkerMetrics metrics) {
    if (file.isEmpty()) {
      return new Hooks(Optional.empty());
    }
    try {
      return new Hooks(
          Optional.of(
              new HookServer(
                  file.get(),
                  temporal.client(),
                  name -> Optional.ofNullable(environment.get(name)),
                  worker.adapters().clusterFiles()::isThere,
                  metrics.registry())));
    } catch (IOException | RuntimeException unusable) {
      throw refused(unusable);
    }
  }

  private static StartRefused refused(Exception unusable) {
    return new StartRefused(
        String.valueOf(unusable.getMessage()),
        "correct the file of --hooks (MOORING_HOOKS), or start without it");
  }

  /** Called when the process is to end, which it does when this returns. */
  private static void end(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      if (!stopped.await(STOPPED_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        log().warn("not stopped within {} s; ending all the same", STOPPED_WITHIN_SECONDS);
      }
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  private static Health health(TemporalService temporal, MooringWorker worker) {
    return new Health(worker.isServing(), temporal.says(), worker.queues());
  }

  /** The version of the jar; none if classes are run without one. */
  static Optional<String> release() {
    return Optional.ofNullable(WorkerMain.class.getPackage().getImplementationVersion());
  }
}
