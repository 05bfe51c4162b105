// Generated from the records of Mumu.Signaling by tools/Mumu.TypeScript. Do not edit.

export const MessageTypes = {
  Hello: "hello",
  Challenge: "challenge",
  HelloAck: "hello_ack",
  Heartbeat: "heartbeat",
  HeartbeatAck: "heartbeat_ack",
  DevicePresence: "device_presence",
  PairingRequest: "pairing_request",
  PairingCode: "pairing_code",
  Paired: "paired",
  WatchRequest: "watch_request",
  WatchReady: "watch_ready",
  SignalOffer: "signal_offer",
  SignalAnswer: "signal_answer",
  SignalIce: "signal_ice",
  EndWatch: "end_watch",
  WatchEnded: "watch_ended",
  Error: "error",
} as const;
export type MessageType = (typeof MessageTypes)[keyof typeof MessageTypes];

export const WatchEndReasons = {
  ViewerDisconnected: "viewer_disconnected",
  UserEnded: "user_ended",
  DeviceDisconnected: "device_disconnected",
  Timeout: "timeout",
  Error: "error",
} as const;
export type WatchEndReason = (typeof WatchEndReasons)[keyof typeof WatchEndReasons];

/** The largest message either side accepts, in bytes. */
export const MAX_MESSAGE_BYTES = 65536;

/** POST /api/agent/cameras. */
export interface AddCameraRequest {
  /** The name for people. */
  name: string | null;
  /** rtsp://…. */
  url: string | null;
  /** Made from the name where absent. */
  id?: string | null;
  /** The user at the camera. */
  user?: string | null;
  /** The password at the camera. */
  password?: string | null;
  /** auto where absent. */
  transport?: string | null;
  /** True where absent. */
  on_demand?: boolean | null;
}

/** A camera of the agent; its password is never told. */
export interface AgentCamera {
  /** Its name in the settings file and its path in WHEP. */
  id: string;
  /** The name for people. */
  name: string;
  /** rtsp or simulator. */
  source: string;
  /** Without user and password; null for a simulator. */
  url: string | null;
  /** The user at the camera. */
  user: string | null;
  /** A password is stored. */
  has_password: boolean;
  /** auto, tcp or udp; null for a simulator. */
  transport: string | null;
  /** It connects only while someone watches. */
  on_demand: boolean;
  /** How it is now. */
  state: CameraPresence;
}

/** GET /api/agent. */
export interface AgentInfo {
  /** The agent's id at the hub. */
  device_id: string;
  /** The short fingerprint of its key. */
  fingerprint: string;
  /** The program's version. */
  version: string;
  /** In the order of its settings. */
  cameras: AgentCamera[];
}

/** GET / on the port of the old clients. */
export interface AppStatus {
  app: string;
  version: string;
  status: string;
}

/** One camera of a device, as viewers see it. */
export interface CameraPresence {
  /** The camera's name in the agent's settings: 1–64 characters of letters, digits, '-', '_'; also its path in WHEP. */
  id: string;
  /** The name for people. */
  name: string;
  /** ready (plays or would on demand), connecting, offline, error. */
  status: string;
  /** A sentence for people when the status is not ready. */
  message: string | null;
  /** For example H264; null while unknown. */
  codec: string | null;
  /** Picture width, 0 while unknown. */
  width: number;
  /** Picture height, 0 while unknown. */
  height: number;
  /** Frames a second, 0 while unknown. */
  fps: number;
  /** ISO 8601 time since when the status holds. */
  since: string | null;
}

/** The hub's challenge to a device that registered a key. */
export interface Challenge {
  /** Base64url of 32 random bytes, good for this socket only. */
  nonce: string;
}

/** POST /api/auth/password: other sign-ins of the user end. */
export interface ChangePasswordRequest {
  current_password: string | null;
  new_password: string | null;
}

/** A device says who it is. Without a key: accepted only where the owner allowed it ("unverified device"). */
export interface DeviceHello {
  /** 1–100 characters of letters, digits, '-', '_', '.', ':'. */
  device_id: string | null;
  /** Base64url ECDSA P-256/SHA-256 signature (64 bytes, r‖s) over HelloText; absent in the first hello. */
  proof?: string;
}

/** The hub knows the device. */
export interface DeviceHelloAck {
  device_id: string;
  server_time: string;
  paired: boolean;
}

/** A device in GET /api/devices. */
export interface DeviceInfo {
  /** Number of the device. */
  id: number;
  /** Its id on the wire. */
  device_id: string;
  /** The name for people. */
  device_name: string;
  /** Usually camera. */
  device_type: string;
  /** Whether it is connected. */
  is_online: boolean;
  /** ISO 8601; null if it never connected. */
  last_seen: string | null;
  /** It registered a key and proves it on every connection. */
  verified: boolean;
  /** It may connect: verified, or its owner allows it without a key. */
  allowed: boolean;
  /** Base64url SubjectPublicKeyInfo; null where not verified. */
  public_key: string | null;
  /** The short fingerprint of the key. */
  fingerprint: string | null;
  /** The caller's role on it: owner, admin or viewer. */
  role: string;
  /** Where it stands, in the owner's words. */
  room: string | null;
  /** What it last said of itself; DevicePresence for our agents. */
  presence: unknown;
}

/** What our agents say of themselves; other devices may send any object of at most 4 KiB. */
export interface DevicePresence {
  cameras: CameraPresence[];
  version?: string;
}

/** GET /api/devices/{device_id}/status. */
export interface DeviceStatus {
  device_id: string;
  is_online: boolean;
  last_seen: string | null;
}

/** The device learns of the session. */
export interface DeviceWatchRequest {
  session_id: string;
  user_id: string;
  ice_servers: IceServer[];
  camera?: string;
}

/** Either end leaves. */
export interface EndWatch {
  /** The watch session. */
  session_id: string | null;
  /** Ours, from a device: a sentence for the viewer, for example why the camera can't be shown. */
  reason?: string;
}

/** One message on the wire: {type, request_id?, ts, payload}, snake_case JSON in one text frame of at most MaxBytes. */
export interface Envelope {
  /** One of MessageTypes. */
  type: string;
  /** Chosen by whoever asks; echoed in the reply. */
  request_id?: string;
  /** ISO 8601 time of sending. */
  ts: string | null;
  /** The message itself; its shape follows from the type. */
  payload: unknown;
}

/** Every refusal of every route. */
export interface ErrorDetail {
  /** A sentence for people. */
  detail: string;
}

/** Something was refused. */
export interface ErrorMessage {
  message: string;
}

/** GET /health. */
export interface HealthStatus {
  /** healthy or unhealthy. */
  status: string;
  /** ISO 8601. */
  timestamp: string;
}

/** A sign of life: {}, and its acknowledgement the same. */
export type Heartbeat = Record<string, never>;

/** RTCIceCandidateInit; these names are camelCase on the wire, as browsers have them. */
export interface IceCandidateInit {
  candidate: string | null;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
}

/** A STUN or TURN server in the shape of RTCIceServer. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** POST /api/auth/login. */
export interface LoginRequest {
  username: string | null;
  password: string | null;
}

/** POST /api/devices/pair. */
export interface PairRequest {
  /** Six digits. */
  pairing_code: string | null;
  /** The user saw that the device has no key and wants it all the same. */
  allow_unverified?: boolean | null;
  /** Where old clients put the access token; others send Authorization: Bearer. */
  token?: string | null;
}

/** The device is paired with the caller. */
export interface PairResponse {
  message: string;
  device: PairedDevice;
}

/** The device has an owner now. */
export interface Paired {
  username: string;
  device_name: string | null;
}

/** What the caller pins. */
export interface PairedDevice {
  /** Its id on the wire. */
  device_id: string;
  /** The name for people. */
  device_name: string;
  /** It has a key. */
  verified: boolean;
  /** It may connect. */
  allowed: boolean;
  /** Base64url SubjectPublicKeyInfo, to be kept by the client. */
  public_key: string | null;
  /** The short fingerprint people compare. */
  fingerprint: string | null;
  /** owner for the first, viewer for those after. */
  role: string;
}

/** The code: six digits, single use. */
export interface PairingCode {
  code: string;
  expires_at: string;
  ttl: number;
}

/** A proven device asks for a code to be typed by its future owner. */
export type PairingRequest = Record<string, never>;

/** To every socket of every user who may see the device: it came, went, or changed. */
export interface PresenceChanged {
  device_id: string;
  is_online: boolean;
  last_seen: string | null;
  presence: unknown;
}

/** POST /api/agent/cameras/probe. */
export interface ProbeCameraRequest {
  url: string | null;
  user?: string | null;
  password?: string | null;
  transport?: string | null;
}

/** What the probe found. */
export interface ProbeResult {
  /** The camera answered and has something to show. */
  ok: boolean;
  /** Its tracks, when Ok. */
  tracks?: ProbeTrack[];
  /** A browser can play it, when Ok. */
  playable?: boolean;
  /** wrong_password, no_such_host, unreachable, not_found, unsupported_codec, protocol, stalled, when not. */
  code?: string;
  /** A sentence for people, when not. */
  detail?: string;
}

/** One track of a probed camera. */
export interface ProbeTrack {
  /** video or audio. */
  kind: string;
  /** For example H264. */
  codec: string;
  /** Pixels; 0 while unknown or for audio. */
  width: number;
  /** Pixels; 0 while unknown or for audio. */
  height: number;
  /** Frames a second; 0 while unknown or for audio. */
  fps: number;
}

/** POST /api/devices/register. With a public key, time and signature are required too. */
export interface RegisterDeviceRequest {
  /** 1–100 characters of letters, digits, '-', '_', '.', ':'. */
  device_id: string | null;
  /** The name for people until its owner renames it, at most 100 characters. */
  device_name?: string | null;
  /** camera where absent. */
  device_type?: string | null;
  /** Base64url SubjectPublicKeyInfo of a P-256 key. */
  public_key?: string | null;
  /** Unix seconds, within five minutes of the hub's clock. */
  time?: number | null;
  /** Base64url, over RegisterText. */
  signature?: string | null;
}

/** The device is known. */
export interface RegisterDeviceResponse {
  device_id: string;
  message: string;
}

/** POST /api/auth/register. */
export interface RegisterRequest {
  /** 1–64 characters. */
  username: string | null;
  /** 8–256 characters. */
  password: string | null;
  /** Unique where given. */
  email?: string | null;
}

/** RTCSessionDescriptionInit. */
export interface Sdp {
  /** offer or answer. */
  type: string | null;
  /** The SDP; on the wire the property is called sdp. */
  sdp: string | null;
}

/** The device vouches for its end of the session. */
export interface SessionIdentity {
  /** Base64url SubjectPublicKeyInfo of the device's P-256 key. */
  public_key: string;
  /** Unix seconds; at most five minutes ahead. */
  expires: number;
  /** Base64url, 64 bytes r‖s, ECDSA P-256 with SHA-256. */
  signature: string;
  /** The id of the camera that is shown; part of the signed text. */
  camera: string;
}

/** POST /api/setup: makes the owner. */
export interface SetupRequest {
  /** The one-time token printed by the terminal. */
  setup_token: string | null;
  /** 1–64 characters. */
  username: string | null;
  /** 8–256 characters. */
  password: string | null;
  /** Optional. */
  email?: string | null;
}

/** GET /api/setup. */
export interface SetupStatus {
  /** True while there is no owner. */
  needed: boolean;
}

/** A trickled candidate; null candidate is end-of-candidates. */
export interface SignalIce {
  session_id: string | null;
  candidate: IceCandidateInit | null;
}

/** An offer or answer, opaque to the hub. */
export interface SignalSdp {
  /** The watch session (UUID). */
  session_id: string | null;
  /** The description. */
  sdp: Sdp | null;
  /** In answers of devices with a key: the device's signature, see SessionText. */
  identity?: SessionIdentity;
}

/** The answer to set-up, register, login and refresh; a refresh token travels in an HttpOnly cookie beside it. */
export interface TokenResponse {
  /** A JWT for Authorization: Bearer and for the viewer's hello. */
  access_token: string;
  /** Always bearer. */
  token_type: string;
  /** Seconds until the access token expires. */
  expires_in: number;
  /** Who signed in. */
  user: UserInfo;
}

/** GET /api/turn-credentials. */
export interface TurnCredentialsResponse {
  /** As in watch_ready. */
  ice_servers: IceServer[];
  /** Seconds that credentials for TURN hold. */
  expires_in: number;
}

/** Requests refused and datagrams dropped by the embedded TURN server. */
export interface TurnRefusals {
  /** Badly formed messages. */
  malformed: number;
  /** Requests without or with wrong credentials (401). */
  unauthenticated: number;
  /** Requests left without an answer because their source has had enough. */
  unanswered: number;
  /** Peers refused by the rules (403). */
  forbidden_peer: number;
  /** Allocations of users who have enough of them (486). */
  over_quota: number;
  /** Requests for which there was no room (508). */
  over_capacity: number;
  /** Datagrams without allocation, permission or channel. */
  not_permitted: number;
  /** Datagrams beyond the cap on bandwidth. */
  over_bandwidth: number;
  /** Datagrams too long, or for which the way out was full. */
  dropped: number;
  /** Connections refused or ended: too many, or too slow to say anything. */
  connections: number;
}

/** GET /api/turn/status: the embedded TURN server since its start. */
export interface TurnStatus {
  /** Allocations that live. */
  allocations: number;
  /** Allocations made. */
  allocated: number;
  /** Connections of clients over TCP and TLS that stand. */
  connections: number;
  /** Datagrams relayed, both ways. */
  relayed_datagrams: number;
  /** Bytes of payload relayed, both ways. */
  relayed_bytes: number;
  /** What was refused or dropped, by cause. */
  refused: TurnRefusals;
}

/** PATCH /api/agent/cameras/{id}; absent fields stay as they are. */
export interface UpdateCameraRequest {
  name?: string | null;
  url?: string | null;
  user?: string | null;
  password?: string | null;
  transport?: string | null;
  on_demand?: boolean | null;
}

/** PATCH /api/devices/{device_id}, for its owner; absent fields stay as they are. */
export interface UpdateDeviceRequest {
  /** 1–100 characters. */
  device_name?: string | null;
  /** At most 100 characters; an empty text removes it. */
  room?: string | null;
  /** Whether a device without a key may connect. */
  allow_unverified?: boolean | null;
}

/** A user, as seen by that user. */
export interface UserInfo {
  /** Number of the user. */
  id: number;
  /** The name as the user wrote it. */
  username: string;
  /** Null where none was given. */
  email: string | null;
  /** owner, admin or user. */
  role: string;
}

/** A viewer says who it is. */
export interface ViewerHello {
  /** The access token. */
  token: string | null;
}

/** The hub knows the viewer. */
export interface ViewerHelloAck {
  user_id: string;
  server_time: string;
}

/** The session is over. */
export interface WatchEnded {
  /** The watch session. */
  session_id: string;
  /** One of WatchEndReasons. */
  reason: string;
  /** Ours: a sentence for people where one is known. */
  message?: string;
}

/** The session exists; the viewer may send its offer. */
export interface WatchReady {
  session_id: string;
  ice_servers: IceServer[];
}

/** A viewer wants to watch. */
export interface WatchRequest {
  /** Which device. */
  device_id: string | null;
  /** Which of its cameras; null is its first. */
  camera?: string;
}
