package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.port.FailureCode;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.failure.ApplicationFailure;
import java.util.function.Function;

/** Requests as a person types them. */
public final class Typed {
  /** One for all requests: it takes longer to make one than to read by it. */
  private static final ObjectMapper JSON = RunbookDataConverter.mapper();

  private Typed() {}

  /** JSON typed with single quotes. */
  public static RawRequest json(String text) {
    try {
      return new RawRequest(JSON.readTree(text.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** The request of a run that has to be told its mode; where none stands there, it plans. */
  public static RawRequest run(String text) {
    return json(text.contains("'mode'") ? text : text.replaceFirst("}$", ",'mode':'plan'}"));
  }

  /** That request is refused, with these problems and no others. */
  public static void refused(Function<RawRequest, ?> bind, String text, String problems) {
    ApplicationFailure failure =
        catchThrowableOfType(ApplicationFailure.class, () -> bind.apply(json(text)));
    assertThat(failure.getOriginalMessage()).isEqualTo("request refused: " + problems);
    assertThat(failure.getType()).isEqualTo(FailureCode.BAD_INPUT.name());
    assertThat(failure.isNonRetryable()).isTrue();
  }
}
