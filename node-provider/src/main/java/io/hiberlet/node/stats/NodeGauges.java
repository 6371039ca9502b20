package io.hiberlet.node.stats;

import io.hiberlet.node.status.MachineInfo;
import java.util.function.LongSupplier;

/**
 * Where the numbers of the node itself come from.
 *
 * @param imageBytes on the disk; may block
 */
public record NodeGauges(MachineInfo machine, ProcessInfo process, LongSupplier imageBytes) {}
