package io.hiberlet.agent.conformance;

/**
 * What a conformance guest is told to do (docs/conformance.md).
 *
 * @param what the kind of task
 * @param with what it is done with
 */
record Task(String what, String with) {}
