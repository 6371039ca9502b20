/** What hibernation costs, measured on the real code, the real store and a real disk. */
@NullMarked
package io.hiberlet.benchmarks;

import org.jspecify.annotations.NullMarked;
