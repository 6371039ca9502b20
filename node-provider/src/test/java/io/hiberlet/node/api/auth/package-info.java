/** Tests of authentication and authorization against a fake API server. */
package io.hiberlet.node.api.auth;
