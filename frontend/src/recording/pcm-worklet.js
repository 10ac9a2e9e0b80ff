// Hands on what the microphone gives, untouched, from "start" to "stop", and the level all the time.
// At "stop" the block that is not full goes too, marked as the last: nothing that was said is lost.
const BLOCK = 4096;
const LEVEL = 2048;

class Pcm extends AudioWorkletProcessor {
  constructor() {
    super();
    this.on = false;
    this.block = new Float32Array(BLOCK);
    this.filled = 0;
    this.peak = 0;
    this.square = 0;
    this.heard = 0;
    this.port.onmessage = ({ data }) => {
      if (data === "start") this.filled = 0;
      if (data === "stop" && this.on) this.give(true);
      this.on = data === "start";
    };
  }

  give(last) {
    const block = this.block.slice(0, this.filled);
    this.filled = 0;
    this.port.postMessage({ block, last }, [block.buffer]);
  }

  process(inputs) {
    const heard = inputs[0]?.[0];
    if (!heard) return true;
    for (let i = 0; i < heard.length; i++) {
      const value = heard[i];
      this.peak = Math.max(this.peak, Math.abs(value));
      this.square += value * value;
      if (this.on) {
        this.block[this.filled++] = value;
        if (this.filled === BLOCK) this.give(false);
      }
    }
    this.heard += heard.length;
    if (this.heard >= LEVEL) {
      this.port.postMessage({ peak: this.peak, rms: Math.sqrt(this.square / this.heard) });
      this.peak = this.square = this.heard = 0;
    }
    return true;
  }
}

registerProcessor("pcm", Pcm);
