/** Who calls the kubelet API, and what they may do there, as in the kubelet's webhook mode. */
@NullMarked
package io.hiberlet.node.api.auth;

import org.jspecify.annotations.NullMarked;
