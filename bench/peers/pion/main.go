// A WHEP server of another make: pion passes an H.264 file on to every viewer, the way its own examples send a file. To compare with.
//
// Built by bench/compare.sh with Debian's packages: golang-go, golang-github-pion-webrtc.v3-dev. Listens on 127.0.0.1 only.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/pion/webrtc"
	"github.com/pion/webrtc/pkg/media"
)

var (
	peers = map[string]*webrtc.PeerConnection{}
	gate  sync.Mutex
	next  int
)

// Pictures as the clip has them: each with the parameter sets before it. A new picture begins with the slice whose first macroblock is number 0.
func pictures(file []byte) [][]byte {
	var found [][]byte
	begin, hasSlice := 0, false
	for at := 0; at+4 < len(file); {
		code := bytes.Index(file[at:], []byte{0, 0, 1})
		if code < 0 {
			break
		}
		at += code
		start := at
		if start > 0 && file[start-1] == 0 {
			start--
		}
		kind := file[at+3] & 31
		isSlice := kind == 1 || kind == 5
		if hasSlice && (!isSlice || file[at+4]&0x80 != 0) {
			found, begin, hasSlice = append(found, file[begin:start]), start, false
		}
		hasSlice = hasSlice || isSlice
		at += 4
	}
	return append(found, file[begin:])
}

func play(track *webrtc.TrackLocalStaticSample, clip [][]byte, length time.Duration) {
	ticker := time.NewTicker(length)
	for i := 0; ; i = (i + 1) % len(clip) {
		<-ticker.C
		if err := track.WriteSample(media.Sample{Data: clip[i], Duration: length}); err != nil {
			log.Println(err)
		}
	}
}

func offer(api *webrtc.API, track webrtc.TrackLocal) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		text, err := io.ReadAll(bufio.NewReader(request.Body))
		if err != nil {
			return
		}
		peer, err := api.NewPeerConnection(webrtc.Configuration{})
		if err != nil {
			http.Error(response, err.Error(), 500)
			return
		}
		sender, err := peer.AddTrack(track)
		if err == nil {
			go func() { // pion handles RTCP only while it is read
				room := make([]byte, 1500)
				for {
					if _, _, err := sender.Read(room); err != nil {
						return
					}
				}
			}()
			err = peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: string(text)})
		}
		var answer webrtc.SessionDescription
		if err == nil {
			answer, err = peer.CreateAnswer(nil)
		}
		gathered := webrtc.GatheringCompletePromise(peer)
		if err == nil {
			err = peer.SetLocalDescription(answer)
		}
		if err != nil {
			peer.Close()
			http.Error(response, err.Error(), 400)
			return
		}
		<-gathered
		gate.Lock()
		next++
		name := fmt.Sprintf("/whep/%d", next)
		peers[name] = peer
		gate.Unlock()
		response.Header().Set("Content-Type", "application/sdp")
		response.Header().Set("Location", name)
		response.WriteHeader(201)
		io.WriteString(response, peer.LocalDescription().SDP)
	}
}

func leave(response http.ResponseWriter, request *http.Request) {
	gate.Lock()
	peer := peers[request.URL.Path]
	delete(peers, request.URL.Path)
	gate.Unlock()
	if peer != nil {
		peer.Close()
	}
}

func main() {
	port := flag.Int("port", 9890, "where to listen")
	input := flag.String("input", "", "an H.264 file with start codes")
	rate := flag.Int("fps", 30, "pictures a second")
	flag.Parse()
	file, err := os.ReadFile(*input)
	if err != nil {
		log.Fatal(err)
	}
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		log.Fatal(err)
	}
	settings := webrtc.SettingEngine{}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings))
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeH264}, "video", "clip")
	if err != nil {
		log.Fatal(err)
	}
	go play(track, pictures(file), time.Second/time.Duration(*rate))
	http.HandleFunc("/whep", offer(api, track))
	http.HandleFunc("/whep/", leave)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}
