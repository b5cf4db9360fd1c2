/**
 * Preloaded into the exporter under measurement (main thread and workers): its wall clock starts at an instant of the demo world
 * and runs `speed` times as fast, so that a live cycle of a five-minute interval need not be waited for five minutes. Timers and
 * performance.now() stay real: every duration is measured in real seconds.
 */
'use strict';
const { from, since, speed } = JSON.parse(process.env.BENCH_CLOCK);
const real = Date.now;
Date.now = () => Math.floor(from + (real() - since) * speed);
