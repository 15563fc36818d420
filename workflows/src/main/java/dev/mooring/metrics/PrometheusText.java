package dev.mooring.metrics;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prometheus's text form, version 0.0.4: each figure's help and type once, its samples together.
 * All are gauges.
 */
public final class PrometheusText {
  private PrometheusText() {}

  /** The samples, in the order in which their names first come. */
  public static String of(List<Sample> samples) {
    Map<String, List<Sample>> byName = new LinkedHashMap<>();
    samples.forEach(one -> byName.computeIfAbsent(one.name(), n -> new ArrayList<>()).add(one));
    StringBuilder text = new StringBuilder();
    byName.forEach(
        (name, all) -> {
          text.append("# HELP ").append(name).append(' ').append(escaped(all.get(0).help()));
          text.append("\n# TYPE ").append(name).append(" gauge\n");
          all.forEach(one -> text.append(line(one)).append('\n'));
        });
    return text.toString();
  }

  private static String line(Sample sample) {
    String labels =
        sample.labels().stream()
            .map(l -> l.name() + "=\"" + escaped(l.value()).replace("\"", "\\\"") + "\"")
            .collect(Collectors.joining(","));
    return sample.name() + (labels.isEmpty() ? " " : "{" + labels + "} ") + number(sample.value());
  }

  private static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    }
    String plain = BigDecimal.valueOf(value).toPlainString();
    return plain.endsWith(".0") ? plain.substring(0, plain.length() - 2) : plain;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }
}
