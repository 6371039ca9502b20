package hiberlet

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// A client that is slow with everything: only every other call has something to read, or room for three bytes.
type slowClient struct {
	registry *registry
	host     *fakeHost
	unread   string
	written  strings.Builder
	calls    int
	code     chan int32
}

func (c *slowClient) notNow(operation int64) bool {
	c.calls++
	if c.calls%2 == 0 {
		return false
	}
	c.host.waiting = append(c.host.waiting, event{operation: operation, kind: kindReady})
	go c.registry.deliver()
	return true
}

func (c *slowClient) read(operation int64, into []byte) int32 {
	if c.notNow(operation) {
		return -int32(again)
	}
	n := copy(into, c.unread)
	c.unread = c.unread[n:]
	return int32(n)
}

func (c *slowClient) write(operation int64, stream int32, from []byte) int32 {
	if c.notNow(operation) {
		return -int32(again)
	}
	part := from[:min(3, len(from))]
	fmt.Fprintf(&c.written, "%d%s ", stream, part)
	return int32(len(part))
}

func (c *slowClient) exit(operation int64, code int32) { c.code <- code }

func exec(words string, flags byte) event {
	return event{operation: -1, kind: kindExec, payload: append([]byte{flags, 0, 0, 0}, words...)}
}

func TestACommandIsCarriedOut(t *testing.T) {
	host := &fakeHost{waiting: []event{exec("say\x00two words\x00", 3)}}
	r := newRegistry(host)
	client := &slowClient{registry: r, host: host, unread: "a line\n", code: make(chan int32)}
	var asked Command
	r.carryOut(client, func(_ context.Context, command *Command) int {
		asked = *command
		line, _ := bufio.NewReader(command.Stdin).ReadString('\n')
		io.WriteString(command.Stdout, line)
		io.WriteString(command.Stderr, "no")
		return 258
	})
	r.deliver()
	if code := <-client.code; code != 2 {
		t.Fatal(code)
	}
	if !slices.Equal(asked.Args, []string{"say", "two words"}) || !asked.Terminal {
		t.Fatal(asked)
	}
	if written := client.written.String(); written != "1a l 1ine 1\n 2no " {
		t.Fatalf("%q", written)
	}
	if len(r.receivers) != 0 {
		t.Fatal(r.receivers)
	}
}

func TestAClientThatIsGoneCancelsTheCommand(t *testing.T) {
	host := &fakeHost{waiting: []event{exec("wait\x00", 0)}}
	r := newRegistry(host)
	client := &slowClient{registry: r, host: host, code: make(chan int32, 1)}
	r.carryOut(client, func(ctx context.Context, _ *Command) int {
		select {
		case <-ctx.Done():
			return 3
		case <-time.After(10 * time.Second):
			return 4
		}
	})
	r.deliver()
	host.waiting = []event{{operation: -1, kind: kindError}}
	r.deliver()
	if code := <-client.code; code != 3 {
		t.Fatal(code)
	}
}

func TestCommandsWaitForAHandler(t *testing.T) {
	host := &fakeHost{waiting: []event{
		{operation: -1, kind: kindExec, payload: []byte("first")},
		{operation: -2, kind: kindExec, payload: []byte("gone")},
		{operation: -2, kind: kindError},
	}}
	r := newRegistry(host)
	r.deliver()
	var taken []string
	r.handle(func(e event) receiver {
		taken = append(taken, string(e.payload))
		return early{e}
	})
	host.waiting = []event{{operation: -3, kind: kindExec, payload: []byte("second")}}
	r.deliver()
	if !slices.Equal(taken, []string{"first", "second"}) {
		t.Fatal(taken)
	}
}
