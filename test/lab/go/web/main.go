// The only program of the lab's only image. Without arguments it waits, as the pause container of a pod does. As `web` it
// answers on port 8080 as well or badly as its environment says, and counts what it answers in Prometheus' format:
// VERSION (shown), START (how long it is not ready), LATENCY (of each answer), ERRORS (share of answers with 500).
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"
)

var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5}

type counters struct {
	sync.Mutex
	codes   map[int]int
	buckets []int
	sum     float64
}

func (c *counters) add(code int, seconds float64) {
	c.Lock()
	defer c.Unlock()
	c.codes[code]++
	c.sum += seconds
	for i, bound := range bounds {
		if seconds <= bound {
			c.buckets[i]++
		}
	}
}

func (c *counters) write(w http.ResponseWriter) {
	c.Lock()
	defer c.Unlock()
	all := 0
	fmt.Fprintln(w, "# TYPE http_requests_total counter")
	for code, count := range c.codes {
		fmt.Fprintf(w, "http_requests_total{code=\"%d\"} %d\n", code, count)
		all += count
	}
	fmt.Fprintln(w, "# TYPE http_request_duration_seconds histogram")
	for i, bound := range bounds {
		fmt.Fprintf(w, "http_request_duration_seconds_bucket{le=\"%g\"} %d\n", bound, c.buckets[i])
	}
	fmt.Fprintf(w, "http_request_duration_seconds_bucket{le=\"+Inf\"} %d\n", all)
	fmt.Fprintf(w, "http_request_duration_seconds_sum %g\nhttp_request_duration_seconds_count %d\n", c.sum, all)
}

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	if len(os.Args) > 1 && os.Args[1] == "web" {
		go serve()
	}
	<-stop
}

func serve() {
	readyAt := time.Now().Add(duration("START"))
	latency := duration("LATENCY")
	errors, _ := strconv.ParseFloat(os.Getenv("ERRORS"), 64)
	counted := &counters{codes: map[int]int{}, buckets: make([]int, len(bounds))}
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if time.Now().Before(readyAt) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	http.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) { counted.write(w) })
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		began := time.Now()
		time.Sleep(latency)
		code := http.StatusOK
		if rand.Float64() < errors {
			code = http.StatusInternalServerError
		}
		w.WriteHeader(code)
		fmt.Fprintf(w, "%s %s\n", os.Getenv("VERSION"), os.Getenv("HOSTNAME"))
		counted.add(code, time.Since(began).Seconds())
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func duration(name string) time.Duration {
	given := os.Getenv(name)
	if given == "" {
		return 0
	}
	parsed, err := time.ParseDuration(given)
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return parsed
}
