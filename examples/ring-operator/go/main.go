// The ring operator: copies the TestResources of one namespace into the next, as the one in Rust does. An ordinary controller with client-go, informer and workqueue;
// all that it has of Hiberlet is where its configuration comes from.
package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	hiberlet "hiberlet.io/sdk"
	"hiberlet.io/sdk/kube"
)

// How many objects are reconciled at the same time: what they wait for comes in one wake.
const workers = 10

func main() {
	if err := run(hiberlet.Context()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("stopped")
}

func run(ctx context.Context) error {
	f, err := freightOf(os.Getenv("KIND"))
	if err != nil {
		return err
	}
	r, err := newRoute(f, os.Getenv("IN_NAMESPACE"), os.Getenv("OUT_NAMESPACE"))
	if err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(kube.Config())
	if err != nil {
		return err
	}
	fmt.Printf("copying each %s from %s to %s\n", f.kind, r.from, r.to)
	return newOperator(r, client).run(ctx)
}

type operator struct {
	route    route
	copies   dynamic.ResourceInterface
	informer cache.SharedIndexInformer
	queue    workqueue.TypedRateLimitingInterface[string]
}

func newOperator(r route, client dynamic.Interface) *operator {
	source := client.Resource(r.freight.resource).Namespace(r.from)
	return &operator{
		route:    r,
		copies:   client.Resource(r.freight.resource).Namespace(r.to),
		informer: cache.NewSharedIndexInformer(kube.ListWatch(source), &unstructured.Unstructured{}, 0, cache.Indexers{}),
		queue:    workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]()),
	}
}

func (o *operator) run(ctx context.Context) error {
	defer o.queue.ShutDown()
	enqueue := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			_, name, _ := cache.SplitMetaNamespaceKey(key)
			o.queue.Add(name)
		}
	}
	_, err := o.informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		UpdateFunc: func(_, changed any) { enqueue(changed) },
		DeleteFunc: enqueue,
	})
	if err != nil {
		return err
	}
	go o.informer.RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), o.informer.HasSynced) {
		return nil
	}
	// What was deleted while no operator ran is known by its copy alone.
	if err := wait.PollUntilContextCancel(ctx, time.Second, true, o.enqueueCopies); err != nil {
		return nil
	}
	go func() {
		<-ctx.Done()
		o.queue.ShutDown()
	}()
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for o.next(ctx) {
			}
		})
	}
	running.Wait()
	return nil
}

// enqueueCopies tells whether it could: a request may be lost, as when the agent is killed.
func (o *operator) enqueueCopies(ctx context.Context) (bool, error) {
	own, err := o.copies.List(ctx, metav1.ListOptions{LabelSelector: copiedFrom + "=" + o.route.from})
	if err != nil {
		fmt.Fprintf(os.Stderr, "listing the copies: %v; trying again\n", err)
		return false, nil
	}
	for _, each := range own.Items {
		o.queue.Add(each.GetName())
	}
	return true, nil
}

func (o *operator) next(ctx context.Context) bool {
	name, shutdown := o.queue.Get()
	if shutdown {
		return false
	}
	defer o.queue.Done(name)
	if err := o.reconcile(ctx, name); err != nil {
		fmt.Printf("%s: %v\n", name, err)
		o.queue.AddRateLimited(name)
		return true
	}
	o.queue.Forget(name)
	return true
}

func (o *operator) reconcile(ctx context.Context, name string) error {
	original, err := o.original(name)
	if err != nil {
		return err
	}
	copied, err := o.copies.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		copied, err = nil, nil
	}
	if err != nil {
		return err
	}
	p := o.route.plan(original, copied)
	switch p.action {
	case nothing:
		return nil
	case leaveAlone:
		fmt.Printf("%s: the one in %s is not a copy of this one; left alone\n", name, o.route.to)
		return nil
	case create:
		_, err = o.copies.Create(ctx, p.object, metav1.CreateOptions{})
	case update:
		_, err = o.copies.Update(ctx, p.object, metav1.UpdateOptions{})
	case remove:
		uid, version := p.object.GetUID(), p.object.GetResourceVersion()
		err = o.copies.Delete(ctx, name, metav1.DeleteOptions{
			Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version},
		})
		if apierrors.IsNotFound(err) {
			err = nil
		}
	}
	if err == nil {
		fmt.Printf("%s: %s in %s\n", name, p.action, o.route.to)
	}
	return err
}

// Nil when there is none.
func (o *operator) original(name string) (*unstructured.Unstructured, error) {
	object, exists, err := o.informer.GetStore().GetByKey(o.route.from + "/" + name)
	if err != nil || !exists {
		return nil, err
	}
	return object.(*unstructured.Unstructured), nil
}
