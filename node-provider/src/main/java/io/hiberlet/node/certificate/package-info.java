/** The certificate with which the kubelet API identifies this node. */
@NullMarked
package io.hiberlet.node.certificate;

import org.jspecify.annotations.NullMarked;
