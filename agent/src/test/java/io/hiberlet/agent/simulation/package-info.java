/**
 * The agent under random schedules and faults, in virtual time and killed for real, against a model
 * of what must be true whatever happens.
 */
@NullMarked
package io.hiberlet.agent.simulation;

import org.jspecify.annotations.NullMarked;
