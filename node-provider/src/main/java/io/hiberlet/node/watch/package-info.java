/** Follows what the API server has of something, through every disconnection. */
@NullMarked
package io.hiberlet.node.watch;

import org.jspecify.annotations.NullMarked;
