/** What a browser has and jsdom lacks. */
import { TextDecoder, TextEncoder } from 'node:util';

class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}

const context = { measureText: (text) => ({ width: String(text).length * 7 }) };
Object.assign(globalThis, {
  TextDecoder,
  TextEncoder,
  ResizeObserver: Observer,
  IntersectionObserver: Observer,
  matchMedia: (media) => ({
    media,
    matches: false,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
  }),
  MessageChannel: class {
    constructor() {
      this.port1 = { onmessage: null };
      this.port2 = { postMessage: () => setTimeout(() => this.port1.onmessage?.(), 0) };
    }
  },
});
// Tests of files run without a page.
if (typeof HTMLCanvasElement !== 'undefined') HTMLCanvasElement.prototype.getContext = () => context;
