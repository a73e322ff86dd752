package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/anishathalye/porcupine"
)

// content is what clients write; the rest of an object is the server's.
type content struct {
	Description string            `json:"description"`
	Annotations map[string]string `json:"annotations"`
	Labels      map[string]string `json:"labels"`
}

// object is what a client saw of an object. A deletion has only the uid, and the version when it is known.
type object struct {
	UID        string `json:"uid"`
	Version    int64  `json:"version"`
	Generation int64  `json:"generation"`
	content
}

// operation is one line of the history: what a client asked, when, and what it was told.
type operation struct {
	Client int    `json:"client"`
	Key    string `json:"key"`
	// get, create, update, patch or delete.
	Op     string `json:"op"`
	DryRun bool   `json:"dryRun"`
	// When it was asked and answered, in nanoseconds of one clock. Without an answer it may take effect until the end.
	Call   int64  `json:"call"`
	Return *int64 `json:"return"`
	// What is written: the whole content by create and update, what is merged into it by patch.
	Given content `json:"given"`
	// Preconditions of update and delete; 0 and "" are none.
	ExpectVersion int64  `json:"expectVersion"`
	ExpectUID     string `json:"expectUid"`
	// ok, notFound, exists or conflict.
	Result string `json:"result"`
	Object object `json:"object"`
}

// readHistory returns the operations of each object.
func readHistory(from io.Reader) (map[string][]porcupine.Operation, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 16<<20)
	byKey := map[string][]porcupine.Operation{}
	for number := 1; lines.Scan(); number++ {
		var op operation
		if err := json.Unmarshal(lines.Bytes(), &op); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		end := int64(math.MaxInt64)
		if op.Return != nil {
			end = *op.Return
		}
		byKey[op.Key] = append(byKey[op.Key], porcupine.Operation{
			ClientId: op.Client, Input: &op, Output: &op, Call: op.Call, Return: end,
		})
	}
	return byKey, lines.Err()
}
