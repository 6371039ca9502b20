/** Volumes as files of this machine, which guests may read. */
@NullMarked
package io.hiberlet.agent.volume;

import org.jspecify.annotations.NullMarked;
