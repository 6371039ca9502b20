package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// A kind of object that a ring can carry.
type freight struct {
	resource schema.GroupVersionResource
	kind     string
	// The field that is copied.
	field string
}

var testResource = freight{
	resource: schema.GroupVersionResource{Group: "example.hiberlet.io", Version: "v1", Resource: "testresources"},
	kind:     "TestResource",
	field:    "spec",
}

// For clusters in which nobody may install a CRD.
var configMap = freight{
	resource: schema.GroupVersionResource{Version: "v1", Resource: "configmaps"},
	kind:     "ConfigMap",
	field:    "data",
}

// The freight of that kind; TestResources when none is named.
func freightOf(kind string) (freight, error) {
	switch kind {
	case "", testResource.kind:
		return testResource, nil
	case configMap.kind:
		return configMap, nil
	}
	return freight{}, fmt.Errorf("KIND is %q; a ring carries TestResource or ConfigMap", kind)
}
