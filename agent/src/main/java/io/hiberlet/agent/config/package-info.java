/** What the agent is told by its configuration file and flags. */
@NullMarked
package io.hiberlet.agent.config;

import org.jspecify.annotations.NullMarked;
