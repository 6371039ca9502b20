/** What docs/host-abi.md promises, and guests in every language that rely on it. */
@NullMarked
package io.hiberlet.agent.conformance;

import org.jspecify.annotations.NullMarked;
