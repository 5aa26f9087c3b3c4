// Package stage is what all drivers in Go share: the dialogue with the recorder, one JSON document a line.
package stage

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
)

var (
	Endpoint  = os.Getenv("ENDPOINT")
	AccessKey = os.Getenv("ACCESS_KEY")
	SecretKey = os.Getenv("SECRET_KEY")
	Bucket    = os.Getenv("BUCKET")

	PartOne    = bytes.Repeat([]byte("a"), 5<<20)
	PartTwo    = bytes.Repeat([]byte("b"), 1000)
	Stream     = bytes.Repeat([]byte("s"), 100_000)
	Hello      = []byte("hello, habits\n")
	Encoded, _ = hex.DecodeString("1f8b0800000000000203cb48cdc9c9d751c8484cca2c290600c1345d8c0d000000")
)

const OddKey = "odd/\u00e4 b+c~(1)'!=&.txt"

var acknowledged = bufio.NewReader(os.Stdin)

// Version tells the version of a module that this program was built with.
func Version(module string) {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			tell(map[string]any{"version": dependency.Version})
		}
	}
}

// Operation announces what comes next, then does it. What fails is told, and the next goes on.
func Operation(name string, work func() error) {
	tell(map[string]any{"operation": name})
	if err := work(); err != nil {
		tell(map[string]any{"failed": err.Error()})
	}
}

// Fetch has a plain HTTP client send what was presigned.
func Fetch(method, url string, headers map[string]string, body any) {
	tell(map[string]any{"fetch": map[string]any{"method": method, "url": url, "headers": headers, "body": body}})
}

func tell(what map[string]any) {
	line, err := json.Marshal(what)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
	_, _ = acknowledged.ReadString('\n')
}
