package main

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// Keeps a profile until its copies are gone.
	finalizer = "example.hiberlet.io/copies"
	// Label of a copy: the profile that it belongs to, as NAMESPACE.NAME.
	ownerLabel = "example.hiberlet.io/profile"

	ready = "Ready"
)

var profiles = schema.GroupVersionResource{Group: "example.hiberlet.io", Version: "v1", Resource: "profiles"}

// Profile is settings that some namespaces shall have.
type Profile struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              Spec   `json:"spec"`
	Status            Status `json:"status,omitempty"`
}

// Spec is what somebody wants.
type Spec struct {
	Namespaces []string          `json:"namespaces"`
	Data       map[string]string `json:"data,omitempty"`
}

// Status is what is.
type Status struct {
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Where copies may be. Written before the first of them is made, so that none is forgotten.
	Namespaces []string           `json:"namespaces,omitempty"`
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

func (p *Profile) owner() string { return p.Namespace + "." + p.Name }

func (p *Profile) wanted() []string { return sorted(p.Spec.Namespaces) }

// Without repetitions.
func sorted(names []string) []string {
	all := slices.Clone(names)
	slices.Sort(all)
	return slices.Compact(all)
}
