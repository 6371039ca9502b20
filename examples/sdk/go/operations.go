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
	// Takes on a command that the host begins; nil as long as the program has not said how.
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

// A command that came before the program said how commands are carried out.
type early struct{ asked event }

func (early) receive(e event) bool { return e.kind == kindError }

// From now on the host's commands are taken on, also those that wait for it.
func (r *registry) handle(accept func(e event) receiver) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accept = accept
	for id, who := range r.receivers {
		if waiting, is := who.(early); is {
			r.receivers[id] = accept(waiting.asked)
		}
	}
}

func (r *registry) taken(e event) receiver {
	if r.accept == nil {
		return early{e}
	}
	return r.accept(e)
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
		if who == nil && e.kind == kindExec {
			r.receivers[e.operation] = r.taken(e)
		}
		r.mu.Unlock()
		if who != nil && who.receive(e) {
			r.mu.Lock()
			delete(r.receivers, e.operation)
			r.mu.Unlock()
		}
	}
}
