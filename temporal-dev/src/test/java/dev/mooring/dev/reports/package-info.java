/** What the launchers read of a build's reports. */
@NullMarked
package dev.mooring.dev.reports;

import org.jspecify.annotations.NullMarked;
