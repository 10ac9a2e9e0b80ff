import { packFlac } from "./flac";

self.onmessage = ({ data }: MessageEvent<{ samples: Int16Array; rate: number }>) => {
  const packed = packFlac(data.samples, data.rate);
  self.postMessage(packed, { transfer: [packed.buffer] });
};
