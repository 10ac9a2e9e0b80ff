/** The microphone at its own rate, without what browsers do to voices in calls. */

import worklet from "./pcm-worklet.js?url&no-inline";

/** Mono samples from -1 to 1 at `rate` a second. */
export interface Sound {
  samples: Float32Array;
  rate: number;
}

export interface Level {
  peak: number;
  rms: number;
}

type Message = Level | { block: Float32Array; last: boolean };

export class Microphone {
  private blocks: Float32Array[] = [];
  private whole: ((sound: Sound) => void) | undefined;

  private constructor(
    private readonly stream: MediaStream,
    private readonly context: AudioContext,
    private readonly node: AudioWorkletNode,
  ) {}

  /** Opens it; the browser asks the person. Throws the browser's DOMException where it may not or cannot. */
  static async open(onlevel: (level: Level) => void): Promise<Microphone> {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
    });
    const rate = stream.getAudioTracks()[0]?.getSettings().sampleRate;
    const context = new AudioContext(rate ? { sampleRate: rate } : {});
    await context.audioWorklet.addModule(worklet);
    const node = new AudioWorkletNode(context, "pcm", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    context.createMediaStreamSource(stream).connect(node);
    const opened = new Microphone(stream, context, node);
    node.port.onmessage = ({ data }: MessageEvent<Message>) => {
      if ("block" in data) opened.take(data.block, data.last);
      else onlevel(data);
    };
    await context.resume();
    return opened;
  }

  start(): void {
    this.blocks = [];
    this.node.port.postMessage("start");
  }

  /** Everything from start to now, the last block with it. */
  stop(): Promise<Sound> {
    return new Promise((resolve) => {
      this.whole = resolve;
      this.node.port.postMessage("stop");
    });
  }

  close(): void {
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close();
  }

  private take(block: Float32Array, last: boolean): void {
    this.blocks.push(block);
    if (!last) return;
    const samples = new Float32Array(this.blocks.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const one of this.blocks) {
      samples.set(one, at);
      at += one.length;
    }
    this.blocks = [];
    this.whole?.({ samples, rate: this.context.sampleRate });
  }
}
