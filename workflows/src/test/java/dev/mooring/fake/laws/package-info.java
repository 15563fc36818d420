/** The laws of a mooring as checks over the fake's truth, each with a broken world it catches. */
@NullMarked
package dev.mooring.fake.laws;

import org.jspecify.annotations.NullMarked;
