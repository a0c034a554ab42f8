// Receiver opens many WebSockets to one server from many loopback addresses and watches venues with them.
//
// It says on stdout, a JSON object a line: how many are connected, how many deltas came and who was away for how long
// (each second), and when its watchers of a venue had reached a version (of those that all were there for). With a
// lifetime, watchers leave in every way there is, and come back at once. Patient ones come back, like the reference
// client, whenever they lose their connection. Slow ones stop reading while its stdin says "rest", until it says
// "read", and count for no version. It ends with its stdin.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	upgrade = "GET /v1/live HTTP/1.1\r\nHost: reach\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	pong      = `{"type":"pong"}`
	pongEvery = 15 * time.Second
	textFrame = 0x81
	masked    = 0x80
	closing   = 0x8
	opening   = 6 * time.Second
	// A client that goes away says 1001 (RFC 6455, section 7.4.1).
	finalClose = 0x88
)

var (
	server    = flag.String("server", "127.0.0.1:8080", "where to connect")
	watchers  = flag.Int("watchers", 1000, "how many")
	venues    = flag.Int("venues", 50, "they are spread over venue-1 to venue-N")
	network   = flag.Int("network", 1, "from 127.N.0.1 on")
	addresses = flag.Int("addresses", 20, "so many of them")
	dialers   = flag.Int("dialers", 64, "handshakes under way at once")
	lifetime  = flag.Duration("lifetime", 0, "how long a watcher stays on average, before it leaves and comes back")
	churning  = flag.Duration("churning", 0, "for how long watchers leave and come back")
	patient   = flag.Bool("patient", false, "whoever loses the connection comes back")
	slow      = flag.Int("slow", 0, "so many watchers stop reading when told to")

	connected, deltas, bytes, lost, returned atomic.Int64
	resting                                  atomic.Bool
	begun                                    = time.Now()
	absences                                 = gaps{ended: [][2]float64{}}
	say                                      = json.NewEncoder(os.Stdout)
	saying                                   sync.Mutex
)

// message is what we need of any message of the server.
type message struct {
	Type    string `json:"type"`
	Version int64  `json:"version"`
	RetryMs int64  `json:"retryMs"`
}

// gaps are the times at which somebody showed something live again, and for how long it had not (seconds).
type gaps struct {
	sync.Mutex
	ended [][2]float64
}

func (g *gaps) add(lostAt time.Time) {
	g.Lock()
	defer g.Unlock()
	g.ended = append(g.ended, [2]float64{unix(time.Now()), time.Since(lostAt).Seconds()})
}

func (g *gaps) take() [][2]float64 {
	g.Lock()
	defer g.Unlock()
	taken := g.ended
	g.ended = [][2]float64{}
	return taken
}

// venue knows, for each version, who of its watchers has got so far.
type venue struct {
	sync.Mutex
	name    string
	members int
	reached map[int64]*arrivals
}

// arrivals count watchers by the milliseconds that they came after the first.
type arrivals struct {
	first time.Time
	count int
	after map[int64]int
}

// reach notes that a watcher went from one version to a later one.
func (v *venue) reach(from, to int64) {
	now := time.Now()
	v.Lock()
	defer v.Unlock()
	for version := from + 1; version <= to; version++ {
		here := v.reached[version]
		if here == nil {
			here = &arrivals{first: now, after: map[int64]int{}}
			v.reached[version] = here
		}
		here.count++
		here.after[now.Sub(here.first).Milliseconds()]++
		if here.count == v.members {
			delete(v.reached, version)
			tell(map[string]any{"type": "arrived", "venue": v.name, "version": version, "at": unix(now),
				"first": unix(here.first), "after": here.after})
		}
	}
}

func unix(at time.Time) float64 { return float64(at.UnixNano()) / 1e9 }

func tell(fact map[string]any) {
	saying.Lock()
	defer saying.Unlock()
	_ = say.Encode(fact)
}

func main() {
	flag.Parse()
	all := make([]*venue, *venues)
	for n := range all {
		all[n] = &venue{name: fmt.Sprintf("venue-%d", n+1), reached: map[int64]*arrivals{}}
	}
	for n := *slow; n < *watchers; n++ {
		all[n%*venues].members++
	}
	go dialAll(all)
	go func() {
		for range time.Tick(time.Second) {
			tell(map[string]any{"type": "counted", "connected": connected.Load(), "deltas": deltas.Load(), "bytes": bytes.Load(),
				"lost": lost.Load(), "returned": returned.Load(), "gaps": absences.take()})
		}
	}()
	for told := bufio.NewScanner(os.Stdin); told.Scan(); {
		resting.Store(told.Text() == "rest")
	}
}

func dialAll(all []*venue) {
	turn := make(chan struct{}, *dialers)
	for n := 0; n < *watchers; n++ {
		turn <- struct{}{}
		go (&watcher{venue: all[n%*venues], n: n, slow: n < *slow, turn: turn, version: -1}).watch()
	}
}

// watcher is one client. What it shows it shows also while it is away.
type watcher struct {
	venue    *venue
	n        int
	slow     bool
	turn     chan struct{}
	version  int64
	leaves   atomic.Bool
	failures int
	lostAt   time.Time
	wish     time.Duration
}

// watch is a watcher's life: whoever leaves comes back in its turn, and a patient one that lost its connection when it
// thinks best: it waits for nobody.
func (w *watcher) watch() {
	for {
		err := w.stay()
		switch {
		case w.leaves.Swap(false):
			returned.Add(1)
		case *patient:
			time.Sleep(w.pause())
			w.turn = make(chan struct{}, 1)
		default:
			fmt.Fprintln(os.Stderr, err)
			lost.Add(1)
			return
		}
		w.turn <- struct{}{}
	}
}

// pause is the reference client's: the server's wish, else full jitter that grows while attempts fail, in the first
// minute to five seconds.
func (w *watcher) pause() time.Duration {
	most, grown := 5*time.Second, 2*time.Second
	if time.Since(w.lostAt) > time.Minute {
		most = 30 * time.Second
	}
	if w.failures > 1 {
		grown = 500 * time.Millisecond << min(w.failures-1, 10)
	}
	most = min(most, grown)
	pause := time.Duration(rand.Float64() * float64(most))
	if w.wish >= 0 {
		pause = w.wish
	}
	return pause
}

// stay is one connection, from its handshake to its end.
func (w *watcher) stay() error {
	shown := false
	defer func() {
		if !shown {
			<-w.turn
			return
		}
		connected.Add(-1)
		w.lostAt = time.Now()
	}()
	w.failures++
	w.wish = -1
	conn, reader, err := enter(w.venue.name, w.n, w.slow)
	if err != nil {
		return err
	}
	defer conn.Close()
	if at := leaving(); at > 0 {
		defer time.AfterFunc(at, func() { w.leaves.Store(true); leave(conn) }).Stop()
	}
	if *patient {
		_ = conn.SetReadDeadline(time.Now().Add(opening))
	}
	payload, next := []byte(nil), time.Now().Add(pongEvery)
	for {
		for w.slow && resting.Load() {
			time.Sleep(50 * time.Millisecond)
		}
		var opcode byte
		if opcode, payload, err = frame(reader, payload); err != nil {
			return err
		}
		if opcode == closing {
			return fmt.Errorf("closed: %q", payload)
		}
		var heard message
		if json.Unmarshal(payload, &heard) != nil {
			continue
		}
		switch heard.Type {
		case "snapshot":
			if !shown {
				shown = true
				_ = conn.SetReadDeadline(time.Time{})
				w.live()
			}
			w.show(heard.Version)
		case "delta":
			deltas.Add(1)
			bytes.Add(int64(len(payload)))
			w.show(heard.Version)
		case "bye":
			w.wish = time.Duration(heard.RetryMs) * time.Millisecond
		case "heartbeat":
			if now := time.Now(); now.After(next) {
				next = now.Add(pongEvery)
				_, _ = conn.Write(clientFrame([]byte(pong)))
			}
		}
	}
}

// live is said when a connection shows its first state.
func (w *watcher) live() {
	connected.Add(1)
	w.failures = 0
	if *patient && !w.lostAt.IsZero() {
		absences.add(w.lostAt)
	}
	<-w.turn
}

func (w *watcher) show(version int64) {
	if w.version >= 0 && !w.slow {
		w.venue.reach(w.version, version)
	}
	w.version = version
}

// leaving is when a watcher that comes now goes; 0 when it stays.
func leaving() time.Duration {
	at := time.Duration(rand.ExpFloat64() * float64(*lifetime))
	if *lifetime == 0 || time.Since(begun)+at > *churning {
		return 0
	}
	return max(at, time.Millisecond)
}

// leave says goodbye, hangs up, or is torn away.
func leave(conn net.Conn) {
	switch rand.IntN(3) {
	case 0:
		_, _ = conn.Write([]byte{finalClose, masked | 2, 0, 0, 0, 0, 0x03, 0xe9})
	case 1:
		_ = conn.Close()
	default:
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}

// narrow keeps little for a client that does not read: what waits for it then waits at the server.
func narrow(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(socket uintptr) {
		_ = syscall.SetsockoptInt(int(socket), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 16<<10)
	})
}

func enter(name string, n int, slow bool) (net.Conn, *bufio.Reader, error) {
	from := net.IPv4(127, byte(*network), byte(n%*addresses/250), byte(n%*addresses%250+1))
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: 60 * time.Second}
	if slow {
		dialer.Control = narrow
	}
	conn, err := dialer.Dial("tcp", *server)
	if err != nil {
		return nil, nil, err
	}
	reader := bufio.NewReaderSize(conn, 1024)
	if _, err = conn.Write([]byte(upgrade)); err != nil {
		return nil, nil, err
	}
	status, err := reader.ReadString('\n')
	for line := status; err == nil && line != "\r\n"; {
		line, err = reader.ReadString('\n')
	}
	if err != nil || len(status) < 12 || status[9:12] != "101" {
		return nil, nil, fmt.Errorf("no handshake: %q %v", status, err)
	}
	hello := fmt.Sprintf(`{"type":"hello","venue":%q,"view":"display"}`, name)
	_, err = conn.Write(clientFrame([]byte(hello)))
	return conn, reader, err
}

// frame reads a whole frame of the server; the payload is only good until the next call.
func frame(reader *bufio.Reader, room []byte) (byte, []byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(reader, head[:2]); err != nil {
		return 0, nil, err
	}
	opcode, size := head[0]&0x0f, uint64(head[1])
	switch size {
	case 126:
		if _, err := io.ReadFull(reader, head[:2]); err != nil {
			return 0, nil, err
		}
		size = uint64(binary.BigEndian.Uint16(head[:2]))
	case 127:
		if _, err := io.ReadFull(reader, head[:8]); err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(head[:8])
	}
	if uint64(cap(room)) < size {
		room = make([]byte, size)
	}
	_, err := io.ReadFull(reader, room[:size])
	return opcode, room[:size], err
}

// clientFrame is a short text, masked with zeros (RFC 6455, section 5.2): the mask hides nothing here.
func clientFrame(text []byte) []byte {
	return append([]byte{textFrame, masked | byte(len(text)), 0, 0, 0, 0}, text...)
}
