/** Startup, liveness and readiness probes, by the rules of the kubelet's prober. */
@NullMarked
package io.hiberlet.agent.probe;

import org.jspecify.annotations.NullMarked;
