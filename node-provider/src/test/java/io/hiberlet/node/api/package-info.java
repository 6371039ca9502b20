/** Tests of the kubelet API over real TLS connections, with fakes behind it. */
package io.hiberlet.node.api;
