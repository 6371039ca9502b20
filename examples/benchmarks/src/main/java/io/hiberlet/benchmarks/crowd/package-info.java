/**
 * What many pods on one node cost its API server and its agent, measured on a real control plane.
 */
@NullMarked
package io.hiberlet.benchmarks.crowd;

import org.jspecify.annotations.NullMarked;
