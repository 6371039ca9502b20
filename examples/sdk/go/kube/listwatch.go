package kube

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
)

// ListWatch is for an informer on a dynamic client: client-go's own package for that, dynamicinformer, brings all of
// Kubernetes' types into the module. What is listed and watched can be narrowed, by options.LabelSelector for example.
func ListWatch(source dynamic.ResourceInterface, narrow ...func(options *metav1.ListOptions)) cache.ListerWatcher {
	narrowed := func(options *metav1.ListOptions) {
		for _, each := range narrow {
			each(options)
		}
	}
	return &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			narrowed(&options)
			return source.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			narrowed(&options)
			return source.Watch(ctx, options)
		},
	}
}
