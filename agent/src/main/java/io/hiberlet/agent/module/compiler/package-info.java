/** Modules are compiled in a process of their own, which they cannot leave and may well kill. */
@NullMarked
package io.hiberlet.agent.module.compiler;

import org.jspecify.annotations.NullMarked;
