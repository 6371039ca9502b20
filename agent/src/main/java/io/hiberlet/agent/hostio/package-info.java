/**
 * What guests ask the host for: HTTP, watches and timers on Netty, and the completions that wake
 * them.
 */
@NullMarked
package io.hiberlet.agent.hostio;

import org.jspecify.annotations.NullMarked;
