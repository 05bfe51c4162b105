// A viewer on pion: counts the pictures whose packets came whole and in order, and speaks over a data channel.
// usage: pion URL PICTURES [data [answer]]; with "answer" it answers the offer of URL/offer/clip at URL/answer, and sends back the pictures it gets
package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pion/webrtc/v3"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	pictures, err := strconv.Atoi(os.Args[2])
	must(err)
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	media := &webrtc.MediaEngine{}
	must(media.RegisterDefaultCodecs())
	peer, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(media)).NewPeerConnection(webrtc.Configuration{})
	must(err)
	heard := make(chan bool, 1)
	if len(os.Args) > 3 {
		speak(peer, heard)
	} else {
		heard <- true
	}
	seen := make(chan string, 1)
	answers := len(os.Args) > 4 && os.Args[4] == "answer"
	var back *webrtc.TrackLocalStaticRTP
	if answers {
		back, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "pion")
		must(err)
	}
	peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if track.Kind() == webrtc.RTPCodecTypeVideo {
			watch(track, pictures, seen, back)
		}
	})
	if answers {
		answer(peer, os.Args[1], back)
	} else {
		_, err = peer.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		must(err)
		connect(peer, os.Args[1])
	}
	limit := time.After(50 * time.Second)
	for waiting := 2; waiting > 0; waiting-- {
		select {
		case same := <-heard:
			if !same {
				log.Fatal("other bytes came back")
			}
		case line := <-seen:
			fmt.Println(line)
		case <-limit:
			log.Fatal("too little came in 50 seconds")
		}
	}
	if answers {
		fmt.Println(`{"event": "heard"}`)
		time.Sleep(30 * time.Second) // what it sends is looked at as long as it lives
	}
}

func watch(track *webrtc.TrackRemote, pictures int, seen chan<- string, back *webrtc.TrackLocalStaticRTP) {
	gaps, last := 0, -1
	for count := 0; count < pictures || back != nil; {
		packet, _, err := track.ReadRTP()
		must(err)
		if last >= 0 && uint16(last+1) != packet.SequenceNumber {
			gaps++
		}
		last = int(packet.SequenceNumber)
		if packet.Marker {
			count++
			if count == pictures {
				seen <- fmt.Sprintf(`{"event": "watched", "pictures": %d, "gaps": %d, "codec": %q}`, pictures, gaps, track.Codec().MimeType)
			}
		}
		if back != nil {
			must(back.WriteRTP(packet))
		}
	}
}

func speak(peer *webrtc.PeerConnection, heard chan<- bool) {
	words := make([]byte, 60_000)
	_, err := rand.Read(words)
	must(err)
	channel, err := peer.CreateDataChannel("probe", nil)
	must(err)
	channel.OnOpen(func() { must(channel.Send(words)) })
	channel.OnMessage(func(message webrtc.DataChannelMessage) { heard <- bytes.Equal(words, message.Data) })
}

func connect(peer *webrtc.PeerConnection, url string) {
	offer, err := peer.CreateOffer(nil)
	must(err)
	gathered := webrtc.GatheringCompletePromise(peer)
	must(peer.SetLocalDescription(offer))
	<-gathered
	reply, err := http.Post(url, "application/sdp", strings.NewReader(peer.LocalDescription().SDP))
	must(err)
	answer, err := io.ReadAll(reply.Body)
	must(err)
	if reply.StatusCode >= 300 {
		log.Fatal(string(answer))
	}
	must(peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(answer)}))
}

func answer(peer *webrtc.PeerConnection, url string, back webrtc.TrackLocal) {
	reply, err := http.Get(url + "/offer/clip")
	must(err)
	offer, err := io.ReadAll(reply.Body)
	must(err)
	must(peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: string(offer)}))
	_, err = peer.AddTrack(back)
	must(err)
	ours, err := peer.CreateAnswer(nil)
	must(err)
	gathered := webrtc.GatheringCompletePromise(peer)
	must(peer.SetLocalDescription(ours))
	<-gathered
	_, err = http.Post(url+"/answer", "application/sdp", strings.NewReader(peer.LocalDescription().SDP))
	must(err)
}
