// Receiver opens many WebSockets to one server from many loopback addresses and watches venues with them.
//
// It says on stdout, a JSON object a line: how many are connected and how many deltas came so far (each second), and
// when the last of its watchers of a venue had reached a version (of those that all were there for). With a lifetime,
// watchers leave in every way there is, and come back at once. It ends with its stdin.
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

	connected, deltas, lost, returned atomic.Int64
	begun                             = time.Now()
	say                               = json.NewEncoder(os.Stdout)
	saying                            sync.Mutex
)

// message is what we need of any message of the server.
type message struct {
	Type    string `json:"type"`
	Version int64  `json:"version"`
}

// venue counts, for each version, how many of its watchers have got so far.
type venue struct {
	sync.Mutex
	name    string
	members int
	reached map[int64]int
}

// reach notes that a watcher went from one version to a later one.
func (v *venue) reach(from, to int64) {
	v.Lock()
	defer v.Unlock()
	for version := from + 1; version <= to; version++ {
		v.reached[version]++
		if v.reached[version] == v.members {
			delete(v.reached, version)
			tell(map[string]any{"venue": v.name, "version": version, "at": float64(time.Now().UnixNano()) / 1e9})
		}
	}
}

func tell(fact map[string]any) {
	saying.Lock()
	defer saying.Unlock()
	_ = say.Encode(fact)
}

func main() {
	flag.Parse()
	all := make([]*venue, *venues)
	for n := range all {
		all[n] = &venue{name: fmt.Sprintf("venue-%d", n+1), reached: map[int64]int{}}
	}
	for n := 0; n < *watchers; n++ {
		all[n%*venues].members++
	}
	go dialAll(all)
	go func() {
		for range time.Tick(time.Second) {
			tell(map[string]any{"connected": connected.Load(), "deltas": deltas.Load(), "lost": lost.Load(),
				"returned": returned.Load()})
		}
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func dialAll(all []*venue) {
	turn := make(chan struct{}, *dialers)
	for n := 0; n < *watchers; n++ {
		turn <- struct{}{}
		go watch(all[n%*venues], n, turn)
	}
}

// watch is one watcher's place: whoever leaves is followed by the next.
func watch(at *venue, n int, turn chan struct{}) {
	for stay(at, n, turn) {
		returned.Add(1)
		turn <- struct{}{}
	}
}

// stay is one watcher, from its handshake to its end; whether it only left to come back.
func stay(at *venue, n int, turn chan struct{}) bool {
	conn, reader, err := enter(at.name, n)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		lost.Add(1)
		<-turn
		return false
	}
	defer conn.Close()
	var leaves atomic.Bool
	if at := leaving(); at > 0 {
		defer time.AfterFunc(at, func() { leaves.Store(true); leave(conn) }).Stop()
	}
	version, payload := int64(-1), []byte(nil)
	next := time.Now().Add(pongEvery)
	for {
		var opcode byte
		if opcode, payload, err = frame(reader, payload); err != nil || opcode == closing {
			if version < 0 {
				<-turn
			} else {
				connected.Add(-1)
			}
			if leaves.Load() {
				return true
			}
			lost.Add(1)
			return false
		}
		var heard message
		if json.Unmarshal(payload, &heard) != nil {
			continue
		}
		switch heard.Type {
		case "snapshot":
			if version < 0 {
				connected.Add(1)
				<-turn
			} else {
				at.reach(version, heard.Version)
			}
			version = heard.Version
		case "delta":
			deltas.Add(1)
			at.reach(version, heard.Version)
			version = heard.Version
		case "heartbeat":
			if now := time.Now(); now.After(next) {
				next = now.Add(pongEvery)
				_, _ = conn.Write(clientFrame([]byte(pong)))
			}
		}
	}
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

func enter(name string, n int) (net.Conn, *bufio.Reader, error) {
	from := net.IPv4(127, byte(*network), byte(n%*addresses/250), byte(n%*addresses%250+1))
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: 60 * time.Second}
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
