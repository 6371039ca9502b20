/** Reads images from OCI registries: the pull half of the distribution specification, bounded. */
@NullMarked
package io.hiberlet.agent.module.registry;

import org.jspecify.annotations.NullMarked;
