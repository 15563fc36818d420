/** The right to write, as hosts of instances keep it: authority, fence, promotion, following. */
@NullMarked
package dev.mooring.activities.role;

import org.jspecify.annotations.NullMarked;
