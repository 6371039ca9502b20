package hiberlet

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Answers every request with what a test says; the tests deliver it.
type fakeHost struct {
	answers   []event
	waiting   []event
	requests  []string
	cancelled []int64
}

func (f *fakeHost) httpRequest(message []byte, flags int32) int64 {
	f.requests = append(f.requests, string(message))
	id := int64(len(f.requests))
	for _, e := range f.answers {
		e.operation = id
		f.waiting = append(f.waiting, e)
	}
	return id
}

func (f *fakeHost) cancel(operation int64) int32 {
	f.cancelled = append(f.cancelled, operation)
	return 0
}

func (f *fakeHost) next() (event, bool) {
	if len(f.waiting) == 0 {
		return event{}, false
	}
	first := f.waiting[0]
	f.waiting = f.waiting[1:]
	return first, true
}

func answer(body ...event) []event {
	return append([]event{{kind: kindResponseHead, payload: []byte("HTTP/1.1 200 OK\r\nA: b\r\n\r\n")}}, body...)
}

func chunk(text string) event { return event{kind: kindBodyChunk, payload: []byte(text)} }

func send(t *testing.T, f *fakeHost, ctx context.Context, method, url, body string) (*registry, *http.Response, error) {
	t.Helper()
	r := newRegistry(f)
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			r.mu.Lock()
			asked := len(f.requests) > 0
			r.mu.Unlock()
			if asked {
				r.deliver()
				return
			}
		}
	}()
	response, err := roundTrip(r, request)
	return r, response, err
}

func TestARequestAndItsAnswer(t *testing.T) {
	f := &fakeHost{answers: answer(chunk("he"), chunk("llo"), event{kind: kindEnd})}
	_, response, err := send(t, f, context.Background(), "POST", "http://"+APIHost+"/api/v1/pods?a=b", "{}")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "hello" || response.StatusCode != 200 || response.Header.Get("A") != "b" {
		t.Fatalf("%q, %v, %v", body, err, response)
	}
	if want := "POST /api/v1/pods?a=b HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"; f.requests[0] != want {
		t.Fatalf("%q", f.requests[0])
	}
}

func TestAnotherServerIsNamedInFull(t *testing.T) {
	f := &fakeHost{answers: []event{{kind: kindError, payload: append([]byte{29, 0, 0, 0}, "lost"...)}}}
	_, _, err := send(t, f, context.Background(), "GET", "http://example.com/x", "")
	if !errors.Is(err, Errno(29)) || !strings.HasPrefix(f.requests[0], "GET http://example.com/x HTTP/1.1\r\n") {
		t.Fatalf("%v, %q", err, f.requests)
	}
}

func TestAWatchThatFailsEnds(t *testing.T) {
	f := &fakeHost{answers: answer(chunk("{}\n"), event{kind: kindError, payload: []byte{29, 0, 0, 0}})}
	_, response, err := send(t, f, context.Background(), "GET", "http://"+APIHost+"/api/v1/pods?watch=true", "")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "{}\n" {
		t.Fatalf("%q, %v", body, err)
	}
}

func TestACancelledContextCancelsTheRequest(t *testing.T) {
	f := &fakeHost{answers: answer(chunk("part"))}
	ctx, cancel := context.WithCancel(context.Background())
	_, response, err := send(t, f, ctx, "GET", "http://"+APIHost+"/x", "")
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := io.ReadAll(response.Body); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if len(f.cancelled) != 1 {
		t.Fatal(f.cancelled)
	}
}

func TestABodyThatNobodyReadsIsGivenUp(t *testing.T) {
	x := newExchange(newRegistry(&fakeHost{}), false)
	for !x.receive(chunk(strings.Repeat("x", 1<<20))) {
	}
	if len(x.unread) != maxUnreadBytes+(1<<20) || !errors.Is(x.end, tooLarge) {
		t.Fatal(len(x.unread), x.end)
	}
}
