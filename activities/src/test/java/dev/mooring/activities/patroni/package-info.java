@NullMarked
package dev.mooring.activities.patroni;

import org.jspecify.annotations.NullMarked;
