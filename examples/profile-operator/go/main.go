// The profile operator: brings the settings of each Profile into the namespaces that it names. A custom resource with
// status, finalizer and events; see reconcile.go for what it does.
package main

import (
	"context"
	"fmt"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	hiberlet "hiberlet.io/sdk"
	"hiberlet.io/sdk/kube"
)

func main() {
	if err := run(hiberlet.Context(), os.Getenv("NAMESPACE")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("stopped")
}

func run(ctx context.Context, namespace string) error {
	client, err := dynamic.NewForConfig(kube.Config())
	if err != nil {
		return err
	}
	source := kube.ListWatch(client.Resource(profiles).Namespace(namespace))
	informer := cache.NewSharedIndexInformer(source, &unstructured.Unstructured{}, 0, cache.Indexers{})
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]())
	enqueue := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			queue.Add(key)
		}
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		UpdateFunc: func(_, changed any) { enqueue(changed) },
	}); err != nil {
		return err
	}
	go informer.RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return nil
	}
	context.AfterFunc(ctx, queue.ShutDown)
	k := kubernetes{client}
	hiberlet.HandleExec(commands{informer.GetStore(), k.look, namespace}.carryOut)
	for next(ctx, queue, informer.GetStore(), k) {
	}
	return nil
}

func next(ctx context.Context, queue workqueue.TypedRateLimitingInterface[string], store cache.Store, c cluster) bool {
	key, shutdown := queue.Get()
	if shutdown {
		return false
	}
	defer queue.Done(key)
	if err := reconcileKey(ctx, store, c, key); err != nil {
		if !apierrors.IsConflict(err) { // the watch brings what it has not seen
			fmt.Printf("%s: %v\n", key, err)
		}
		queue.AddRateLimited(key)
		return true
	}
	queue.Forget(key)
	return true
}

func reconcileKey(ctx context.Context, store cache.Store, c cluster, key string) error {
	object, exists, err := store.GetByKey(key)
	if err != nil || !exists {
		return err
	}
	p, err := profileOf(object.(*unstructured.Unstructured))
	if err != nil {
		return err
	}
	return reconcile(ctx, c, p)
}
