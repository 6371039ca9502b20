package hiberlet

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// APIHost stands for the API server: requests to it go where the host of this controller sends them, as the
// pod's own service account, which is why they need neither TLS nor a token.
const APIHost = "kubernetes.default.svc"

// MaxRequestBytes is the host's limit of a request.
const MaxRequestBytes = 1 << 20

// Transport sends requests through the host. A GET with watch=true never ends by itself: the host resumes it
// when the connection is lost, when the API server closes it, and after hibernation.
type Transport struct{}

// RoundTrip answers when the head of the response is there; the body is read as it comes.
func (Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	return roundTrip(operations, request)
}

func roundTrip(registry *registry, request *http.Request) (*http.Response, error) {
	message, err := encode(request)
	if err != nil {
		return nil, err
	}
	x := newExchange(registry, request.URL.Query().Get("watch") == "true")
	x.id, err = registry.begin(x, func(h host) int64 { return h.httpRequest(message, flagStream) })
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", request.Method, request.URL.Path, err)
	}
	ctx := request.Context()
	x.release = context.AfterFunc(ctx, func() { x.abort(context.Cause(ctx)) })
	head, err := x.awaitHead()
	if err != nil {
		x.release()
		return nil, fmt.Errorf("%s %s: %w", request.Method, request.URL.Path, err)
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(head)), request)
	if err != nil {
		x.abort(err)
		return nil, err
	}
	response.Body = x
	return response, nil
}

// The request as the host takes it.
func encode(request *http.Request) ([]byte, error) {
	var body []byte
	if request.Body != nil {
		defer request.Body.Close()
		var err error
		if body, err = io.ReadAll(io.LimitReader(request.Body, MaxRequestBytes+1)); err != nil {
			return nil, err
		}
	}
	target := request.URL.String()
	if request.URL.Host == APIHost {
		target = request.URL.RequestURI()
	}
	var message bytes.Buffer
	fmt.Fprintf(&message, "%s %s HTTP/1.1\r\n", request.Method, target)
	ours := map[string]bool{"Host": true, "Content-Length": true, "Transfer-Encoding": true, "Connection": true}
	if err := request.Header.WriteSubset(&message, ours); err != nil {
		return nil, err
	}
	if len(body) > 0 {
		fmt.Fprintf(&message, "Content-Length: %d\r\n", len(body))
	}
	message.WriteString("\r\n")
	message.Write(body)
	if message.Len() > MaxRequestBytes {
		return nil, errors.New("the request is larger than 1 MiB")
	}
	return message.Bytes(), nil
}
