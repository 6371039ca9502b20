// Package kube is for controllers that use client-go.
package kube

import (
	"os"

	"k8s.io/client-go/rest"

	hiberlet "hiberlet.io/sdk"
)

// Lists, and then watches from there, as the host resumes a watch from where it is. One that begins with all objects
// has no place to be resumed from until the last of them, and API servers before 1.32 do not have it.
func init() {
	if _, set := os.LookupEnv("KUBE_FEATURE_WatchListClient"); !set {
		os.Setenv("KUBE_FEATURE_WatchListClient", "false")
	}
}

// Config leads to the API server, as the pod's own service account. There is nothing to configure: the host
// of this controller has the address, the certificates and the token, and the guest never sees them.
func Config() *rest.Config {
	return &rest.Config{
		Host:      "http://" + hiberlet.APIHost,
		Transport: hiberlet.Transport{},
		// The API server's own flow control (APF) is enough, and the host's limits: a client's waits in timers.
		QPS: -1,
	}
}
