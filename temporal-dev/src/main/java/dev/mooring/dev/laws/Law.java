package dev.mooring.dev.laws;

import java.util.List;

/** One law as a check of a lab in its present state. */
interface Law {
  /** Its number in the list of laws. */
  int number();

  /** The facts that break it; empty if it holds. */
  List<String> against(Observed observed);
}
