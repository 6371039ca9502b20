/** Where modules come from, where they are kept, and how they get into memory once. */
@NullMarked
package io.hiberlet.agent.module;

import org.jspecify.annotations.NullMarked;
