package hiberlet

import (
	"context"
	"sync"
)

// Somebody who waits for what the host has to say of an operation.
type receiver interface {
	// Takes an event; tells whether it was the last.
	receive(e event) bool
}

// What was asked of the host and is not over.
type registry struct {
	host host

	mu        sync.Mutex
	receivers map[int64]receiver
	// Takes on an operation that the host begins; nil where nobody does.
	accept func(e event) receiver
	stop   context.CancelFunc
}

var (
	operations = newRegistry(nil)
	stopping   context.Context
)

func init() {
	stopping, operations.stop = context.WithCancel(context.Background())
}

func newRegistry(h host) *registry {
	return &registry{host: h, receivers: map[int64]receiver{}, stop: func() {}}
}

// Context is cancelled when the controller is to end: when its pod is deleted, for example. The program
// should return from main then; it is discarded when the pod's grace is over.
func Context() context.Context {
	return stopping
}

// Asks something of the host; who asked hears of it under the number that the host gives.
func (r *registry) begin(who receiver, ask func(host) int64) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := ask(r.host)
	if id < 0 {
		return 0, Errno(-id)
	}
	r.receivers[id] = who
	return id, nil
}

// Forgets an operation that is not over.
func (r *registry) cancel(id int64) {
	r.mu.Lock()
	_, pending := r.receivers[id]
	delete(r.receivers, id)
	r.mu.Unlock()
	if pending {
		r.host.cancel(id)
	}
}

// Takes all events that wait.
func (r *registry) deliver() {
	for {
		e, more := r.host.next()
		if !more {
			return
		}
		if e.kind == kindStop {
			r.stop()
			continue
		}
		r.mu.Lock()
		who := r.receivers[e.operation]
		if who == nil && e.kind == kindExec && r.accept != nil {
			who = r.accept(e)
			r.receivers[e.operation] = who
		}
		r.mu.Unlock()
		if who != nil && who.receive(e) {
			r.mu.Lock()
			delete(r.receivers, e.operation)
			r.mu.Unlock()
		}
	}
}
