// The conformance guest: does the tasks that the suite gives it and answers each (docs/conformance.md). With net/http
// alone: what client-go makes of the same calls is shown by the controllers beside it.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"

	hiberlet "hiberlet.io/sdk"
)

const configMaps = "http://" + hiberlet.APIHost + "/api/v1/namespaces/conformance/configmaps"

type configMap struct {
	Data map[string]string `json:"data"`
}

// The tasks come as changes of one ConfigMap, the answers go as patches of another one.
func main() {
	m := newMemory()
	for {
		if err := m.follow(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// Carries out what comes until the watch ends.
func (m *memory) follow() error {
	var now struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	if err := ask(http.MethodGet, "", nil, &now); err != nil {
		return err
	}
	response, err := http.Get(configMaps + "?watch=true&resourceVersion=" + now.Metadata.ResourceVersion)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := json.NewDecoder(response.Body)
	for {
		var change struct {
			Type   string    `json:"type"`
			Object configMap `json:"object"`
		}
		if err := lines.Decode(&change); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if change.Type == "ADDED" || change.Type == "MODIFIED" {
			if err := m.carryOut(change.Object.Data); err != nil {
				return err
			}
		}
	}
}

func (m *memory) carryOut(task map[string]string) error {
	result := m.result(task["do"], task["with"])
	m.done(result)
	answer := configMap{map[string]string{
		"n":      task["n"],
		"result": result,
		"count":  strconv.FormatUint(uint64(m.count), 10),
		"sum":    strconv.FormatUint(uint64(m.sum), 10),
	}}
	return ask(http.MethodPatch, "/answer", answer, &configMap{})
}

// An answer of the API server that is no success.
type status int

func (s status) Error() string { return fmt.Sprintf("status %d", int(s)) }

func ask(method, name string, body, into any) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequest(method, configMaps+name, &content)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return status(response.StatusCode)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}
