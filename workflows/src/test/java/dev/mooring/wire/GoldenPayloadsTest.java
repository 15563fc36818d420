package dev.mooring.wire;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.runbook.Decision;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.check.CheckRequest;
import dev.mooring.runbook.consume.ConsumeRequest;
import dev.mooring.runbook.failback.FailbackRequest;
import dev.mooring.runbook.failover.FailoverRequest;
import dev.mooring.runbook.publish.PublishRequest;
import dev.mooring.runbook.replication.ReplicationRequest;
import dev.mooring.runbook.resilver.ResilverRequest;
import dev.mooring.runbook.startprimary.StartPrimaryRequest;
import dev.mooring.runbook.status.StatusRequest;
import dev.mooring.runbook.switchover.SwitchoverRequest;
import dev.mooring.runbook.watch.PauseRequest;
import dev.mooring.runbook.watch.WatchRequest;
import dev.mooring.wire.PayloadSamples.Sample;
import io.temporal.activity.ActivityInterface;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that a workflow or an activity takes or gives stands in histories that outlive the
 * code: each is written today as its golden file says, and the file is read back as it was.
 */
class GoldenPayloadsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String REGENERATE = "mooring.golden.regenerate";
  private static final ObjectMapper MAPPER = RunbookDataConverter.mapper();
  private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");
  private static final List<Class<? extends Annotation>> MESSAGES =
      List.of(WorkflowMethod.class, QueryMethod.class, UpdateMethod.class, SignalMethod.class);
  private static final String DECISION =
      "{'decision':'approve','by':'alice','digest':'4f2a91c0','reason':'the drill is over',"
          + "'signature':'"
          + "A".repeat(86)
          + "==','at':'2026-02-01T18:18:40Z'}";

  /** What a person types, with every field that is accepted, in the order it is read. */
  private static final Map<String, Request> REQUESTS =
      Map.ofEntries(
          entry(
              "ClusterCheckWorkflow.check",
              new Request("{'cluster':'harbour','fences':'rehearse'}", CheckRequest::of)),
          entry(
              "ClusterStatusWorkflow.look",
              new Request("{'cluster':'harbour','receipts':5,'documents':2}", StatusRequest::of)),
          entry(
              "DrConsumeWorkflow.consume",
              new Request(
                  "{'cluster':'harbour','site':'west','target':'sync_point_20261120_080000_aa','mode':'plan','overrides':'torn','systemIdentifierEnds':'0815','patience':'PT30S','by':'alice','reason':'the"
                      + " quarterly drill'}",
                  ConsumeRequest::of)),
          entry(
              "PublishCycleWorkflow.publish",
              new Request(
                  "{'cluster':'harbour','mode':'execute','switchWal':'off','overrides':'wal-gap','by':'alice',"
                      + "'reason':'before the release'}",
                  PublishRequest::of)),
          entry(
              "ReplicationSetupWorkflow.setUp",
              new Request(
                  "{'cluster':'strait','act':'setup','instances':'west-0,east-1','mode':'execute','digest':'4f2a91c0','overrides':'other-writer','relax':false,'by':'alice','reason':'the"
                      + " new disks','incident':'2026-11-28T06:00:00Z'}",
                  ReplicationRequest::of)),
          entry(
              "SwitchoverWorkflow.switchOver",
              new Request(
                  "{'cluster':'strait','to':'west-0','mode':'execute','digest':'4f2a91c0','overrides':'siblings,logical-slots','detach':'east-1','systemIdentifierEnds':'0001','by':'alice','reason':'new"
                      + " kernel'}",
                  SwitchoverRequest::of)),
          entry(
              "FailoverWorkflow.failOver",
              new Request(
                  "{'cluster':'strait','to':'west-0','from':'east-0','when':'now','mode':'execute','digest':'4f2a91c0','overrides':'primary-gone','lost':'its"
                      + " disks were"
                      + " shredded','systemIdentifierEnds':'0001','by':'alice','reason':'the"
                      + " flood'}",
                  FailoverRequest::of)),
          entry(
              "StartPrimaryWorkflow.start",
              new Request(
                  "{'cluster':'strait','instance':'east-0','mode':'execute','digest':'4f2a91c0','overrides':'other-side-silent','systemIdentifierEnds':'0001','by':'alice','reason':'west"
                      + " is shut for good','boot':'b2'}",
                  StartPrimaryRequest::of)),
          entry(
              "FailbackWorkflow.failBack",
              new Request(
                  "{'cluster':'strait','to':'east','mode':'execute','digest':'4f2a91c0','catchUpWithin':'PT3H','overrides':'other-writer,siblings','detach':'east-1','systemIdentifierEnds':'0001','by':'alice','reason':'east"
                      + " is fixed'}",
                  FailbackRequest::of)),
          entry(
              "ResilverWorkflow.resilver",
              new Request(
                  "{'cluster':'strait','instances':'east-1,"
                      + " west-0','mode':'execute','digest':'4f2a91c0','overrides':'newer-timeline','systemIdentifierEnds':'0001','by':'alice','reason':'after"
                      + " the failover','incident':'2026-11-28T06:00:00Z'}",
                  ResilverRequest::of)),
          entry(
              "ReplicationWatchWorkflow.watch",
              new Request(
                  "{'cluster':'strait','by':'alice','reason':'new"
                      + " disks','paused':true,'until':'PT2H'}",
                  raw -> WatchRequest.of(raw, Instant.EPOCH))),
          entry(
              "ReplicationWatchWorkflow.pause",
              new Request(
                  "{'by':'alice','reason':'new disks','until':'PT2H'}",
                  raw -> PauseRequest.ofPause(raw, Instant.EPOCH))),
          entry(
              "ReplicationWatchWorkflow.resume",
              new Request("{'by':'alice','reason':'they are in'}", PauseRequest::ofResume)),
          entry("RunMessages.decide", new Request(DECISION, Decision::of)),
          entry("RunMessages.decideBySignal", new Request(DECISION, Decision::of)));

  private static final SortedMap<String, Payload> PAYLOADS = new TreeMap<>();

  static {
    PayloadSamples samples = new PayloadSamples();
    for (Method method : methods()) {
      String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
      Type[] arguments = method.getGenericParameterTypes();
      for (int at = 0; at < arguments.length; at++) {
        add(name, at == 0 ? ".argument" : ".argument" + (at + 1), arguments[at], samples);
      }
      Class<?> result = method.getReturnType();
      if (method.isAnnotationPresent(WorkflowMethod.class)) { // several answer one type
        add("result.", result.getSimpleName(), result, samples);
      } else {
        add(name, ".result", method.getGenericReturnType(), samples);
      }
    }
    samples
        .enumerations()
        .forEach(
            (Class<?> each) ->
                PAYLOADS.put(
                    "enumeration." + each.getName().replaceFirst(".*\\.", "").replace('$', '.'),
                    new Payload(
                        MAPPER.getTypeFactory().constructCollectionType(List.class, each),
                        List.of(each.getEnumConstants()))));
  }

  private record Request(String typed, Function<RawRequest, ?> bind) {}

  private record Payload(JavaType type, Object value) {}

  private static void add(String method, String side, Type type, PayloadSamples samples) {
    if (type == void.class || type == String.class) {
      return;
    }
    JavaType javaType = MAPPER.constructType(type);
    if (type == RawRequest.class) {
      Request request = REQUESTS.get(method);
      if (request != null) {
        PAYLOADS.put(method + side, new Payload(javaType, Typed.json(request.typed())));
      }
      return;
    }
    for (Sample sample : samples.of(type)) {
      String variant = sample.variant().isEmpty() ? "" : "." + sample.variant();
      PAYLOADS.put(method + side + variant, new Payload(javaType, sample.value()));
    }
  }

  /** Every method that carries payloads, from the compiled interfaces. */
  private static List<Method> methods() {
    try {
      Path classes =
          Path.of(
              RunbookDataConverter.class
                  .getProtectionDomain()
                  .getCodeSource()
                  .getLocation()
                  .toURI());
      return Stream.of("dev/mooring/port", "dev/mooring/runbook")
          .flatMap(part -> interfaces(classes, classes.resolve(part)))
          .flatMap(type -> Arrays.stream(type.getMethods()))
          .filter(GoldenPayloadsTest::carries)
          .toList();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the classes stand in no directory", e);
    }
  }

  private static Stream<Class<?>> interfaces(Path classes, Path part) {
    try (Stream<Path> files = Files.walk(part)) {
      return files
          .map(file -> classes.relativize(file).toString())
          .filter(file -> file.endsWith(".class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .<Class<?>>map(GoldenPayloadsTest::named)
          .filter(type -> type.isInterface() && type.getEnclosingClass() == null)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> named(String name) {
    try {
      return Class.forName(name, false, GoldenPayloadsTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("a compiled class can be loaded", e);
    }
  }

  private static boolean carries(Method method) {
    return method.getDeclaringClass().isAnnotationPresent(ActivityInterface.class)
        || MESSAGES.stream().anyMatch(method::isAnnotationPresent);
  }

  static Stream<String> names() {
    return PAYLOADS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_payload_is_written_and_read_as_its_golden_file_says(String name) throws IOException {
    Payload payload = Objects.requireNonNull(PAYLOADS.get(name));
    Path file = GOLDEN.resolve(name + ".json");
    String written = written(payload.value());
    if (Boolean.getBoolean(REGENERATE)) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, written);
    }
    assertThat(file).as("missing %s; write it with -D%s=true", file, REGENERATE).exists();
    assertThat(written)
        .as(
            "%s: histories hold it otherwise; if they can still be read, write it with -D%s=true",
            file, REGENERATE)
        .isEqualTo(Files.readString(file));
    Object back = MAPPER.readValue(file.toFile(), payload.type());
    assertThat(back).isEqualTo(payload.value());
  }

  @Test
  void no_golden_file_is_of_no_payload() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      assertThat(files.map(file -> file.getFileName().toString().replaceFirst("[.]json$", "")))
          .filteredOn(name -> !PAYLOADS.containsKey(name))
          .as("golden files to delete: no method takes or gives what they hold")
          .isEmpty();
    }
  }

  @Test
  void a_golden_request_has_every_field_that_is_accepted_and_no_other() {
    REQUESTS.forEach(
        (method, request) -> {
          RawRequest raw = Typed.json(request.typed());
          assertThat(request.bind().apply(raw)).as(method).isNotNull();
          String known = String.join(", ", (Iterable<String>) () -> fields(raw));
          ObjectNode more = raw.json().deepCopy();
          more.put("stray", true);
          ApplicationFailure refusal =
              catchThrowableOfType(
                  ApplicationFailure.class, () -> request.bind().apply(new RawRequest(more)));
          assertThat(refusal.getOriginalMessage())
              .as(method)
              .startsWith("request refused: unknown field 'stray'")
              .endsWith("known: " + known + ")");
        });
  }

  private static Iterator<String> fields(RawRequest raw) {
    return raw.json().fieldNames();
  }

  private static String written(Object value) throws JsonProcessingException {
    DefaultPrettyPrinter lines =
        new DefaultPrettyPrinter().withObjectIndenter(INDENT).withArrayIndenter(INDENT);
    return MAPPER.writer(lines).writeValueAsString(value) + "\n";
  }
}
