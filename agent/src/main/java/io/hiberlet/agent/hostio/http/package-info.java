/**
 * The way to the one server that guests may reach: HTTP/1.1 and HTTP/2 on Netty, behind a port that
 * knows nothing of guests.
 */
@NullMarked
package io.hiberlet.agent.hostio.http;

import org.jspecify.annotations.NullMarked;
