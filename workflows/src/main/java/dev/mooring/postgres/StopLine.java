package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where a start's recovery stopped, by its log. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StopLine.None.class, name = "none"),
  @JsonSubTypes.Type(value = StopLine.At.class, name = "restorePoint"),
  @JsonSubTypes.Type(value = StopLine.Elsewhere.class, name = "elsewhere")
})
public sealed interface StopLine {

  /** Recovery did not log that it stopped. */
  record None() implements StopLine {
    @Override
    public <T> T match(Supplier<T> none, Function<At, T> at, Function<Elsewhere, T> elsewhere) {
      return none.get();
    }
  }

  /**
   * At a restore point.
   *
   * @param restorePoint its name
   * @param time when the point was made, by the clock of the server that made it
   */
  record At(String restorePoint, Instant time) implements StopLine {
    @Override
    public <T> T match(Supplier<T> none, Function<At, T> at, Function<Elsewhere, T> elsewhere) {
      return at.apply(this);
    }
  }

  /**
   * At something that is no restore point.
   *
   * @param reason PostgreSQL's words, such as {@code after WAL location (LSN) "0/A6D578"}
   */
  record Elsewhere(String reason) implements StopLine {
    @Override
    public <T> T match(Supplier<T> none, Function<At, T> at, Function<Elsewhere, T> elsewhere) {
      return elsewhere.apply(this);
    }
  }

  /** One answer per variant. */
  <T> T match(Supplier<T> none, Function<At, T> at, Function<Elsewhere, T> elsewhere);
}
