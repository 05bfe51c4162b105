// The viewer's row of controls: under the picture on desktop, over it on phones and in full screen, hiding with the pointer.
import {
  Activity,
  ArrowLeft,
  ChevronLeft,
  ChevronRight,
  Keyboard,
  Maximize,
  Minimize,
  Pause,
  Play,
  Scan,
  Volume2,
  VolumeX,
} from "lucide-react";
import { Link } from "wouter";
import { IconButton } from "@/components/Button";
import { classes } from "@/components/classes";
import { type Camera, deviceName } from "@/lib/devices";
import { text } from "@/lib/text/text";

const plain = "text-white hover:bg-white/15";

export function ViewerControls(props: {
  camera: Camera;
  single: boolean;
  paused: boolean;
  muted: boolean;
  hasAudio: boolean;
  zoomed: boolean;
  full: boolean;
  statistics: boolean;
  hidden: boolean;
  onPlay: () => void;
  onSound: () => void;
  onFull: () => void;
  onStatistics: () => void;
  onKeys: () => void;
  onWhole: () => void;
  onPrevious: () => void;
  onNext: () => void;
}) {
  const { camera } = props;
  const words = text.live;
  const soundLabel = props.hasAudio ? (props.muted ? words.unmute : words.mute) : words.noSound;
  const place =
    camera.device.room || (deviceName(camera.device) === camera.name ? "" : deviceName(camera.device));
  return (
    <div
      className={classes(
        "flex items-center gap-1 px-2 py-1 transition-opacity focus-within:opacity-100 sm:px-3",
        props.full
          ? "absolute inset-x-0 bottom-0 bg-linear-to-t from-black/80 to-transparent"
          : "max-md:absolute max-md:inset-x-0 max-md:bottom-0 max-md:bg-linear-to-t max-md:from-black/80 max-md:to-transparent",
        props.hidden && (props.full ? "opacity-0" : "max-md:opacity-0"),
      )}
      data-testid="controls"
    >
      <Link
        href="/"
        aria-label={words.allCameras}
        title={words.allCameras}
        className={classes("inline-flex size-11 shrink-0 items-center justify-center rounded-md", plain)}
      >
        <ArrowLeft size={20} />
      </Link>
      <h1 className="min-w-0 flex-1 pl-1 text-sm">
        <span className="block truncate font-medium" title={camera.name} data-testid="viewer-name">
          {camera.name}
        </span>
        {place !== "" && <span className="block truncate text-xs text-white/70">{place}</span>}
      </h1>
      {props.zoomed && (
        <IconButton
          label={words.zoomReset}
          className={plain}
          onClick={props.onWhole}
          data-testid="zoom-reset"
        >
          <Scan size={20} />
        </IconButton>
      )}
      {!props.single && (
        <>
          <IconButton
            label={words.previous}
            className={classes(plain, "max-sm:hidden")}
            onClick={props.onPrevious}
          >
            <ChevronLeft size={20} />
          </IconButton>
          <IconButton label={words.next} className={classes(plain, "max-sm:hidden")} onClick={props.onNext}>
            <ChevronRight size={20} />
          </IconButton>
        </>
      )}
      <IconButton
        label={props.paused ? words.play : words.pause}
        className={plain}
        onClick={props.onPlay}
        data-testid="play"
      >
        {props.paused ? <Play size={20} /> : <Pause size={20} />}
      </IconButton>
      <IconButton
        label={soundLabel}
        disabled={!props.hasAudio}
        className={plain}
        onClick={props.onSound}
        data-testid="sound"
      >
        {props.muted || !props.hasAudio ? <VolumeX size={20} /> : <Volume2 size={20} />}
      </IconButton>
      <IconButton
        label={words.statistics}
        aria-pressed={props.statistics}
        className={classes(plain, props.statistics && "bg-white/15")}
        onClick={props.onStatistics}
        data-testid="stats-toggle"
      >
        <Activity size={20} />
      </IconButton>
      <IconButton
        label={words.help}
        className={classes(plain, "pointer-coarse:hidden max-sm:hidden")}
        onClick={props.onKeys}
        data-testid="keys"
      >
        <Keyboard size={20} />
      </IconButton>
      <IconButton
        label={props.full ? words.leaveFullScreen : words.fullScreen}
        className={plain}
        onClick={props.onFull}
        data-testid="full-screen"
      >
        {props.full ? <Minimize size={20} /> : <Maximize size={20} />}
      </IconButton>
    </div>
  );
}
