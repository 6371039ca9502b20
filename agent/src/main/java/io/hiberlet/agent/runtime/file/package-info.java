/**
 * The files of this machine that guests see: mounts, volumes, and the safe way to what is there.
 */
@NullMarked
package io.hiberlet.agent.runtime.file;

import org.jspecify.annotations.NullMarked;
