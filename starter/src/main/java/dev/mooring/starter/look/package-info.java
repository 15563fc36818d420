/** What the command line sees for itself: evidence, hosts and servers, each with a deadline. */
@NullMarked
package dev.mooring.starter.look;

import org.jspecify.annotations.NullMarked;
