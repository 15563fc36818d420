/** A whole cluster in memory, behind every port, for the tests of decisions and runbooks. */
@NullMarked
package dev.mooring.fake;

import org.jspecify.annotations.NullMarked;
