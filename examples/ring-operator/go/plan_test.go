package main

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

var between = route{freight: testResource, from: "ring-1", to: "ring-2"}

func resource(namespace string, nonce int64, labels map[string]string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"nonce": nonce}}}
	object.SetNamespace(namespace)
	object.SetName("a")
	object.SetLabels(labels)
	return object
}

func copied(nonce int64) *unstructured.Unstructured {
	return resource("ring-2", nonce, map[string]string{copiedFrom: "ring-1", origin: "ring-1"})
}

func TestPlans(t *testing.T) {
	foreign := resource("ring-2", 1, nil)
	back := resource("ring-1", 1, map[string]string{copiedFrom: "ring-0", origin: "ring-2"})
	original := resource("ring-1", 1, nil)
	for name, c := range map[string]struct {
		original, copied *unstructured.Unstructured
		want             action
	}{
		"a new one is created":              {original, nil, create},
		"the same is left as it is":         {original, copied(1), nothing},
		"another one is updated":            {original, copied(2), update},
		"one that is gone is deleted":       {nil, copied(1), remove},
		"what is gone on both sides is":     {nil, nil, nothing},
		"somebody else's is left":           {original, foreign, leaveAlone},
		"nor is it deleted":                 {nil, foreign, nothing},
		"the ring ends before the origin":   {back, nil, nothing},
		"and leaves the original untouched": {back, foreign, nothing},
	} {
		if got := between.plan(c.original, c.copied).action; got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestACopyKeepsItsOrigin(t *testing.T) {
	made := between.plan(resource("ring-1", 1, map[string]string{copiedFrom: "ring-0", origin: "ring-0"}), nil).object
	labels := made.GetLabels()
	if labels[copiedFrom] != "ring-1" || labels[origin] != "ring-0" || made.GetNamespace() != "ring-2" {
		t.Error(made)
	}
}

func TestKinds(t *testing.T) {
	if f, err := freightOf(""); err != nil || f.kind != "TestResource" {
		t.Error(f, err)
	}
	if _, err := freightOf("Secret"); err == nil {
		t.Error("a ring of Secrets")
	}
}
