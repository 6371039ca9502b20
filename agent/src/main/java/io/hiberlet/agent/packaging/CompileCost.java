package io.hiberlet.agent.packaging;

import java.time.Duration;

/**
 * What a module takes of a node before there is a guest of it.
 *
 * @param time that compiling took here, in a process of its own
 * @param classBytes of compiled code, which a node has in memory while a guest of it is there
 * @param diskBytes of what a node keeps on its disk
 * @param heapBytes of the node's heap while a guest is there, estimated from above
 */
public record CompileCost(Duration time, long classBytes, long diskBytes, long heapBytes) {}
