/** Guests in Chicory: the only package that knows what runs them. */
@NullMarked
package io.hiberlet.agent.runtime;

import org.jspecify.annotations.NullMarked;
