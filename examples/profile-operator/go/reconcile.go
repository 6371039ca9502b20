package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The namespace has a ConfigMap of that name which is somebody else's.
var errOccupied = errors.New("a ConfigMap of that name is there already and is left alone")

// What the operator asks of its cluster.
type cluster interface {
	// How a copy stands to what it is to be.
	look(ctx context.Context, p *Profile, namespace string) (state, error)
	// Makes a copy what it is to be; errOccupied when it may not.
	apply(ctx context.Context, p *Profile, namespace string) error
	// Deletes a copy, if it is there and ours.
	remove(ctx context.Context, p *Profile, namespace string) error
	// Write what their names say, and give back the profile as the server has it then.
	updateFinalizers(ctx context.Context, p *Profile) (*Profile, error)
	updateStatus(ctx context.Context, p *Profile) (*Profile, error)
	// Tells people.
	event(ctx context.Context, p *Profile, kind, reason, message string) error
}

// Brings the cluster to what a profile wants, from wherever it stands: every step can be the last before the power goes.
func reconcile(ctx context.Context, c cluster, p *Profile) error {
	if p.DeletionTimestamp != nil {
		return finish(ctx, c, p)
	}
	failed := map[string]error{}
	p, err := announce(ctx, c, p, failed)
	if err != nil {
		return err
	}
	spread(ctx, c, p, failed)
	return report(ctx, c, p, failed)
}

// The copies go first, then the profile may.
func finish(ctx context.Context, c cluster, p *Profile) error {
	if !slices.Contains(p.Finalizers, finalizer) {
		return nil
	}
	for _, namespace := range p.Status.Namespaces {
		if err := c.remove(ctx, p, namespace); err != nil {
			return err
		}
	}
	p.Finalizers = slices.DeleteFunc(p.Finalizers, func(each string) bool { return each == finalizer })
	_, err := c.updateFinalizers(ctx, p)
	return err
}

// Writes down where copies will be, before there are any. Not where there cannot be one: what is forbidden is so for
// removing a copy, too, and would keep the profile for ever.
func announce(ctx context.Context, c cluster, p *Profile, failed map[string]error) (*Profile, error) {
	if !slices.Contains(p.Finalizers, finalizer) {
		p.Finalizers = append(p.Finalizers, finalizer)
		var err error
		if p, err = c.updateFinalizers(ctx, p); err != nil {
			return nil, err
		}
	}
	places := slices.Clone(p.Status.Namespaces)
	for _, namespace := range p.wanted() {
		if slices.Contains(places, namespace) {
			continue
		}
		if err := mayBeIn(ctx, c, p, namespace); err != nil {
			failed[namespace] = err
		} else {
			places = append(places, namespace)
		}
	}
	if places = sorted(places); !slices.Equal(places, p.Status.Namespaces) {
		p.Status.Namespaces = places
		return c.updateStatus(ctx, p)
	}
	return p, nil
}

func mayBeIn(ctx context.Context, c cluster, p *Profile, namespace string) error {
	there, err := c.look(ctx, p, namespace)
	if err == nil && there == others {
		return errOccupied
	}
	return err
}

// Makes the copies that shall be and removes those that shall not.
func spread(ctx context.Context, c cluster, p *Profile, failed map[string]error) {
	for _, namespace := range p.Status.Namespaces {
		step := c.remove
		if slices.Contains(p.Spec.Namespaces, namespace) {
			step = c.apply
		}
		if err := step(ctx, p, namespace); err != nil {
			failed[namespace] = err
		}
	}
}

// Tells what went wrong with which namespace, or that nothing did.
func report(ctx context.Context, c cluster, p *Profile, failed map[string]error) error {
	before := *p.Status.deepCopy()
	condition := conditionOf(p, failed)
	news := isNews(meta.FindStatusCondition(before.Conditions, ready), condition)
	meta.SetStatusCondition(&p.Status.Conditions, condition)
	p.Status.ObservedGeneration = p.Generation
	p.Status.Namespaces = slices.DeleteFunc(slices.Clone(p.Status.Namespaces), func(namespace string) bool {
		return failed[namespace] == nil && !slices.Contains(p.Spec.Namespaces, namespace)
	})
	if !equality.Semantic.DeepEqual(before, p.Status) {
		var err error
		if p, err = c.updateStatus(ctx, p); err != nil {
			return err
		}
	}
	if news {
		if err := c.event(ctx, p, eventKind(condition), condition.Reason, condition.Message); err != nil {
			return err
		}
	}
	return again(failed)
}

// Another generation of which the same is true is none.
func isNews(before *metav1.Condition, now metav1.Condition) bool {
	return before == nil || before.Status != now.Status || before.Reason != now.Reason || before.Message != now.Message
}

func (s *Status) deepCopy() *Status {
	copied := *s
	copied.Namespaces = slices.Clone(s.Namespaces)
	copied.Conditions = slices.Clone(s.Conditions)
	return &copied
}

func eventKind(condition metav1.Condition) string {
	if condition.Status == metav1.ConditionTrue {
		return "Normal"
	}
	return "Warning"
}

func conditionOf(p *Profile, failed map[string]error) metav1.Condition {
	condition := metav1.Condition{
		Type:               ready,
		Status:             metav1.ConditionTrue,
		Reason:             "Spread",
		Message:            fmt.Sprintf("in %d namespaces", len(p.wanted())),
		ObservedGeneration: p.Generation,
	}
	if len(failed) == 0 {
		return condition
	}
	condition.Status, condition.Reason = metav1.ConditionFalse, "Failed"
	var causes []string
	for namespace, err := range failed {
		causes = append(causes, namespace+": "+err.Error())
		if errors.Is(err, errOccupied) {
			condition.Reason = "Occupied"
		}
	}
	slices.Sort(causes)
	condition.Message = strings.Join(causes, "; ")
	return condition
}

// What is worth another try. Nobody but its owner can do anything about a name that is taken, and a change of it is not
// watched: it is tried again with the rest.
func again(failed map[string]error) error {
	var all []error
	for _, err := range failed {
		all = append(all, err)
	}
	return errors.Join(all...)
}
