/** Controllers on disk: what a snapshot holds, and how it is written and read. */
@NullMarked
package io.hiberlet.agent.hibernation;

import org.jspecify.annotations.NullMarked;
