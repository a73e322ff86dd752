// Judges a history of operations on objects: is there an order, in keeping with real time, in which each was answered
// as one correct object would answer it? Prints one line for each object whose history has none. Ends with 1 then, with 2
// when it cannot say.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

func main() {
	patience := flag.Duration("timeout", 5*time.Minute, "for one object")
	pictures := flag.String("pictures", "", "folder for an HTML page of each object whose history is wrong")
	flag.Parse()
	if err := judge(flag.Arg(0), *patience, *pictures); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func judge(path string, patience time.Duration, pictures string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	histories, err := readHistory(file)
	if err != nil {
		return err
	}
	operations, wrong := 0, 0
	keys := []string{}
	for key, history := range histories {
		keys = append(keys, key)
		operations += len(history)
	}
	slices.Sort(keys)
	for _, key := range keys {
		result, info := porcupine.CheckOperationsVerbose(model, histories[key], patience)
		if result == porcupine.Unknown {
			return fmt.Errorf("%s: no verdict on %d operations within %s", key, len(histories[key]), patience)
		}
		if result == porcupine.Ok {
			continue
		}
		wrong++
		fmt.Printf("not linearizable: %s, %d operations\n", key, len(histories[key]))
		if pictures != "" {
			page := filepath.Join(pictures, strings.ReplaceAll(key, "/", "_")+".html")
			if err := porcupine.VisualizePath(model, info, page); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%d operations on %d objects, %d not linearizable\n", operations, len(keys), wrong)
	if wrong > 0 {
		os.Exit(1)
	}
	return nil
}
