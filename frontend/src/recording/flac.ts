/** Packs 16-bit mono without loss: FLAC (RFC 9639) with fixed predictors and Rice-coded residuals. */

const BLOCK = 4096;
const PARTITIONS = 3;

/** The whole file of mono 16-bit samples at a rate of up to 655,350 a second. */
export function packFlac(samples: Int16Array, rate: number): Uint8Array {
  const out = new Bits(samples.length + 4096);
  for (const byte of [0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34]) out.put(byte, 8);
  out.put(BLOCK, 16);
  out.put(BLOCK, 16);
  out.put(0, 24);
  out.put(0, 24);
  out.put(rate, 20);
  out.put(0, 3);
  out.put(15, 5);
  out.put(Math.floor(samples.length / 2 ** 32), 4);
  out.put(samples.length % 2 ** 32, 32);
  for (let i = 0; i < 4; i++) out.put(0, 32);
  for (let frame = 0; frame * BLOCK < samples.length; frame++) {
    writeFrame(out, samples.subarray(frame * BLOCK, (frame + 1) * BLOCK), frame);
  }
  return out.whole();
}

function writeFrame(out: Bits, samples: Int16Array, number: number): void {
  const begin = out.at;
  const full = samples.length === BLOCK;
  out.put(0b11111111111110, 14);
  out.put(0, 2);
  out.put(full ? 0b1100 : 0b0111, 4);
  out.put(0, 4);
  out.put(0, 4);
  out.put(0b1000, 4);
  for (const byte of numbered(number)) out.put(byte, 8);
  if (!full) out.put(samples.length - 1, 16);
  out.put(crc(out.since(begin), 8, 0x07), 8);
  writeSubframe(out, samples);
  out.align();
  out.put(crc(out.since(begin), 16, 0x8005), 16);
}

function writeSubframe(out: Bits, samples: Int16Array): void {
  const { order, residual } = predict(samples);
  out.put(0b001000 | order, 7);
  out.put(0, 1);
  for (let i = 0; i < order; i++) out.put(samples[i]! & 0xffff, 16);
  const parts = samples.length % (1 << PARTITIONS) === 0 && samples.length >> PARTITIONS > order ? PARTITIONS : 0;
  out.put(parts, 6);
  const size = samples.length >> parts;
  for (let part = 0; part < 1 << parts; part++) {
    const from = Math.max(order, part * size);
    let sum = 0;
    for (let i = from; i < (part + 1) * size; i++) sum += fold(residual[i]!);
    const mean = sum / Math.max(1, (part + 1) * size - from);
    const rice = Math.max(0, Math.min(14, Math.floor(Math.log2(mean * Math.LN2 + 1e-9)) + 1));
    out.put(rice, 4);
    for (let i = from; i < (part + 1) * size; i++) {
      const value = fold(residual[i]!);
      let ones = value >>> rice;
      for (; ones > 24; ones -= 24) out.put(0, 24);
      out.put(1, ones + 1);
      out.put(value & ((1 << rice) - 1), rice);
    }
  }
}

/** The fixed predictor, of order 0 to 4, whose residual is the smallest. */
function predict(samples: Int16Array): { order: number; residual: Int32Array } {
  let residual = Int32Array.from(samples);
  let best = { order: 0, residual, sum: size(residual, 0) };
  for (let order = 1; order <= 4 && order < samples.length; order++) {
    const next = new Int32Array(residual.length);
    for (let i = order; i < residual.length; i++) next[i] = residual[i]! - residual[i - 1]!;
    residual = next;
    const sum = size(residual, order);
    if (sum < best.sum) best = { order, residual, sum };
  }
  return best;
}

function size(residual: Int32Array, from: number): number {
  let sum = 0;
  for (let i = from; i < residual.length; i++) sum += Math.abs(residual[i]!);
  return sum;
}

const fold = (value: number) => ((value << 1) ^ (value >> 31)) >>> 0;

/** A frame's number as FLAC codes it: UTF-8, extended. */
function numbered(value: number): number[] {
  if (value < 0x80) return [value];
  const tail: number[] = [];
  let lead = 0x3f;
  while (value > lead) {
    tail.unshift(0x80 | (value & 0x3f));
    value = Math.floor(value / 64);
    lead >>= 1;
  }
  return [((~lead << 1) & 0xff) | value, ...tail];
}

function crc(bytes: Uint8Array, width: number, polynomial: number): number {
  const top = 1 << (width - 1);
  const mask = (1 << width) - 1;
  let found = 0;
  for (const byte of bytes) {
    found ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) found = (found & top ? (found << 1) ^ polynomial : found << 1) & mask;
  }
  return found;
}

/** Bits, the highest first. */
class Bits {
  private bytes: Uint8Array;
  private waiting = 0;
  private count = 0;
  at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
  }

  put(value: number, width: number): void {
    for (let left = width; left > 0; ) {
      const take = Math.min(8 - this.count, left);
      left -= take;
      this.waiting = (this.waiting << take) | (Math.floor(value / 2 ** left) & ((1 << take) - 1));
      this.count += take;
      if (this.count === 8) this.flush();
    }
  }

  align(): void {
    if (this.count) this.put(0, 8 - this.count);
  }

  since(begin: number): Uint8Array {
    return this.bytes.subarray(begin, this.at);
  }

  whole(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  private flush(): void {
    if (this.at === this.bytes.length) {
      const more = new Uint8Array(this.bytes.length * 2);
      more.set(this.bytes);
      this.bytes = more;
    }
    this.bytes[this.at++] = this.waiting;
    this.waiting = this.count = 0;
  }
}
