/** What hosts report about a primary that may be gone. */
@NullMarked
package dev.mooring.activities.witness;

import org.jspecify.annotations.NullMarked;
