/** What the agent counts, in Prometheus' terms. */
@NullMarked
package io.hiberlet.agent.metrics;

import org.jspecify.annotations.NullMarked;
