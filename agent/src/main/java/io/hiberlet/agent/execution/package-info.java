/**
 * How guests get threads: few platform threads, one task of a controller at a time, time limits.
 */
@NullMarked
package io.hiberlet.agent.execution;

import org.jspecify.annotations.NullMarked;
