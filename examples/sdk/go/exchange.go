package hiberlet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// More than this is not kept of a body that nobody reads.
const maxUnreadBytes = 8 << 20

var (
	errUnread = fmt.Errorf("the body was not read for 8 MiB: %w", tooLarge)
	errClosed = errors.New("the body was closed")
)

// One request and its answer, whose body it is.
type exchange struct {
	registry *registry
	id       int64
	watch    bool
	release  func() bool

	mu      sync.Mutex
	changed *sync.Cond
	head    []byte
	unread  []byte
	end     error // nil until the last of it is there
}

func newExchange(registry *registry, watch bool) *exchange {
	x := &exchange{registry: registry, watch: watch, release: func() bool { return true }}
	x.changed = sync.NewCond(&x.mu)
	return x
}

func (x *exchange) receive(e event) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	defer x.changed.Broadcast()
	switch e.kind {
	case kindResponseHead:
		x.head = e.payload
	case kindBodyChunk:
		x.unread = append(x.unread, e.payload...)
		if len(x.unread) > maxUnreadBytes {
			x.end = errUnread
			x.registry.host.cancel(x.id)
		}
	case kindEnd:
		x.end = io.EOF
	case kindError:
		x.end = failure(e.payload)
		if x.watch && x.head != nil {
			// A reflector backs off for longer and longer after an error, and watches again at once after an end.
			x.end = io.EOF
		}
	}
	return x.end != nil
}

func failure(payload []byte) error {
	if len(payload) < 4 {
		return io.ErrUnexpectedEOF
	}
	return errors.Join(Errno(binary.LittleEndian.Uint32(payload)), errors.New(string(payload[4:])))
}

func (x *exchange) awaitHead() ([]byte, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for x.head == nil && x.end == nil {
		x.changed.Wait()
	}
	if x.head == nil {
		return nil, x.end
	}
	return x.head, nil
}

// Read waits for a part of the body.
func (x *exchange) Read(into []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for len(x.unread) == 0 && x.end == nil {
		x.changed.Wait()
	}
	if len(x.unread) == 0 {
		return 0, x.end
	}
	n := copy(into, x.unread)
	x.unread = x.unread[n:]
	return n, nil
}

// Close forgets the rest.
func (x *exchange) Close() error {
	x.release()
	x.abort(errClosed)
	return nil
}

// Ends it from this side.
func (x *exchange) abort(why error) {
	x.registry.cancel(x.id)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.end == nil {
		x.end = why
		x.unread = nil
	}
	x.changed.Broadcast()
}
