package main

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

var (
	configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	events     = schema.GroupVersionResource{Version: "v1", Resource: "events"}
)

// The cluster that this runs in.
type kubernetes struct{ client dynamic.Interface }

// How a copy stands to its profile.
type state string

const (
	missing state = "would be made"
	same    state = "is as it shall be"
	changed state = "would be changed"
	others  state = "is somebody else's and stays"
)

func (k kubernetes) apply(ctx context.Context, p *Profile, namespace string) error {
	maps := k.client.Resource(configMaps).Namespace(namespace)
	there, s, err := k.copyIn(ctx, p, namespace)
	if err != nil {
		return err
	}
	switch s {
	case missing:
		_, err = maps.Create(ctx, copyOf(p, namespace), metav1.CreateOptions{})
	case changed:
		there.Object["data"] = dataOf(p)
		_, err = maps.Update(ctx, there, metav1.UpdateOptions{})
	case others:
		err = errOccupied
	}
	return err
}

// What is there in the place of a profile's copy, and how it stands to the profile.
func (k kubernetes) copyIn(ctx context.Context, p *Profile, namespace string) (*unstructured.Unstructured, state, error) {
	there, err := k.client.Resource(configMaps).Namespace(namespace).Get(ctx, p.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, missing, nil
	case err != nil:
		return nil, "", err
	case there.GetLabels()[ownerLabel] != p.owner():
		return there, others, nil
	case equality.Semantic.DeepEqual(there.Object["data"], dataOf(p)):
		return there, same, nil
	}
	return there, changed, nil
}

func (k kubernetes) look(ctx context.Context, p *Profile, namespace string) (state, error) {
	_, s, err := k.copyIn(ctx, p, namespace)
	return s, err
}

func copyOf(p *Profile, namespace string) *unstructured.Unstructured {
	made := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": dataOf(p)}}
	made.SetNamespace(namespace)
	made.SetName(p.Name)
	made.SetLabels(map[string]string{ownerLabel: p.owner()})
	return made
}

func dataOf(p *Profile) map[string]any {
	data := map[string]any{}
	for key, value := range p.Spec.Data {
		data[key] = value
	}
	return data
}

func (k kubernetes) remove(ctx context.Context, p *Profile, namespace string) error {
	maps := k.client.Resource(configMaps).Namespace(namespace)
	there, err := maps.Get(ctx, p.Name, metav1.GetOptions{})
	if err == nil && there.GetLabels()[ownerLabel] == p.owner() {
		uid := there.GetUID()
		err = maps.Delete(ctx, p.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
	}
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

func (k kubernetes) updateFinalizers(ctx context.Context, p *Profile) (*Profile, error) {
	object, err := objectOf(p)
	if err != nil {
		return nil, err
	}
	updated, err := k.client.Resource(profiles).Namespace(p.Namespace).Update(ctx, object, metav1.UpdateOptions{})
	if err != nil {
		return nil, err
	}
	return profileOf(updated)
}

func (k kubernetes) updateStatus(ctx context.Context, p *Profile) (*Profile, error) {
	object, err := objectOf(p)
	if err != nil {
		return nil, err
	}
	updated, err := k.client.Resource(profiles).Namespace(p.Namespace).UpdateStatus(ctx, object, metav1.UpdateOptions{})
	if err != nil {
		return nil, err
	}
	return profileOf(updated)
}

func (k kubernetes) event(ctx context.Context, p *Profile, kind, reason, message string) error {
	now := time.Now().UTC().Format(time.RFC3339)
	event := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Event",
		"type": kind, "reason": reason, "message": message,
		"count": int64(1), "firstTimestamp": now, "lastTimestamp": now,
		"source": map[string]any{"component": "profile-operator"},
		"involvedObject": map[string]any{
			"apiVersion": profiles.GroupVersion().String(), "kind": "Profile",
			"namespace": p.Namespace, "name": p.Name, "uid": string(p.UID),
		},
	}}
	event.SetNamespace(p.Namespace)
	event.SetGenerateName(p.Name + ".")
	_, err := k.client.Resource(events).Namespace(p.Namespace).Create(ctx, event, metav1.CreateOptions{})
	return err
}

func objectOf(p *Profile) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(p)
	return &unstructured.Unstructured{Object: content}, err
}

func profileOf(object *unstructured.Unstructured) (*Profile, error) {
	p := &Profile{}
	return p, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, p)
}
