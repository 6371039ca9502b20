package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	// Label of a copy: the namespace that it was copied from.
	copiedFrom = "example.hiberlet.io/copied-from"
	// Label of a copy: the namespace where the resource was made by somebody who is no operator.
	origin = "example.hiberlet.io/origin"
)

// What goes from which namespace to which.
type route struct {
	freight  freight
	from, to string
}

type action string

const (
	nothing action = "nothing"
	create  action = "created"
	update  action = "updated"
	remove  action = "deleted"
	// Somebody else's resource is where the copy would go.
	leaveAlone action = "left alone"
)

// What is to be done with a copy, and what it is to be. Decided from what is, without asking anybody.
type plan struct {
	action action
	object *unstructured.Unstructured
}

func newRoute(f freight, from, to string) (route, error) {
	if from == "" || to == "" {
		return route{}, fmt.Errorf("IN_NAMESPACE and OUT_NAMESPACE must be set")
	}
	if from == to {
		return route{}, fmt.Errorf("IN_NAMESPACE and OUT_NAMESPACE are both %s", from)
	}
	return route{freight: f, from: from, to: to}, nil
}

// Either may be nil.
func (r route) plan(original, copied *unstructured.Unstructured) plan {
	// A resource being deleted is as good as gone; its copy goes along, not after it.
	if original != nil && original.GetDeletionTimestamp() != nil {
		original = nil
	}
	switch {
	case original == nil && copied != nil && r.isOurs(copied):
		return plan{remove, copied}
	case original == nil || r.originOf(original) == r.to:
		return plan{action: nothing}
	case copied == nil:
		return plan{create, r.copyOf(original)}
	case !r.isOurs(copied):
		return plan{action: leaveAlone}
	}
	return r.update(original, copied)
}

func (r route) isOurs(copied *unstructured.Unstructured) bool {
	return copied.GetLabels()[copiedFrom] == r.from
}

func (r route) originOf(object *unstructured.Unstructured) string {
	if from, labelled := object.GetLabels()[origin]; labelled {
		return from
	}
	return r.from
}

func (r route) copyOf(original *unstructured.Unstructured) *unstructured.Unstructured {
	made := &unstructured.Unstructured{Object: map[string]any{}}
	made.SetAPIVersion(r.freight.resource.GroupVersion().String())
	made.SetKind(r.freight.kind)
	made.SetNamespace(r.to)
	made.SetName(original.GetName())
	made.SetLabels(map[string]string{copiedFrom: r.from, origin: r.originOf(original)})
	r.carry(original, made)
	return made
}

// The update carries the copy's resourceVersion, so it never undoes what it has not seen.
func (r route) update(original, copied *unstructured.Unstructured) plan {
	if equality.Semantic.DeepEqual(original.Object[r.freight.field], copied.Object[r.freight.field]) {
		return plan{action: nothing}
	}
	updated := copied.DeepCopy()
	r.carry(original, updated)
	return plan{update, updated}
}

func (r route) carry(from, to *unstructured.Unstructured) {
	content, there := from.DeepCopy().Object[r.freight.field]
	if there {
		to.Object[r.freight.field] = content
	} else {
		delete(to.Object, r.freight.field)
	}
}
