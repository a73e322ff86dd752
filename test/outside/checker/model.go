package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"

	"github.com/anishathalye/porcupine"
)

// state is one object as it should be. Versions only grow, across deletions too.
type state struct {
	exists     bool
	uid        string
	version    int64
	generation int64
	// The content as JSON, so that states can be compared.
	content string
}

func (c content) text() string {
	for _, fields := range []*map[string]string{&c.Annotations, &c.Labels} {
		if *fields == nil {
			*fields = map[string]string{}
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// merged is what a merge patch (RFC 7386) makes of the content.
func merged(text string, patch content) string {
	var result content
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		panic(err)
	}
	if patch.Description != "" {
		result.Description = patch.Description
	}
	maps.Copy(result.Annotations, patch.Annotations)
	maps.Copy(result.Labels, patch.Labels)
	return result.text()
}

func (o object) state() state {
	return state{true, o.UID, o.Version, o.Generation, o.text()}
}

// wanted says whether the preconditions hold.
func (op *operation) wanted(now state) bool {
	return (op.ExpectUID == "" || op.ExpectUID == now.uid) &&
		(op.ExpectVersion == 0 || op.ExpectVersion == now.version)
}

// step says whether the operation could be answered like this in this state, and what the state is afterwards.
func step(now state, op *operation) (bool, state) {
	switch op.Result {
	case "notFound":
		return !now.exists && op.Op != "create", now
	case "exists":
		return now.exists && op.Op == "create", now
	case "conflict":
		return now.exists && (op.Op == "update" || op.Op == "delete") && !op.wanted(now), now
	case "ok":
	default:
		return false, now
	}
	if op.Op == "get" {
		return now.exists && now == op.Object.state(), now
	}
	if op.Op == "create" {
		if now.exists || op.Object.Generation != 1 || op.Object.text() != op.Given.text() {
			return false, now
		}
		return written(now, op)
	}
	if !now.exists || !op.wanted(now) || op.Object.UID != now.uid {
		return false, now
	}
	switch op.Op {
	case "update":
		if op.Object.text() != op.Given.text() || op.Object.Generation != now.generation+1 {
			return false, now
		}
	case "patch":
		if op.Object.text() != merged(now.content, op.Given) || op.Object.Generation != now.generation+1 {
			return false, now
		}
	case "delete":
	default:
		return false, now
	}
	return written(now, op)
}

// written is the state after a write that was allowed; a dry run leaves it.
func written(now state, op *operation) (bool, state) {
	if op.DryRun {
		return true, now
	}
	if op.Op == "delete" {
		return op.Object.Version == 0 || op.Object.Version > now.version, state{version: max(now.version, op.Object.Version)}
	}
	return op.Object.Version > now.version, op.Object.state()
}

// model is the specification of one object.
var model = porcupine.Model{
	Init: func() any { return state{} },
	Step: func(now, input, _ any) (bool, any) {
		return step(now.(state), input.(*operation))
	},
	Hash: func(now any) uint64 {
		hash := fnv.New64a()
		fmt.Fprint(hash, now)
		return hash.Sum64()
	},
	DescribeOperation: func(input, _ any) string {
		op := input.(*operation)
		what := op.Op
		if op.DryRun {
			what += " (dry run)"
		}
		return fmt.Sprintf("%s %q expecting %d%s → %s %d", what, op.Given.Description, op.ExpectVersion, op.ExpectUID, op.Result, op.Object.Version)
	},
	DescribeState: func(now any) string {
		s := now.(state)
		if !s.exists {
			return "absent"
		}
		return fmt.Sprintf("%d %s", s.version, s.content)
	},
}
