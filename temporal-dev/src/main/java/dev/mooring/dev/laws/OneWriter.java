package dev.mooring.dev.laws;

import dev.mooring.dev.prober.WritableSeen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Law 1: never two writable instances for one content. Two instances of a content that both
 * accepted writes did so one after the other, or the law is broken: an instance that is the primary
 * once more writes on another timeline then.
 */
final class OneWriter {
  private OneWriter() {}

  static List<String> against(List<WritableSeen> seen) {
    TreeMap<String, Span> spans = new TreeMap<>();
    for (WritableSeen one : seen) {
      spans.merge(
          one.instance() + " " + one.timeline(),
          new Span(one.instance(), one.content(), one.asked(), one.acknowledged()),
          Span::with);
    }
    List<String> against = new ArrayList<>();
    List<Span> all = List.copyOf(spans.values());
    for (int i = 0; i < all.size(); i++) {
      for (Span other : all.subList(i + 1, all.size())) {
        if (all.get(i).overlaps(other)) {
          against.add(
              "%s and %s both accepted writes of content %d"
                  .formatted(all.get(i).instance(), other.instance(), other.content()));
        }
      }
    }
    return against;
  }

  private record Span(String instance, int content, Instant first, Instant last) {
    Span with(Span other) {
      return new Span(
          instance,
          content,
          first.isBefore(other.first) ? first : other.first,
          last.isAfter(other.last) ? last : other.last);
    }

    boolean overlaps(Span other) {
      return !instance.equals(other.instance)
          && content == other.content
          && !first.isAfter(other.last)
          && !other.first.isAfter(last);
    }
  }
}
