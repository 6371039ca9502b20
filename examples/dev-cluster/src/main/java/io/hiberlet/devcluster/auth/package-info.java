/** Who asks, and may they: certificates, tokens and RBAC. */
@NullMarked
package io.hiberlet.devcluster.auth;

import org.jspecify.annotations.NullMarked;
