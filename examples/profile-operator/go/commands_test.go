package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"k8s.io/client-go/tools/cache"

	hiberlet "hiberlet.io/sdk"
)

func ask(t *testing.T, input string, words ...string) (int, string, string) {
	t.Helper()
	store := cache.NewStore(cache.MetaNamespaceKeyFunc)
	p := start("x", "y").stored
	p.Status.Namespaces = []string{"x", "y"}
	object, err := objectOf(p)
	if err != nil {
		t.Fatal(err)
	}
	other := object.DeepCopy()
	other.SetName("b")
	if err := errors.Join(store.Add(other), store.Add(object)); err != nil {
		t.Fatal(err)
	}
	states := map[string]state{"x": same, "v": others, "z": missing}
	look := func(_ context.Context, _ *Profile, namespace string) (state, error) { return states[namespace], nil }
	var stdout, stderr strings.Builder
	asked := &hiberlet.Command{Args: words, Stdin: strings.NewReader(input), Stdout: &stdout, Stderr: &stderr}
	code := commands{store, look, "ops"}.carryOut(context.Background(), asked)
	return code, stdout.String(), stderr.String()
}

func TestProfilesAreListedInOrder(t *testing.T) {
	code, out, _ := ask(t, "", "list")
	want := "PROFILE   REASON    NAMESPACES\nops/a     Pending   x,y\nops/b     Pending   x,y\n"
	if code != success || out != want {
		t.Fatalf("%d\n%s", code, out)
	}
}

func TestADiffTellsWhatWouldChange(t *testing.T) {
	const profile = "metadata: {name: a}\nspec: {namespaces: [%], data: {k: v}}\n"
	for namespaces, want := range map[string]struct {
		code int
		out  string
	}{
		"x":       {success, "x: is as it shall be\n"},
		"z, x, v": {different, "v: is somebody else's and stays\nx: is as it shall be\nz: would be made\n"},
	} {
		code, out, _ := ask(t, strings.Replace(profile, "%", namespaces, 1), "diff")
		if code != want.code || out != want.out {
			t.Fatalf("%s: %d\n%s", namespaces, code, out)
		}
	}
}

func TestWhatIsNoProfileIsRefused(t *testing.T) {
	for _, input := range []string{"", "spec: {namespaces: [x]}", "metadata: {name: a}\nspec: {namespace: x}", "]"} {
		code, out, err := ask(t, input, "diff")
		if code != failure || out != "" || !strings.Contains(err, "the input is no profile") {
			t.Fatalf("%q: %d\n%s%s", input, code, out, err)
		}
	}
}

func TestUnknownCommandsAreToldSo(t *testing.T) {
	if code, _, err := ask(t, "", "list", "all"); code != unknown || !strings.Contains(err, `unknown command "list all"`) {
		t.Fatal(code, err)
	}
}
