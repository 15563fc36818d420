package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** One instance and its copy, moored at a first point before each test. */
abstract class MooredInstance {
  static Stage stage;
  static Sites sites;
  static LabInstance west;
  static String first;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    west = sites.west(0);
    first = stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }
}
