/** The arguments and the environment that a container begins with. */
@NullMarked
package io.hiberlet.agent.settings;

import org.jspecify.annotations.NullMarked;
