package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both sides of a Greenplum: what its coordinator publishes, its copies are moored at. */
@Timeout(180)
class GreenplumMooredIT {
  private static Stage stage;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.greenplumLike(2).withInstancesPerHost(3).withWalFileMegabytes(1));
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void the_copies_are_moored_at_each_point_that_its_coordinator_made() {
    for (int point = 1; point <= 2; point++) {
      String published = stage.publish().restorePoint();
      assertThat(stage.consume().headline())
          .isEqualTo("west is moored at " + published + ": 3 of 3 instances proved");
      stage.laws().assertAll();
    }
  }
}
