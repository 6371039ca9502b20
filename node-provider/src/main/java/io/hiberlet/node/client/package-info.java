/** The way to the API server: its address, its answers, and what pods need from it. */
@NullMarked
package io.hiberlet.node.client;

import org.jspecify.annotations.NullMarked;
