/** Remote command execution: the streams of {@code kubectl exec} over SPDY/3.1 and WebSocket. */
@NullMarked
package io.hiberlet.node.api.exec;

import org.jspecify.annotations.NullMarked;
