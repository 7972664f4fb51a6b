// Reads objects as JSON, one in a line, and prints what `kubectl rollout status` says of each.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubectl/pkg/polymorphichelpers"
)

type verdict struct {
	Known bool   `json:"known"`
	Done  bool   `json:"done"`
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		object := &unstructured.Unstructured{}
		if err := json.Unmarshal(lines.Bytes(), &object.Object); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		out, _ := json.Marshal(judge(object))
		fmt.Println(string(out))
	}
}

func judge(object *unstructured.Unstructured) verdict {
	kind := object.GroupVersionKind()
	viewer, err := polymorphichelpers.StatusViewerFor(schema.GroupKind{Group: kind.Group, Kind: kind.Kind})
	if err != nil {
		return verdict{}
	}
	text, done, err := viewer.Status(object, 0)
	if err != nil {
		return verdict{Known: true, Error: err.Error()}
	}
	return verdict{Known: true, Done: done, Text: text}
}
