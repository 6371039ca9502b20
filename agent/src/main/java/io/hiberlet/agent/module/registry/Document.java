package io.hiberlet.agent.module.registry;

/**
 * A manifest or an index as it came.
 *
 * @param mediaType as the registry says
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
record Document(String mediaType, byte[] bytes, Digest digest) {}
