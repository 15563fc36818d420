package dev.mooring.wire;

import static java.util.Map.entry;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ManifestChoice;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.SiteName;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Wire types filled wholly, by their declarations: the same values on every machine, every variant
 * of a sealed type in one sample at least, every list with an element for each variant.
 */
final class PayloadSamples {
  /** What stands for itself in the field: these fit each other, as a control file demands. */
  private static final Map<Class<?>, Object> VALUES =
      Map.ofEntries(
          entry(ClusterName.class, SampleManifests.HARBOUR),
          entry(ContentId.class, new ContentId(1)),
          entry(Epoch.class, new Epoch(4)),
          entry(HostName.class, new HostName("w0")),
          entry(InstanceId.class, new InstanceId("west-1")),
          entry(Lsn.class, new Lsn(0x5000028)),
          entry(ManifestChoice.class, ManifestChoice.LATEST),
          entry(RestorePointName.class, SampleManifests.nameOf(1)),
          entry(SecretReference.class, new SecretReference("file:/etc/mooring/signing.pem")),
          entry(ServerVersion.class, new ServerVersion(15, 14)),
          entry(SiteName.class, new SiteName("west")),
          entry(SystemIdentifier.class, new SystemIdentifier(7_300_000_000_000_000_001L)),
          entry(
              TimelineHistory.class,
              TimelineHistory.parse(new TimelineId(3), "1\t0/3000110\tno recovery target\n")),
          entry(TimelineId.class, new TimelineId(3)),
          entry(WalFileName.class, new WalFileName("000000030000000000000005")),
          entry(WalSegmentSize.class, new WalSegmentSize(16L << 20)));

  private static final int WAL_BLOCK_SIZE = 8192;

  private final SortedSet<Class<?>> enumerations =
      new TreeSet<>(Comparator.comparing(Class::getName));

  /**
   * A value of a type.
   *
   * @param value what goes over the wire
   * @param variant which one of the type's variants it is, or empty where there is only one
   */
  record Sample(Object value, String variant) {}

  /** The enumerations met so far. */
  SortedSet<Class<?>> enumerations() {
    return enumerations;
  }

  /** One sample of a type, or as many as its sealed parts have variants. */
  List<Sample> of(Type type) {
    return of(type, "", 0);
  }

  private List<Sample> of(Type type, String name, int place) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      List<Sample> elements = of(list.getActualTypeArguments()[0], name, place);
      return only(elements.stream().map(Sample::value).toList());
    }
    Class<?> raw = (Class<?>) type;
    Object value = VALUES.get(raw);
    if (value != null) {
      return only(value);
    }
    if (raw.isSealed()) {
      return Arrays.stream(raw.getPermittedSubclasses())
          .sorted(Comparator.comparing(Class::getName)) // compilers list them in different orders
          .flatMap(this::variant)
          .toList();
    }
    return raw.isRecord() ? filled(raw) : only(plain(raw, name, place));
  }

  private static List<Sample> only(Object value) {
    return List.of(new Sample(value, ""));
  }

  private Stream<Sample> variant(Class<?> type) {
    return of(type).stream()
        .map(
            sample ->
                new Sample(
                    sample.value(),
                    sample.variant().isEmpty()
                        ? type.getSimpleName()
                        : type.getSimpleName() + "." + sample.variant()));
  }

  private List<Sample> filled(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    List<List<Sample>> parts = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      parts.add(of(components[i].getGenericType(), components[i].getName(), i));
    }
    List<Sample> richest =
        parts.stream().max(Comparator.comparingInt(List::size)).orElse(only(type));
    return IntStream.range(0, richest.size())
        .mapToObj(i -> new Sample(made(type, parts, i), richest.get(i).variant()))
        .toList();
  }

  private static Object made(Class<?> type, List<List<Sample>> parts, int nth) {
    Object[] arguments =
        parts.stream().map(part -> part.get(Math.min(nth, part.size() - 1)).value()).toArray();
    try {
      Constructor<?> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getType)
                  .toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no sample of " + type.getName() + " can be made", e);
    }
  }

  private Object plain(Class<?> type, String name, int place) {
    if (type.isEnum()) {
      enumerations.add(type);
      // the first is often a default, which is left out where it is written
      return type.getEnumConstants()[type.getEnumConstants().length - 1];
    }
    if (type == String.class) {
      return name;
    }
    if (type == int.class) {
      return name.equals("walBlockSize") ? WAL_BLOCK_SIZE : place + 1;
    }
    if (type == long.class) {
      return (1L << 33) + place;
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == Instant.class) {
      return SampleManifests.at(place);
    }
    if (type == Duration.class) {
      return Duration.ofSeconds(30L + place);
    }
    throw new IllegalStateException("no sample of " + type.getName() + ", field '" + name + "'");
  }
}
