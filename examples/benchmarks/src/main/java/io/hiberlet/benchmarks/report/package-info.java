/** Makes the tables and the plot of {@code docs/performance.md} from stored results. */
@NullMarked
package io.hiberlet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
