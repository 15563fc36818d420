/** Instances as their hosts see them: processes, control files, configuration, starts and stops. */
@NullMarked
package dev.mooring.activities.instance;

import org.jspecify.annotations.NullMarked;
