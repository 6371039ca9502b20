/** Bytes in, bytes out, atomically: the durable store of the agent. */
@NullMarked
package io.hiberlet.snapshot;

import org.jspecify.annotations.NullMarked;
