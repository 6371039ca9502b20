/** The agent as a service of the system that started it. */
@NullMarked
package io.hiberlet.agent.service;

import org.jspecify.annotations.NullMarked;
