/** Volumes as files of this machine, which guests see. */
@NullMarked
package io.hiberlet.agent.volume;

import org.jspecify.annotations.NullMarked;
