package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	hiberlet "hiberlet.io/sdk"
)

// What must survive every sleep.
type memory struct {
	// How many tasks were done, and a sum of all results.
	count, sum uint32

	kept   []string
	latest time.Time
}

func newMemory() *memory { return &memory{latest: time.Now()} }

// Counts a result in.
func (m *memory) done(result string) {
	m.count++
	m.sum = checksum(m.sum, result)
}

func checksum(before uint32, text string) uint32 {
	for i := range len(text) {
		before = before*31 + uint32(text[i])
	}
	return before
}

// Does a task.
func (m *memory) result(what, with string) string {
	switch what {
	case "echo":
		return with
	case "sleep":
		time.Sleep(time.Duration(number(with)) * time.Millisecond)
		return "slept"
	case "keep":
		m.kept = append(m.kept, strings.Repeat(with, 100))
		return strconv.Itoa(len(m.kept))
	case "kept":
		var sum uint32
		for _, text := range m.kept {
			sum = checksum(sum, text)
		}
		return strconv.FormatUint(uint64(sum), 10)
	case "get":
		return get(with)
	case "both":
		return both(with)
	case "monotonic":
		return m.monotonic()
	case "wall":
		return strconv.FormatInt(time.Now().Unix(), 10)
	case "environment":
		if value, set := os.LookupEnv(with); set {
			return value
		}
		return "none"
	case "arguments":
		return strings.Join(os.Args, " ")
	case "log":
		fmt.Println(with)
		fmt.Fprintln(os.Stderr, with)
		return "logged"
	case "exit":
		os.Exit(number(with))
	}
	return "unknown"
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 1
	}
	return n
}

func (m *memory) monotonic() string {
	now := time.Now()
	before := m.latest
	m.latest = now
	if now.Before(before) {
		return "back"
	}
	return "forward"
}

func get(name string) string {
	var object configMap
	err := ask(http.MethodGet, "/"+name, nil, &object)
	var errno hiberlet.Errno
	var code status
	switch {
	case err == nil:
		return object.Data["value"]
	case errors.As(err, &errno):
		return fmt.Sprintf("errno %d", int32(errno))
	case errors.As(err, &code) && code == http.StatusNotFound:
		return "none"
	case errors.As(err, &code):
		return code.Error()
	}
	return "nonsense: " + err.Error()
}

// At the same time, as Go can.
func both(names string) string {
	first, second, _ := strings.Cut(names, " ")
	answer := make(chan string)
	go func() { answer <- get(second) }()
	return get(first) + " " + <-answer
}
