package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Namespaces with one ConfigMap each, by its owner; the power goes after so many steps.
type fakeCluster struct {
	copies    map[string]string
	stored    *Profile
	events    []string
	steps     int
	forbidden string
}

var (
	errPower     = errors.New("the power went")
	errForbidden = errors.New("forbidden")
)

func (f *fakeCluster) step() error {
	f.steps--
	if f.steps < 0 {
		return errPower
	}
	return nil
}

func (f *fakeCluster) look(_ context.Context, p *Profile, namespace string) (state, error) {
	owner, there := f.copies[namespace]
	switch {
	case namespace == f.forbidden:
		return "", errForbidden
	case !there:
		return missing, nil
	case owner != p.owner():
		return others, nil
	}
	return same, nil
}

func (f *fakeCluster) apply(_ context.Context, p *Profile, namespace string) error {
	if !slices.Contains(f.stored.Status.Namespaces, namespace) {
		panic("a copy that nobody would remember")
	}
	if owner, there := f.copies[namespace]; there && owner != p.owner() {
		return errOccupied
	}
	if err := f.step(); err != nil {
		return err
	}
	f.copies[namespace] = p.owner()
	return nil
}

func (f *fakeCluster) remove(_ context.Context, p *Profile, namespace string) error {
	if namespace == f.forbidden {
		return errForbidden
	}
	if f.copies[namespace] != p.owner() {
		return nil
	}
	if err := f.step(); err != nil {
		return err
	}
	delete(f.copies, namespace)
	return nil
}

func (f *fakeCluster) updateFinalizers(_ context.Context, p *Profile) (*Profile, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	f.stored.Finalizers = slices.Clone(p.Finalizers)
	return f.read(), nil
}

func (f *fakeCluster) updateStatus(_ context.Context, p *Profile) (*Profile, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	f.stored.Status = *p.Status.deepCopy()
	return f.read(), nil
}

func (f *fakeCluster) event(_ context.Context, _ *Profile, kind, reason, _ string) error {
	f.events = append(f.events, kind+" "+reason)
	return nil
}

func (f *fakeCluster) read() *Profile {
	p := *f.stored
	p.Finalizers = slices.Clone(p.Finalizers)
	p.Spec.Namespaces = slices.Clone(p.Spec.Namespaces)
	p.Status = *p.Status.deepCopy()
	return &p
}

func start(namespaces ...string) *fakeCluster {
	p := &Profile{Spec: Spec{Namespaces: namespaces}}
	p.Namespace, p.Name, p.Generation = "ops", "a", 1
	return &fakeCluster{copies: map[string]string{}, stored: p, steps: 1 << 30}
}

// Tries again until it went well, with the power going after more and more steps.
func (f *fakeCluster) settle(t *testing.T) {
	t.Helper()
	for limit := 1; limit < 100; limit++ {
		f.steps = limit % 5
		if reconcile(context.Background(), f, f.read()) == nil {
			return
		}
	}
	t.Fatal("it came to no end")
}

func TestCopiesFollowTheSpecWhereverThePowerGoes(t *testing.T) {
	f := start("x", "y", "x")
	f.settle(t)
	if want := map[string]string{"x": "ops.a", "y": "ops.a"}; !maps.Equal(f.copies, want) {
		t.Fatal(f.copies)
	}
	f.stored.Spec.Namespaces, f.stored.Generation = []string{"z"}, 2
	f.settle(t)
	if want := map[string]string{"z": "ops.a"}; !maps.Equal(f.copies, want) {
		t.Fatal(f.copies)
	}
	status := f.stored.Status
	if !slices.Equal(status.Namespaces, []string{"z"}) || status.ObservedGeneration != 2 ||
		!meta.IsStatusConditionTrue(status.Conditions, ready) {
		t.Fatal(status)
	}
}

func TestAnotherGenerationOfWhichTheSameIsTrueIsNoNews(t *testing.T) {
	f := start("x")
	for generation := range 3 {
		f.stored.Generation = int64(generation)
		if err := reconcile(context.Background(), f, f.read()); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(f.events, []string{"Normal Spread"}) || f.stored.Status.Conditions[0].ObservedGeneration != 2 {
		t.Fatal(f.events, f.stored.Status)
	}
}

func TestTheFinalizerIsRemovedAfterTheCopies(t *testing.T) {
	f := start("x", "y")
	f.settle(t)
	deleted := metav1.NewTime(time.Now())
	f.stored.DeletionTimestamp = &deleted
	f.settle(t)
	if len(f.copies) != 0 || len(f.stored.Finalizers) != 0 {
		t.Fatal(f.copies, f.stored.Finalizers)
	}
}

func TestSomebodyElsesIsLeftAloneAndToldOnce(t *testing.T) {
	f := start("x", "y")
	f.copies["x"] = "somebody"
	for range 3 {
		if err := reconcile(context.Background(), f, f.read()); !errors.Is(err, errOccupied) {
			t.Fatal(err)
		}
	}
	condition := meta.FindStatusCondition(f.stored.Status.Conditions, ready)
	if f.copies["x"] != "somebody" || f.copies["y"] != "ops.a" || condition.Reason != "Occupied" {
		t.Fatal(f.copies, condition)
	}
	if !slices.Equal(f.events, []string{"Warning Occupied"}) {
		t.Fatal(f.events)
	}
}

func TestWhereNoCopyCanBeNoneIsLookedForLater(t *testing.T) {
	f := start("x", "y")
	f.forbidden = "y"
	if err := reconcile(context.Background(), f, f.read()); !errors.Is(err, errForbidden) {
		t.Fatal(err)
	}
	if condition := f.stored.Status.Conditions[0]; condition.Message != "y: forbidden" || f.copies["x"] != "ops.a" {
		t.Fatal(condition, f.copies)
	}
	f.stored.Spec.Namespaces = []string{"x"}
	f.settle(t)
	f.stored.Spec.Namespaces = []string{"x", "y"}
	deleted := metav1.NewTime(time.Now())
	f.stored.DeletionTimestamp = &deleted
	f.settle(t)
	if len(f.copies) != 0 || len(f.stored.Finalizers) != 0 {
		t.Fatal(f.copies, f.stored.Finalizers)
	}
}

func TestNothingIsWrittenWhenNothingChanged(t *testing.T) {
	f := start("x")
	f.settle(t)
	f.steps = 1 // the copy is applied, and that is all
	if err := reconcile(context.Background(), f, f.read()); err != nil {
		t.Fatal(err)
	}
}
