"""What aioice leaves out of ICE over a relay, and a browser does: importing this module adds it.

- Data indications: the peer behind a symmetric NAT comes from a port that no channel is bound to yet. aioice drops what it sends.
- Direct first: aioice nominates the first pair that works. Browsers settle for a direct one if there is one; so relayed pairs get a handicap.
- The best nominated pair stays (RFC 8445, 8.1.1), and a relayed one never replaces a direct one. aioice takes the one nominated last.
- A STUN server that does not answer is not waited for as long.
"""

import asyncio
import struct

import aioice.ice
import aioice.turn
from aioice import stun

DATA_INDICATION = 0x0017
DATA = 0x0013
STUN_PATIENCE_SECONDS = 1.5
RELAY_HANDICAP_SECONDS = 1.5

gather = aioice.ice.Connection.get_component_candidates
check = aioice.ice.Connection.check_start
complete = aioice.ice.Connection.check_complete
receive = aioice.turn.TurnClientMixin.datagram_received


async def gather_with_patience(self, component, addresses):
    return await gather(self, component, addresses, STUN_PATIENCE_SECONDS)


def is_relayed(connection, pair):
    # A relay of the device may be heard of before it is named; it stands on the server where ours stands.
    relays = {candidate.host for candidate in connection.local_candidates if candidate.type == "relay"}
    return "relay" in (pair.local_candidate.type, pair.remote_candidate.type) or pair.remote_candidate.host in relays


async def check_direct_first(self, pair):
    now = asyncio.get_running_loop().time()
    self.relays_at = getattr(self, "relays_at", now + RELAY_HANDICAP_SECONDS)
    if is_relayed(self, pair) and now < self.relays_at and any(not is_relayed(self, p) for p in self._check_list):
        self.check_state(pair, aioice.ice.CandidatePair.State.IN_PROGRESS)
        await asyncio.sleep(self.relays_at - now)
    await check(self, pair)


def rank(connection, pair):
    # The priority of a relay that was heard of before it was named is that of a reflexive candidate, so the kind counts first.
    priority = aioice.ice.candidate_pair_priority(pair.local_candidate, pair.remote_candidate, connection.ice_controlling)
    return (not is_relayed(connection, pair), priority)


def complete_and_keep_the_best(self, pair):
    before = self._nominated.get(pair.component)
    complete(self, pair)
    after = self._nominated.get(pair.component)
    if before is not None and after is not before and rank(self, before) > rank(self, after):
        self._nominated[pair.component] = before


def payload_of(message):
    at = 20
    while at + 4 <= len(message):
        kind, length = struct.unpack("!HH", message[at : at + 4])
        if kind == DATA:
            return message[at + 4 : at + 4 + length]
        at += 4 + length + stun.padding_length(length)
    return None


def receive_indications_too(self, data, addr):
    if len(data) >= 20 and struct.unpack("!H", data[:2])[0] == DATA_INDICATION:
        peer = stun.parse_message(data).attributes.get("XOR-PEER-ADDRESS")
        payload = payload_of(data)
        if peer and payload and self.receiver:
            self.receiver.datagram_received(payload, peer)
        return
    receive(self, data, addr)


aioice.ice.Connection.get_component_candidates = gather_with_patience
aioice.ice.Connection.check_start = check_direct_first
aioice.ice.Connection.check_complete = complete_and_keep_the_best
aioice.turn.TurnClientMixin.datagram_received = receive_indications_too
