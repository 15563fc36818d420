package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A standby whose promotion, once requested, stops halfway until it is released: its new timeline
 * has begun, {@code standby.signal} is gone, and it accepts no writes yet.
 */
public final class SlowPromotion {
  private final Path held;
  private final Path begun;

  private SlowPromotion(LabInstance standby) {
    held = standby.dataDirectory().resolve("lab.promotion.held");
    begun = standby.dataDirectory().resolve("lab.promotion.begun");
  }

  /** From now on its promotion does so. */
  public static SlowPromotion of(Lab lab, LabInstance standby) {
    SlowPromotion promotion = new SlowPromotion(standby);
    try (Connection connection = lab.connect(standby);
        Statement statement = connection.createStatement()) {
      Files.createFile(promotion.held);
      statement.execute(
          "ALTER SYSTEM SET recovery_end_command = ': >%s; while [ -e %s ]; do sleep 0.05; done'"
              .formatted(promotion.begun.getFileName(), promotion.held.getFileName()));
      statement.execute("SELECT pg_reload_conf()");
    } catch (SQLException | IOException e) {
      throw new LabFailure("could not slow down the promotion of " + standby.id(), e);
    }
    return promotion;
  }

  /** Whether it has stopped halfway. */
  public boolean hasBegun() {
    return Files.exists(begun);
  }

  /** Makes it go on, and end. */
  public void goOn() {
    try {
      Files.deleteIfExists(held);
    } catch (IOException e) {
      throw new LabFailure("could not remove " + held, e);
    }
  }
}
