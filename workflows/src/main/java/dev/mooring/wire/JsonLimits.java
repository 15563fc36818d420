package dev.mooring.wire;

import com.fasterxml.jackson.core.StreamReadConstraints;

/** What a JSON document that somebody else wrote may have, so that reading it ends no process. */
public final class JsonLimits {
  /** Each value, name and bracket is one; a million empty objects take some 60 MB. */
  public static final int TOKENS_AT_MOST = 1_000_000;

  private JsonLimits() {}

  /** Sets it for every reader that is made from now on, the Temporal SDK's too. */
  public static void set() {
    StreamReadConstraints.overrideDefaultStreamReadConstraints(
        StreamReadConstraints.builder().maxTokenCount(TOKENS_AT_MOST).build());
  }
}
