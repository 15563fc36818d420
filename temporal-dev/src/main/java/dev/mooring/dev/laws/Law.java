package dev.mooring.dev.laws;

import java.util.List;

/** One law as a check of a lab as it stands. */
interface Law {
  /** Its number in the list of laws. */
  int number();

  /** What speaks against it; nothing if it holds. */
  List<String> against(Observed observed);
}
