/** Data directories made anew: read, their WAL kept, rewound, copied, put in their place. */
@NullMarked
package dev.mooring.activities.copy;

import org.jspecify.annotations.NullMarked;
