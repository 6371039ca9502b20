package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/yaml"

	hiberlet "hiberlet.io/sdk"
)

// Exit codes of commands; those of diff are diff's own.
const (
	success   = 0
	different = 1
	failure   = 2
	unknown   = 127
)

// What the operator tells who asks by kubectl exec.
type commands struct {
	store cache.Store
	// How the copy in a namespace stands to a profile.
	look func(ctx context.Context, p *Profile, namespace string) (state, error)
	// The namespace whose profiles these are.
	namespace string
}

func (c commands) carryOut(ctx context.Context, asked *hiberlet.Command) int {
	var code int
	var err error
	switch strings.Join(asked.Args, " ") {
	case "list":
		err = c.list(asked.Stdout)
	case "diff":
		code, err = c.diff(ctx, asked.Stdin, asked.Stdout)
	default:
		fmt.Fprintf(asked.Stderr, "unknown command %q; there are list, and diff < PROFILE\n", strings.Join(asked.Args, " "))
		return unknown
	}
	if err != nil {
		fmt.Fprintln(asked.Stderr, err)
		return failure
	}
	return code
}

// The profiles as the operator knows them: it asks nobody.
func (c commands) list(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "PROFILE\tREASON\tNAMESPACES")
	keys := c.store.ListKeys()
	slices.Sort(keys)
	for _, key := range keys {
		object, exists, err := c.store.GetByKey(key)
		if err != nil {
			return err
		}
		if !exists {
			continue
		}
		p, err := profileOf(object.(*unstructured.Unstructured))
		if err != nil {
			return err
		}
		reason := "Pending"
		if condition := meta.FindStatusCondition(p.Status.Conditions, ready); condition != nil {
			reason = condition.Reason
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", key, reason, strings.Join(p.Status.Namespaces, ","))
	}
	return table.Flush()
}

// What a profile, in YAML or JSON, would change if it were applied.
func (c commands) diff(ctx context.Context, in io.Reader, out io.Writer) (int, error) {
	text, err := io.ReadAll(io.LimitReader(in, hiberlet.MaxRequestBytes))
	if err != nil {
		return failure, err
	}
	p := &Profile{}
	if err := yaml.UnmarshalStrict(text, p); err != nil {
		return failure, fmt.Errorf("the input is no profile: %w", err)
	}
	p.Namespace = c.namespace
	if p.Name == "" {
		return failure, fmt.Errorf("the input is no profile: it has no name")
	}
	code := success
	for _, namespace := range p.wanted() {
		s, err := c.look(ctx, p, namespace)
		if err != nil {
			return failure, err
		}
		if s != same {
			code = different
		}
		fmt.Fprintf(out, "%s: %s\n", namespace, s)
	}
	return code, nil
}
